"""Plain HTTP to an LXD: over its socket, or over TLS with a client certificate or none."""

from __future__ import annotations

import datetime
import http.client
import json
import pathlib
import socket
import ssl
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TIMEOUT = 60.0


class _Unix(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("lxd", timeout=TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(self._path)


class Wire:
    """Speaks to the LXD of these endpoints.

    Args:
        endpoints: "socket", "url" and "server_cert" are used.
        folder: where clients' key pairs are made.
    """

    def __init__(self, endpoints: dict[str, str], folder: pathlib.Path) -> None:
        self._endpoints = endpoints
        self._folder = folder

    def certificate(self, name: str) -> bytes:
        """Our own certificate of this common name, in DER; made at the first call."""
        path = self._folder / f"{name}.crt"
        if not path.exists():
            _make_pair(self._folder, name)
        return ssl.PEM_cert_to_DER_cert(path.read_text())

    def ask(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes | None = None, via: str | None = None
    ) -> dict[str, Any]:
        """Asks and reads the answer as {"status", "headers", "body"}; `via` is "", a client's name, or None for the socket."""
        connection = self._connection(via)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        found = dict(answer.getheaders())
        is_json = found.get("Content-Type") == "application/json"
        text = data.decode(errors="replace")
        return {"status": answer.status, "headers": found, "body": json.loads(text) if is_json else text}

    def _connection(self, via: str | None) -> http.client.HTTPConnection:
        if via is None:
            return _Unix(self._endpoints["socket"])
        context = ssl.create_default_context(cafile=self._endpoints["server_cert"])
        if via:
            self.certificate(via)
            context.load_cert_chain(self._folder / f"{via}.crt", self._folder / f"{via}.key")
        address = self._endpoints["url"].removeprefix("https://")
        return http.client.HTTPSConnection(address, context=context, timeout=TIMEOUT)


def _make_pair(folder: pathlib.Path, name: str) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA384())
    )
    encoding, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(encoding))
    (folder / f"{name}.key").write_bytes(key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, no_password))
