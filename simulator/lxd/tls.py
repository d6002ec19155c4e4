"""Keys, certificates and the TLS side of trust.

LXD asks every client for a certificate, takes any, and decides by its fingerprint what the client may. Python's ssl verifies or
does not ask; so each certificate a client shows is put into the context's own store the moment its handshake message is read,
which is before it is verified. TLS then always succeeds and trust is decided where LXD decides it: at the request.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import ipaddress
import pathlib
import ssl
import struct
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .. import files

VALID = datetime.timedelta(days=3650)
_HANDSHAKE_HEADER = 4


class Identity:
    """The server's and the first client's key pairs, made once and kept in `folder`."""

    def __init__(self, folder: pathlib.Path, hostname: str) -> None:
        self.server = _pair(folder, "server", f"root@{hostname}", ExtendedKeyUsageOID.SERVER_AUTH)
        self.client = _pair(folder, "client", "operator", ExtendedKeyUsageOID.CLIENT_AUTH)
        self.server_pem = self.server[0].read_text()
        self.client_pem = self.client[0].read_text()

    @property
    def server_fingerprint(self) -> str:
        """SHA-256 of the server's certificate, in hex."""
        return fingerprint(der(self.server_pem))


def der(pem: str) -> bytes:
    """A PEM certificate's bytes."""
    return ssl.PEM_cert_to_DER_cert(pem)


def fingerprint(certificate: bytes) -> str:
    """What LXD calls a certificate: SHA-256 of its DER form, in hex."""
    return hashlib.sha256(certificate).hexdigest()


def pem(certificate: bytes) -> str:
    """DER to PEM with Go's line length."""
    text = base64.b64encode(certificate).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


def common_name(certificate: bytes) -> str:
    """The subject's common name, "" when it has none."""
    names = x509.load_der_x509_certificate(certificate).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def server_context(identity: Identity) -> ssl.SSLContext:
    """A context that asks for a client certificate and accepts whichever comes, or none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(*identity.server)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a certificate signed by somebody else is its own anchor too

    def accept(_conn: Any, direction: str, version: Any, _content: Any, kind: Any, data: bytes) -> None:
        if direction == "read" and getattr(kind, "name", "") == "CERTIFICATE":
            shown = _first_certificate(data, is_tls13=version == ssl.TLSVersion.TLSv1_3)
            if shown:
                context.load_verify_locations(cadata=shown)

    # the one hook of Python's ssl that sees a handshake message before OpenSSL judges it
    context._msg_callback = accept  # type: ignore[attr-defined]
    return context


def _first_certificate(message: bytes, *, is_tls13: bool) -> bytes:
    at = _HANDSHAKE_HEADER + (1 + message[_HANDSHAKE_HEADER] if is_tls13 else 0)
    (length,) = struct.unpack(">I", b"\0" + message[at : at + 3])
    if not length:
        return b""
    (size,) = struct.unpack(">I", b"\0" + message[at + 3 : at + 6])
    return message[at + 6 : at + 6 + size]


def _pair(folder: pathlib.Path, name: str, subject: str, usage: x509.ObjectIdentifier) -> tuple[pathlib.Path, pathlib.Path]:
    paths = folder / f"{name}.crt", folder / f"{name}.key"
    if not all(path.exists() for path in paths):
        key = ec.generate_private_key(ec.SECP384R1())
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        files.write(paths[1], private.decode())
        files.write(paths[0], _certificate(key, subject, usage).public_bytes(serialization.Encoding.PEM).decode())
    return paths


def _certificate(key: ec.EllipticCurvePrivateKey, subject: str, usage: x509.ObjectIdentifier) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "linuxcontainers.org"),
            x509.NameAttribute(NameOID.COMMON_NAME, subject),
        ]
    )
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # a client whose clock is behind still accepts it
        .not_valid_after(now + VALID)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    )
    if usage == ExtendedKeyUsageOID.SERVER_AUTH:
        addresses = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(addresses), critical=False)
    return builder.sign(key, hashes.SHA384())
