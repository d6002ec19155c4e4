"""Who may what: strangers, the trust password, tokens, restricted certificates, and trust taken away."""

import base64
import datetime
import http.client
import json
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pylxd.exceptions import LXDAPIException

from simulator.testing import running_rack

from tests.unit.simulator.lxd_clients import connected, on_socket, tls  # isort: skip


@pytest.fixture
def rack(tmp_path):
    with running_rack(directory=tmp_path / "rack", services=("lxd",)) as running:
        yield running


@pytest.fixture
def lxd(rack):
    return rack.endpoints["lxd"]


@pytest.fixture
def pair(tmp_path):
    """A key pair that nobody knows."""
    return key_pair(tmp_path, "somebody")


def key_pair(folder, name, issuer=None):
    key = ec.generate_private_key(ec.SECP384R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).issuer_name(issuer[0] if issuer else subject)
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=9))
    certificate = builder.sign(issuer[1] if issuer else key, hashes.SHA384())
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{name}.key").write_bytes(private)
    return str(folder / f"{name}.crt"), str(folder / f"{name}.key")


def fingerprint(pair):
    with open(pair[0], "rb") as stream:
        return x509.load_pem_x509_certificate(stream.read()).fingerprint(hashes.SHA256()).hex()


def pem(pair):
    with open(pair[0]) as stream:
        return stream.read()


def test_the_first_client_is_trusted_everywhere(rack, lxd):
    with connected(lxd) as client, on_socket(lxd) as local:
        assert client.trusted
        assert local.trusted
        assert [certificate.name for certificate in client.certificates.all()] == ["operator"]
    service = rack.services["lxd"]
    assert service.trusts("controller", fingerprint((lxd["cert"], lxd["key"])), "openstack")
    assert not service.trusts("controller", "0" * 64, "openstack")
    assert not service.trusts("elsewhere", fingerprint((lxd["cert"], lxd["key"])), "openstack")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_an_unknown_certificate_connects_and_is_untrusted(lxd, pair, version):
    for shown in (pair, None):
        connection = http.client.HTTPSConnection(lxd["url"].removeprefix("https://"), context=tls(lxd, shown, version))
        connection.request("GET", "/1.0")
        metadata = json.loads(connection.getresponse().read())["metadata"]
        connection.request("GET", "/1.0/projects")
        refused = connection.getresponse()
        refused.read()
        connection.close()
        assert (metadata["auth"], "environment" in metadata, refused.status) == ("untrusted", False, 403)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_certificate_signed_by_somebody_else_can_be_trusted(tmp_path, lxd, version):
    authority = ec.generate_private_key(ec.SECP384R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    signed = key_pair(tmp_path, "signed", (issuer, authority))
    with connected(lxd) as admin:
        admin.certificates.create("", pem(signed).encode())
    connection = http.client.HTTPSConnection(lxd["url"].removeprefix("https://"), context=tls(lxd, signed, version))
    connection.request("GET", "/1.0/projects")
    assert connection.getresponse().status == 200
    connection.close()


def test_the_trust_password_lets_a_stranger_in(lxd, pair):
    with connected(lxd, pair=pair) as stranger, connected(lxd) as admin:
        with pytest.raises(LXDAPIException, match="not authorized"):
            stranger.authenticate("sekret")
        admin.api.patch(json={"config": {"core.trust_password": "sekret"}})
        with pytest.raises(LXDAPIException, match="not authorized"):
            stranger.authenticate("wrong")
        stranger.authenticate("sekret")
        assert stranger.trusted
        assert admin.api.get().json()["metadata"]["config"]["core.trust_password"] is True
        assert admin.certificates.get(fingerprint(pair)).name == "somebody"


def test_a_token_lets_one_client_in_once(tmp_path, lxd, pair):
    with connected(lxd) as admin, connected(lxd, pair=pair) as stranger:
        admin.projects.create("p1")
        answer = admin.api.certificates.post(
            json={"type": "client", "name": "maas", "token": True, "restricted": True, "projects": ["p1"]}
        ).json()
        assert answer["metadata"]["class"] == "token"
        password = base64.b64encode(json.dumps({"secret": answer["metadata"]["metadata"]["secret"]}).encode()).decode()
        stranger.authenticate(password)
        record = admin.certificates.get(fingerprint(pair))
        assert (record.name, record.restricted, record.projects) == ("maas", True, ["p1"])
        with connected(lxd, pair=key_pair(tmp_path, "second")) as second, pytest.raises(LXDAPIException, match="not authorized"):
            second.authenticate(password)


def test_an_unused_token_can_be_cancelled(lxd, pair):
    with connected(lxd) as admin, connected(lxd, pair=pair) as stranger:
        token = admin.api.certificates.post(json={"type": "client", "name": "x", "token": True}).json()["metadata"]
        admin.api.operations[token["id"]].delete()
        password = base64.b64encode(json.dumps({"secret": token["metadata"]["secret"]}).encode()).decode()
        with pytest.raises(LXDAPIException, match="not authorized"):
            stranger.authenticate(password)


def test_a_restricted_client_has_its_projects_only(rack, lxd, pair):
    with connected(lxd) as admin:
        admin.projects.create("mine")
        admin.projects.create("other")
        body = "".join(pem(pair).splitlines()[1:-1])
        admin.api.certificates.post(
            json={"type": "client", "name": "r", "certificate": body, "restricted": True, "projects": ["mine"]}
        )
        admin.storage_pools.create({"name": "pool", "driver": "dir"})
    assert rack.services["lxd"].trusts("controller", fingerprint(pair), "mine")
    assert not rack.services["lxd"].trusts("controller", fingerprint(pair), "other")
    with connected(lxd, project="mine", pair=pair) as client:
        assert [project.name for project in client.projects.all()] == ["mine"]
        assert [profile.name for profile in client.profiles.all()] == ["default"]
        assert client.storage_pools.get("pool").config == {}
        for refused in (
            lambda: client.projects.create("third"),
            lambda: client.storage_pools.create({"name": "p2", "driver": "dir"}),
            lambda: client.api.patch(json={"config": {}}),
            lambda: client.api.certificates.post(json={"type": "client", "name": "n", "certificate": body}),
        ):
            with pytest.raises(LXDAPIException, match="not authorized"):
                refused()
    with connected(lxd, project="other", pair=pair) as client, pytest.raises(LXDAPIException, match="not authorized"):
        client.profiles.all()


def test_trust_that_is_taken_away_ends_on_the_open_connection(lxd, pair):
    with connected(lxd) as admin:
        admin.certificates.create("", pem(pair).encode())
        with connected(lxd, pair=pair) as client:
            assert client.projects.all()
            admin.certificates.get(fingerprint(pair)).delete()
            with pytest.raises(LXDAPIException, match="not authorized"):
                client.projects.all()


def test_keys_and_trust_survive_a_reset(rack, lxd):
    with connected(lxd) as client:
        client.projects.create("p1")
    rack.call(rack.daemon.reset)
    with connected(lxd) as client:
        assert client.trusted
        assert [project.name for project in client.projects.all()] == ["default"]
    assert lxd["url"].removeprefix("https://") in rack.world.data.lxd_hosts["controller"].addresses
