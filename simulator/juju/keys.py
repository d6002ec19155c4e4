"""The controller's certificate authority and server certificate, kept in the simulator's folder."""

from __future__ import annotations

import datetime
import ipaddress
import pathlib
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .. import files

_VALID = datetime.timedelta(days=3650)


class Keys:
    """Makes CA and server certificate once, and finds them again."""

    def __init__(self, directory: pathlib.Path) -> None:
        self._ca = directory / "ca.crt"
        self._server = directory / "server.pem"
        if not (self._ca.exists() and self._server.exists()):
            self._make()

    @property
    def ca_cert(self) -> str:
        """The CA's certificate in PEM."""
        return self._ca.read_text()

    def server_context(self) -> ssl.SSLContext:
        """What the controller serves with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._server)
        return context

    def _make(self) -> None:
        ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "juju-generated CA")])
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "juju-apiserver")])
        ca = _builder(ca_name, ca_name, ca_key.public_key()).add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        ca_cert = ca.sign(ca_key, hashes.SHA256())
        names = [x509.DNSName(n) for n in ("localhost", "juju-apiserver")]
        alt = x509.SubjectAlternativeName([*names, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        cert = _builder(name, ca_name, key.public_key()).add_extension(alt, False).sign(ca_key, hashes.SHA256())
        files.write(self._ca, _pem(ca_cert))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        files.write(self._server, private + _pem(cert) + _pem(ca_cert))


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + _VALID)
    )


def _pem(cert: x509.Certificate) -> str:
    return cert.public_bytes(serialization.Encoding.PEM).decode()
