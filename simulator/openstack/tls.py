"""TLS as the units' services speak it: a certificate that their Vault's authority has signed, chosen anew for each connection.

Owns: one server certificate for the gateway's address, which stands for those of all units behind it; it changes when Vault gets
another authority, or renews the certificates. Does not own: the authority, which is the simulated Vault's.
"""

from __future__ import annotations

import dataclasses
import pathlib
import ssl
from collections.abc import Callable

from .. import files
from ..vault import certificates

ADDRESS = "127.0.0.1"
_LIFE = 8760 * 3600
"""Seconds; the charm's default."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Authority:
    """Who signs: certificate and key (PEM), and the number of times that all certificates were renewed."""

    certificate: str
    key: str
    renewals: int = 0


class Tls:
    """The context of the listener.

    Args:
        folder: where a certificate lies for the moment in which it is loaded.
        authority: who signs now; None while there is nobody.
        now: virtual time.
    """

    def __init__(self, folder: pathlib.Path, authority: Callable[[], Authority | None], now: Callable[[], float]) -> None:
        self._folder = folder
        self._authority = authority
        self._now = now
        self._made: tuple[Authority, ssl.SSLContext] | None = None
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.sni_callback = self._chosen

    def _chosen(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> int | None:
        """Is asked in the middle of each handshake, whether the client names a server or not."""
        authority = self._authority()
        if authority is None:
            return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
        if self._made is None or self._made[0] != authority:
            self._made = authority, self._context(authority)
        connection.context = self._made[1]
        return None

    def _context(self, authority: Authority) -> ssl.SSLContext:
        key, now = certificates.new_key(), self._now()
        signer = authority.certificate, authority.key
        span = (now, min(now + _LIFE, certificates.ends(authority.certificate)))
        chain = [certificates.issue(signer, key, ADDRESS, ["localhost"], span), authority.certificate]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        file = self._folder / "gateway.pem"
        files.write(file, "\n".join([key, *chain]) + "\n")
        try:
            context.load_cert_chain(file)
        finally:
            file.unlink()
        return context
