"""HTTP sessions that trust exactly one server, and nothing in the environment.

`trust_env` is off because `requests` lets REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE overrule what the code says, which breaks every
LXD server with a certificate of its own.
"""

from __future__ import annotations

import functools
import pathlib
import ssl
import tempfile
import urllib.parse
from typing import Any

import requests.adapters
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from .errors import LxdError
from .remote import Remote

POOL = 32
"""Connections kept open to a server; more than these are made and dropped as needed."""

RETRIES = urllib3.Retry(
    total=4,
    connect=2,
    other=0,
    backoff_factor=0.2,
    status_forcelist=(502, 503, 504),
    allowed_methods={"GET"},
    raise_on_status=False,
)
"""Reading is repeated: a daemon that restarts answers 503, or nothing, for a moment."""


def endpoint(remote: Remote) -> str:
    """The address in the form that pylxd takes."""
    if remote.socket is not None:
        return f"http+unix://{urllib.parse.quote(remote.socket, safe='')}"
    return remote.url


def open_session(remote: Remote) -> requests.Session:
    """A session to this server; nothing is sent yet."""
    import pylxd.client

    session: requests.Session = pylxd.client.get_session_for_url(endpoint(remote))
    session.trust_env = False
    for adapter in session.adapters.values():
        vars(adapter)["max_retries"] = RETRIES
    if remote.socket is None:
        session.verify = _fingerprint(remote) is None
        session.mount("https://", _Pinned(_context(remote), _fingerprint(remote)))
        if token := remote.secret("bearer_token"):
            session.headers["Authorization"] = f"Bearer {token.strip()}"
    return session


class _Pinned(requests.adapters.HTTPAdapter):
    """TLS with our own context, and the server's certificate checked by its fingerprint where one is given."""

    def __init__(self, context: ssl.SSLContext, fingerprint: str | None) -> None:
        self._context, self._fingerprint = context, fingerprint
        super().__init__(pool_maxsize=POOL, max_retries=RETRIES)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, assert_fingerprint=self._fingerprint, **kwargs)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leaves the connection alone: the context says all there is to say."""


def _context(remote: Remote) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if _fingerprint(remote):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    certificate, key = remote.secret("client_certificate"), remote.secret("client_key")
    if certificate and key:
        _load(context, certificate, key, remote.name)
    elif certificate or key:
        raise LxdError(f"remote {remote.name}: client_certificate and client_key belong together; only one of them is set")
    return context


def _load(context: ssl.SSLContext, certificate: str, key: str, name: str) -> None:
    """Loads a client certificate; ssl only takes files, so a private one is written and removed at once."""
    with tempfile.TemporaryDirectory(prefix="lxd-") as folder:
        path = pathlib.Path(folder, "client.pem")
        path.touch(mode=0o600)
        path.write_text(f"{certificate.strip()}\n{key.strip()}\n")
        try:
            context.load_cert_chain(path)
        except ssl.SSLError as error:
            raise LxdError(f"remote {name}: client_certificate and client_key don't fit together: {error.reason}") from error


@functools.lru_cache(maxsize=64)
def _fingerprint(remote: Remote) -> str | None:
    if remote.server_certificate_fingerprint:
        return remote.server_certificate_fingerprint.replace(":", "").lower()
    if not remote.server_certificate_file:
        return None
    path = pathlib.Path(remote.server_certificate_file).expanduser()
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(hashes.SHA256()).hex()
    except (OSError, ValueError) as error:
        raise LxdError(f"remote {remote.name}: server_certificate_file: no certificate in {path}: {error}") from error
