"""The cloud's certificate authority: made, signed by others, renewed, lost, about to end."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers import vault
from providers._base import ExpectedError

pytestmark = pytest.mark.xdist_group("vault")

PEM = serialization.Encoding.PEM


class Authority:
    """The operator's own."""

    def __init__(self, days: int = 3650) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Root")])
        self._end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
        self.pem = self._certify(self._name, self._key.public_key())

    def sign(self, csr: str) -> str:
        request = x509.load_pem_x509_csr(csr.encode())
        return self._certify(request.subject, request.public_key())

    def _certify(self, name: x509.Name, key: Any) -> str:
        begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(self._name).public_key(key)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(self._end)
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        return builder.add_extension(constraints, critical=True).sign(self._key, hashes.SHA256()).public_bytes(PEM).decode()


def test_another_occasion_makes_a_new_authority(cloud: Any) -> None:
    cloud.ready()
    ca = cloud.life(vault.RootCertificate, triggers="2026")
    ca.up()
    first = ca["ca"]
    assert ca.preview(triggers="2027") == "update"
    assert ca.up(triggers="2027") == "update"
    assert ca["ca"] != first
    assert cloud.act("get-root-ca")["output"].strip() == ca["ca"]
    assert ca.refresh() == {}


def test_another_occasion_renews_the_certificates_and_keeps_the_authority(cloud: Any, model: Any, rack: Any) -> None:
    cloud.ready()
    ca = cloud.life(vault.RootCertificate)
    ca.up()
    first = ca["ca"]
    assert ca.up(reissue="2027") == "update"
    assert ca["ca"] == first
    record = rack.services["juju"].parts.store.find_model(model.uuid)
    assert [action.name for action in record.actions.values()][-1] == "reissue-certificates"


def test_what_only_a_new_authority_can_have_is_refused_without_one(cloud: Any) -> None:
    cloud.ready()
    ca = cloud.life(vault.RootCertificate, ttl="87599h")
    ca.up()
    (failure,) = ca.provider.check(ca.outs, {**ca.props, "ttl": "8000h"}).failures
    assert (failure.property, "openstack.vault.rotation" in failure.reason) == ("ttl", True)
    assert not ca.provider.check(ca.outs, {**ca.props, "ttl": "8000h", "triggers": "2027"}).failures


def test_an_authority_that_is_there_is_taken_over(cloud: Any) -> None:
    cloud.ready()
    made = cloud.act("generate-root-ca")["output"].strip()
    ca = cloud.life(vault.RootCertificate)
    ca.up()
    assert ca["ca"] == made


def test_a_disabled_authority_is_gone_and_comes_back(cloud: Any) -> None:
    cloud.ready()
    ca = cloud.life(vault.RootCertificate)
    ca.up()
    cloud.act("disable-pki")
    ca.refresh()
    assert ca.id is None
    assert ca.up() == "create"
    assert ca["ca"]


def test_one_that_others_made_shows(cloud: Any) -> None:
    cloud.ready()
    ca = cloud.life(vault.RootCertificate)
    ca.up()
    cloud.act("disable-pki")
    cloud.act("generate-root-ca")
    assert set(ca.refresh()) == {"ca", "expires", "fingerprint"} - ({"expires"} if "expires" not in ca.outs else set())


def test_a_sealed_vault_says_nothing_about_it(cloud: Any) -> None:
    cloud.ready()
    ca = cloud.life(vault.RootCertificate)
    ca.up()
    cloud.act("restart")
    assert ca.refresh() == {}


def test_a_request_goes_out_and_comes_back_signed(cloud: Any, said: Any, until: Any) -> None:
    cloud.ready()
    ca = cloud.life(vault.RootCertificate, kind="csr", subject={"common-name": "Cloud Intermediate", "country": "PT"})
    ca.up()
    request = x509.load_pem_x509_csr(ca["csr"].encode())
    assert request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Cloud Intermediate"
    assert ca["ca"] == ""
    assert ca.refresh() == {}
    authority = Authority()
    signed = authority.sign(ca["csr"])
    assert ca.up(certificate=signed, root_certificate=authority.pem) == "update"
    assert ca["ca"] == authority.pem
    assert ca["csr"].startswith("-----BEGIN CERTIFICATE REQUEST-----")
    assert ca.refresh() == {}
    assert ca.preview() == "same"
    until(lambda: said("vault/0").startswith("Unit is ready"))
    assert cloud.act("get-root-ca")["output"] == authority.pem


def test_the_request_outlives_a_killed_run(cloud: Any) -> None:
    cloud.ready()
    ca = cloud.life(vault.RootCertificate, kind="csr")
    ca.up()
    csr, authority = ca["csr"], Authority()
    ca.forget()
    ca.up()
    assert ca["csr"] == csr
    ca.forget()
    ca.up(certificate=authority.sign(csr), root_certificate=authority.pem)
    ca.forget()
    assert ca.up() == "create"  # the upload had been made, and is not made again
    assert ca["ca"] == authority.pem


def test_a_certificate_of_another_request_is_refused_with_the_right_one(cloud: Any) -> None:
    cloud.ready()
    ca = cloud.life(vault.RootCertificate, kind="csr")
    ca.up()
    authority = Authority()
    with pytest.raises(ExpectedError, match="was not made from the request") as raised:
        ca.up(certificate=authority.pem, root_certificate=authority.pem)
    assert ca["csr"] in str(raised.value)
    with pytest.raises(ExpectedError, match="no certificate in PEM"):
        ca.up(certificate="-----BEGIN CERTIFICATE-----\nnope\n-----END CERTIFICATE-----", root_certificate=authority.pem)


def test_a_new_request_refuses_the_old_signature(cloud: Any) -> None:
    cloud.ready()
    ca = cloud.life(vault.RootCertificate, kind="csr")
    ca.up()
    authority = Authority()
    ca.up(certificate=authority.sign(ca["csr"]), root_certificate=authority.pem)
    first = ca["csr"]
    (failure,) = ca.provider.check(ca.outs, {**ca.props, "triggers": "2027"}).failures
    assert failure.property == "certificate"
    ca.props = {k: v for k, v in ca.props.items() if k not in ("certificate", "root_certificate")}
    assert ca.up(triggers="2027") == "update"
    assert ca["csr"] != first


def test_what_ends_soon_is_said_at_every_preview(cloud: Any, capfd: pytest.CaptureFixture[str]) -> None:
    cloud.ready()
    ca = cloud.life(vault.RootCertificate, kind="csr")
    ca.up()
    authority = Authority(days=30)
    ca.up(certificate=authority.sign(ca["csr"]), root_certificate=authority.pem)
    capfd.readouterr()
    assert ca.preview() == "same"
    shown = capfd.readouterr().out
    assert "warning: the cloud's certificate authority ends on" in shown
    assert "openstack.vault.rotation" in shown
