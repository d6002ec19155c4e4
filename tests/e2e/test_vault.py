"""Vault where it hurts: a run killed while its keys are on the way, its machine restarted, an authority of the operator's own."""

from __future__ import annotations

import datetime
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from looking import JujuLook, lxd_look, vault_secrets
from rehearsal import Rehearsal, Step

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.xdist_group("vault-e2e"), pytest.mark.timeout(1800)]

DAYS = datetime.timedelta(days=365)


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("vault") / "checkout")
    rehearsal.start()
    yield rehearsal
    rehearsal.stop()


def own_authority(site: dict[str, Any], **more: Any) -> None:
    site["openstack"]["vault"] = {"root_ca": "csr", "subject": {"common_name": "Cloud CA"}, **more}


def asked_of_vault(rehearsal: Rehearsal) -> list[tuple[str, int]]:
    entries = [entry for entry in rehearsal.mutations() if "/8200/v1/" in entry["path"]]
    return [(entry["path"].rpartition("/v1/")[2], entry["status"]) for entry in entries]


def test_a_run_killed_while_vault_says_its_keys_loses_none(rehearsal: Rehearsal) -> None:
    rehearsal.edit(own_authority)
    rehearsal.interrupted("up", lambda: ("sys/init", 200) in asked_of_vault(rehearsal), signal.SIGKILL)
    assert rehearsal.pulumi("cancel", "--yes", "--stack", "dev").returncode == 0
    shown = rehearsal.up("--diff") + (rehearsal.folder / "interrupted.log").read_text()
    secrets = vault_secrets(rehearsal.folder)
    assert len(secrets) >= 6
    assert [secret[:4] for secret in secrets if secret in shown] == []
    assert asked_of_vault(rehearsal).count(("sys/init", 200)) == 1
    assert list((rehearsal.folder / ".cache/vault").glob("*")) == []
    assert rehearsal.outputs()["vault"]["units"] == ["vault/0"]


def test_the_first_run_ends_with_a_request(rehearsal: Rehearsal) -> None:
    shown = rehearsal.outputs()["vault"]
    assert (shown["ca"], shown["csr"][:35]) == ("", "-----BEGIN CERTIFICATE REQUEST-----")
    model = JujuLook(rehearsal.endpoints["juju"])
    assert model.status().applications["vault"].status.info == "Missing CA cert"
    assert rehearsal.plan() == set()


def test_the_signed_certificate_makes_the_cloud_whole(rehearsal: Rehearsal) -> None:
    signed, root = sign(rehearsal.outputs()["vault"]["csr"])
    rehearsal.edit(lambda site: own_authority(site, certificate=signed, root_certificate=root))
    assert Step("update", "vault:RootCertificate vault-ca") in rehearsal.plan()
    rehearsal.up()
    status = JujuLook(rehearsal.endpoints["juju"]).status()
    assert {name: app.status.status for name, app in status.applications.items() if app.status.status != "active"} == {}
    assert rehearsal.outputs()["vault"]["ca"] == root
    assert rehearsal.plan() == set()


def test_a_restart_of_vault_s_machine_seals_it_and_an_up_opens_it(rehearsal: Rehearsal) -> None:
    lxd_look(rehearsal.endpoints["lxd"], "openstack").instances.get("control-1").restart(force=True, wait=True)
    model, end = JujuLook(rehearsal.endpoints["juju"]), time.monotonic() + 120
    while model.status().applications["vault"].status.info != "Unit is sealed":
        assert time.monotonic() < end, "Vault isn't sealed by the restart of its machine"
        time.sleep(0.2)
    shown = rehearsal.refresh("--diff")
    assert "vault:Unsealed vault-unsealed updated" in shown
    assert Step("update", "vault:Unsealed vault-unsealed") in rehearsal.plan()
    rehearsal.up()
    rehearsal.refresh("--expect-no-changes")
    info = JujuLook(rehearsal.endpoints["juju"]).status().applications["vault"].status.info
    assert info == "Unit is ready (active: true, mlock: disabled)"


def sign(csr: str) -> tuple[str, str]:
    """The request's certificate, and that of the authority which signed it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Root")])
    begin = datetime.datetime.now(datetime.UTC)

    def certify(subject: x509.Name, public: Any) -> str:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(name).public_key(public)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(begin + 10 * DAYS)
        made = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM).decode()

    request = x509.load_pem_x509_csr(csr.encode())
    return certify(request.subject, request.public_key()), certify(name, key.public_key())
