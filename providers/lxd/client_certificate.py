"""A key pair for a client of LXD, made by the program and kept in its state.

Not in the generated SDK. MAAS needs one to power VMs: its certificate goes into a TrustCertificate, its key into MAAS's power
parameters. Nothing is asked of any server; the private key is a secret output.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import pulumi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .._base import Found, Inputs, Made, Props, Provider, Resource

_OUTPUTS = ("certificate", "private_key", "fingerprint")
_SKEW = datetime.timedelta(hours=1)
"""How far a server's clock may be behind ours."""


class ClientCertificateInputs(Inputs):
    """Whose certificate it is, and for how long it is good."""

    common_name: str
    days: int = 3650


class ClientCertificateProvider(Provider[ClientCertificateInputs]):
    """Key pairs; everything about one is fixed when it is made."""

    inputs = ClientCertificateInputs
    computed = _OUTPUTS
    secret = frozenset({"private_key"})
    replace_on = frozenset({"common_name", "days"})
    delete_first = False

    def make(self, inputs: ClientCertificateInputs) -> Made:
        key = ec.generate_private_key(ec.SECP384R1())
        certificate = _self_signed(key, inputs)
        fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        outputs = {
            "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
            "private_key": _pem(key),
            "fingerprint": fingerprint,
        }
        return Made(id=fingerprint, outputs=outputs)

    def fetch(self, id_: str, old: Props) -> Found | None:
        """It lives in the state only, so it is as it was."""
        return Found(inputs={})

    def change(self, id_: str, old: Props, inputs: ClientCertificateInputs) -> Mapping[str, Any]:
        return {name: old[name] for name in _OUTPUTS}

    def remove(self, id_: str, old: Props) -> None:
        """Forgets it; what trusts it is another resource."""


def _self_signed(key: ec.EllipticCurvePrivateKey, inputs: ClientCertificateInputs) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, inputs.common_name)])
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + datetime.timedelta(days=inputs.days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(key, hashes.SHA384())
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


class ClientCertificate(Resource, module="lxd", name="ClientCertificate"):
    """A key pair."""

    provider_class = ClientCertificateProvider
    certificate: pulumi.Output[str]
    private_key: pulumi.Output[str]
    fingerprint: pulumi.Output[str]
    common_name: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        common_name: pulumi.Input[str],
        days: pulumi.Input[int] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(resource_name, {"common_name": common_name, "days": days}, opts)
