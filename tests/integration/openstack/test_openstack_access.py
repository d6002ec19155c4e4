"""The way into a cloud that Juju runs: found in the model, written down on request, found anew when it changes.

A controller of the simulated rack has a settled model planted in it, so that no bundle need be deployed.
"""

from __future__ import annotations

import datetime
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from clients import openstack
from clients.errors import ClientError
from providers import _base
from providers.openstack import CloudAccess, Network, _login
from simulator.juju.records import Endpoint, Relation, Status
from simulator.testing import Rack, running_rack
from simulator.vault import certificates
from simulator.vault.state import Pki, State
from tests.integration.juju import conftest as _site
from tests.unit.simulator_openstack import planted

from .conftest import REAL, Life

pytestmark = pytest.mark.skipif(bool(REAL), reason="a real cloud's Juju is not given")


site, home = _site.site, _site.home


@pytest.fixture(scope="module")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rack]:
    """MAAS with its workers Ready, Juju, and the gateway to what its units serve."""
    place = tmp_path_factory.mktemp("home")
    services = ("maas", "lxd", "juju", "openstack")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        with running_rack(factor=_site.FACTOR, directory=tmp_path_factory.mktemp("rack"), services=services) as running:
            _site.enlist(running)
            yield running


@pytest.fixture
def model(rack: Rack, site: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A settled model: the simulator's own record of it. Its charms don't look again what they lack: they lack databases."""
    monkeypatch.setattr(rack.services["juju"].parts.settle, "refresh", lambda *args: None)  # type: ignore[attr-defined]
    store = rack.services["juju"].parts.store  # type: ignore[attr-defined]
    owner = next(iter(store.controllers.values()))
    made = planted.model_of(planted.CHARMS)
    running = next(machine for machine in rack.world.machines.values() if machine.boot == "disk")  # the controller's
    for machine in made.machines.values():
        machine.interfaces = {"eno1": {"mac-address": running.nics[0].mac, "ip-addresses": [], "is-up": True}}
    rack.call(owner.models.__setitem__, made.uuid, made)
    yield made
    rack.call(owner.models.pop, made.uuid)
    rack.call(rack.services["openstack"].reset)
    _login._found.clear()


@pytest.fixture
def life(rack: Rack, site: dict[str, str], model: Any, home: pathlib.Path) -> Iterator[Life]:
    config = {
        **site,
        "openstack:gateway": rack.endpoints["openstack"]["gateway"],
        "openstack:pollSeconds": "0.05",
        "openstack:timeoutSeconds": "60",
    }
    made = Life(config)
    yield made
    made.destroy()
    openstack.connect.cache_clear()


def password(rack: Rack, model: Any) -> str:
    return str(rack.call(planted.admin_password, model, "keystone"))


def certificate() -> str:
    """A CA's certificate (PEM)."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test CA")])
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + datetime.timedelta(days=3650))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def test_access_through_its_life(life: Life, rack: Rack, model: Any, home: pathlib.Path) -> None:
    access = life(CloudAccess, controller="site", model=model.uuid, files=str(home / "access"), name="rack")
    assert (access.up(), access.preview(), access.refresh()) == ("create", "same", {})
    assert access.id == f"site/{model.uuid}"
    gateway = rack.endpoints["openstack"]["gateway"]
    assert access["auth_url"] == gateway.format(host="10.20.0.30", port=5000) + "/v3"
    assert access["horizon_url"] == gateway.format(host="10.20.0.36", port=80) + "/horizon"
    assert {"compute", "identity", "image", "network", "volumev3"} <= set(access["endpoints"])
    assert access["password"] == password(rack, model)
    assert access.provider.secret == {"password", "clouds_yaml", "openrc"}
    for name in ("clouds.yaml", "openrc"):
        path = home / "access" / name
        assert (path.stat().st_mode & 0o777, path.read_text()) == (0o600, access[name.replace(".", "_")])
    access.destroy()
    assert list((home / "access").iterdir()) == []


def test_the_written_cloud_is_one_that_works(life: Life, model: Any, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    life.made(CloudAccess, controller="site", model=model.uuid, files=str(home / "access"), name="rack")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(home / "access" / "clouds.yaml"))
    cloud = openstack.Cloud(openstack.Access(cloud="rack"))
    assert cloud.networks.list() == []
    cloud.close()
    rc = (home / "access" / "openrc").read_text()
    assert rc.startswith("export OS_AUTH_URL=http://127.0.0.1:")
    assert "export OS_PROJECT_DOMAIN_NAME=admin_domain\n" in rc


def test_files_that_somebody_touched_are_drift(life: Life, model: Any, home: pathlib.Path) -> None:
    access = life.made(CloudAccess, controller="site", model=model.uuid, files=str(home / "access"))
    written = (home / "access" / "openrc").read_text()
    for touch in (
        lambda path: path.unlink(),
        lambda path: path.write_text("export OS_PASSWORD=guess\n"),
        lambda path: path.chmod(0o644),
    ):
        touch(home / "access" / "openrc")
        assert access.preview() == "update"
        assert access.refresh() == {"files": None}
        assert (access.up(), access.refresh()) == ("update", {})
        assert (home / "access" / "openrc").read_text() == written


def test_files_move_with_their_folder(life: Life, model: Any, home: pathlib.Path) -> None:
    access = life.made(CloudAccess, controller="site", model=model.uuid, files=str(home / "a"))
    (home / "a" / "mine").touch()
    assert access.up(files=str(home / "b")) == "update"
    assert [sorted(os.listdir(home / folder)) for folder in "ab"] == [["mine"], ["clouds.yaml", "openrc"]]
    assert access.up(files=None) == "update"
    assert (os.listdir(home / "b"), access["folder"], access.preview()) == ([], "", "same")


def test_a_rotated_password_shows_and_is_written_down(life: Life, rack: Rack, model: Any, home: pathlib.Path) -> None:
    access = life.made(CloudAccess, controller="site", model=model.uuid, files=str(home / "access"))
    network = life.made(Network, name="before", cloud=access.id)
    rack.call(model.applications["keystone"].state.__setitem__, "admin-password", "rotated-secret")
    _login.forget(_login.key(network.provider.folder(), str(access.id), life.config["openstack:gateway"]))
    drift = access.refresh()
    assert {"password", "clouds_yaml", "openrc", "files"} == set(drift)
    assert access.up() == "update"
    clouds = yaml.safe_load((home / "access" / "clouds.yaml").read_text())
    assert clouds["clouds"]["openstack"]["auth"]["password"] == "rotated-secret"
    assert (network.preview(), network.refresh()) == ("same", {})


def test_resources_ask_again_when_the_password_is_not_taken_any_more(life: Life, rack: Rack, model: Any) -> None:
    network = life.made(Network, name="one", cloud=f"site/{model.uuid}")
    rack.call(model.applications["keystone"].state.__setitem__, "admin-password", "rotated-secret")
    for cloud in [openstack.connect(access, 0.05) for access in _login._found.values()]:
        cloud.close()  # the next call logs in anew
    assert network.refresh() == {}
    assert [access.password for access in _login._found.values()] == ["rotated-secret"]


def test_the_password_is_asked_for_once(life: Life, rack: Rack, model: Any) -> None:
    for number in range(3):
        life.made(Network, name=f"net-{number}", cloud=f"site/{model.uuid}")
    assert [action.name for action in model.actions.values()] == ["get-admin-password"]
    assert all("password" not in str(thing.outs) for thing in life.things)


def test_certificates_of_vault_are_trusted(life: Life, rack: Rack, model: Any, home: pathlib.Path) -> None:
    ends = [
        Endpoint(application="keystone", name="certificates", role="requirer", interface="tls-certificates"),
        Endpoint(application="vault", name="certificates", role="provider", interface="tls-certificates"),
    ]
    relation = Relation(id=99, key="keystone vault", endpoints=ends, status=Status(status="joined"))
    rack.call(model.relations.__setitem__, 99, relation)
    access = life(CloudAccess, controller="site", model=model.uuid)
    with pytest.raises(_base.ExpectedError, match="has no root CA yet"):
        access.up()
    pem = certificate()
    given = life.made(CloudAccess, controller="site", model=model.uuid, ca=pem, files=str(home / "access"))
    assert given["ca_certificate"] == (home / "access" / "ca.pem").read_text() == pem
    assert f"cacert: {home / 'access' / 'ca.pem'}" in given["clouds_yaml"]
    with pytest.raises(openstack.CloudError, match="the CA is no certificate that can be read"):
        given.up(ca="nonsense")


@pytest.fixture
def secured(life: Life, rack: Rack, model: Any) -> str:
    """The authority (PEM) of a model whose units have their certificates from Vault; the gateway has its way for TLS."""
    key, now = certificates.new_key(), rack.clock.now()
    root = certificates.self_signed(key, "Vault's own", now, 10 * 365 * 86400)
    rack.call(_certify, model, root, key)
    life.config["openstack:secureGateway"] = rack.endpoints["openstack"]["secure_gateway"]
    return root


def _certify(model: Any, root: str, key: str) -> None:
    state = State(initialised=True, authorised=True, unsealed=["vault/0"], ca=root, pki={"p": Pki(certificate=root, key=key)})
    model.applications["vault"].state["vault"] = state.model_dump(mode="json")
    served = ("keystone", "glance", "neutron-api", "nova-cloud-controller", "placement", "cinder", "openstack-dashboard")
    for number, name in enumerate(served, start=900):
        ends = [
            Endpoint(application=name, name="certificates", role="requirer", interface="tls-certificates"),
            Endpoint(application="vault", name="certificates", role="provider", interface="tls-certificates"),
        ]
        model.relations[number] = Relation(id=number, key=f"{name} vault", endpoints=ends, status=Status(status="joined"))
        model.units[f"{name}/0"].joined.append(number)
        model.units["vault/0"].published.append(number)


def test_secured_services_are_spoken_to_by_tls(
    life: Life, rack: Rack, model: Any, home: pathlib.Path, secured: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = life.made(CloudAccess, controller="site", model=model.uuid, files=str(home / "access"), name="rack")
    secure = rack.endpoints["openstack"]["secure_gateway"]
    assert access["auth_url"] == secure.format(host="10.20.0.30", port=5000) + "/v3"
    assert access["horizon_url"] == secure.format(host="10.20.0.36", port=443) + "/horizon"
    told = {kind: url.split(":")[0] for kind, url in access["endpoints"].items()}
    assert {kind for kind, scheme in told.items() if scheme == "https"} >= {"identity", "image", "compute", "network", "volumev3"}
    assert access["ca_certificate"] == (home / "access" / "ca.pem").read_text() == secured
    life.made(Network, name="by-tls", cloud=access.id)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(home / "access" / "clouds.yaml"))
    cloud = openstack.Cloud(openstack.Access(cloud="rack"))  # by cacert, without any gateway
    assert [network.name for network in cloud.networks.list()] == ["by-tls"]
    cloud.close()
    plain = planted.send("GET", rack.endpoints["openstack"]["gateway"].format(host="10.20.0.30", port=5000) + "/v3")
    assert (plain.status, b"speaking plain HTTP to an SSL-enabled server port" in plain.body) == (400, True)


def test_who_trusts_another_authority_is_told_so(life: Life, model: Any, secured: str) -> None:
    life.config["juju:timeoutSeconds"] = "1"
    access = life(CloudAccess, controller="site", model=model.uuid, ca=certificate())
    with pytest.raises(ClientError) as told:
        access.up()
    assert "its certificate is not signed by an authority that we know" in str(told.value)
    assert "give the CA that signed it" in str(told.value)
    life.config["juju:timeoutSeconds"] = "60"


def test_another_authority_shows_and_is_written_down(
    life: Life, rack: Rack, model: Any, home: pathlib.Path, secured: str
) -> None:
    access = life.made(CloudAccess, controller="site", model=model.uuid, files=str(home / "access"), name="rack")
    network = life.made(Network, name="before", cloud=access.id)
    key = certificates.new_key()
    other = certificates.self_signed(key, "Vault's own", rack.clock.now(), 10 * 365 * 86400)
    state = State(initialised=True, authorised=True, unsealed=["vault/0"], ca=other, pki={"p": Pki(certificate=other, key=key)})
    rack.call(model.applications["vault"].state.__setitem__, "vault", state.model_dump(mode="json"))
    openstack.connect.cache_clear()  # a connection that stands is as good as before
    assert network.refresh() == {}
    assert {"files": None, "ca_certificate": other}.items() <= access.refresh().items()
    assert (access.up(), access.refresh()) == ("update", {})
    assert (home / "access" / "ca.pem").read_text() == other != secured


def test_another_region_and_another_keystone_travel_in_the_id(life: Life, model: Any) -> None:
    place = _login.Place(controller="site", model=model.uuid, keystone="identity", region="two")
    assert str(place) == f"site/{model.uuid}?keystone=identity&region=two"
    assert _login.Place.parse(str(place)) == place
    access = life.made(CloudAccess, controller="site", model=model.uuid)
    assert access.preview(region="two") == "replace"


def test_a_model_without_keystone(life: Life, rack: Rack, model: Any) -> None:
    access = life.made(CloudAccess, controller="site", model=model.uuid)
    network = life.made(Network, name="one", cloud=access.id)
    rack.call(model.applications.pop, "keystone")
    _login._found.clear()
    with pytest.raises(_base.ExpectedError, match="has no Keystone: deploy it first"):
        life(Network, name="two", cloud=access.id).up()
    for thing in (network, access):
        thing.refresh()
        assert thing.id is None


def test_a_cloud_that_is_none(life: Life) -> None:
    network = life(Network, name="one", cloud="nowhere")
    with pytest.raises(_base.ExpectedError, match="cloud is 'nowhere': give the id of a CloudAccess, or set openstack:cloud"):
        network.up()
