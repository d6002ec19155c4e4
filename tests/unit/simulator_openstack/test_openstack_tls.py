"""The TLS of the simulated services: a real chain of the authority that is there at the moment, verified by real clients."""

from __future__ import annotations

import asyncio
import pathlib
import ssl
import time
from typing import Any

import pytest
from cryptography import x509

from simulator.openstack.tls import ADDRESS, Authority, Tls
from simulator.vault import certificates

YEARS = 10 * 365 * 86400


def root(name: str, now: float | None = None) -> Authority:
    key = certificates.new_key()
    return Authority(certificate=certificates.self_signed(key, name, time.time() if now is None else now, YEARS), key=key)


class Listener:
    """What speaks TLS by whoever is the authority at the moment."""

    def __init__(self, folder: pathlib.Path, authority: Authority | None, now: float | None = None) -> None:
        self.folder, self.authority = folder, authority
        self.tls = Tls(folder, lambda: self.authority, lambda: time.time() if now is None else now)

    def seen(self, *trusted: str) -> list[x509.Certificate]:
        """The server's certificates as clients get them that trust these (PEM), one for each."""
        return asyncio.run(self._seen(trusted))

    async def _seen(self, trusted: tuple[str, ...]) -> list[x509.Certificate]:
        server = await asyncio.start_server(_close, ADDRESS, 0, ssl=self.tls.context)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return [await _certificate(port, pem) for pem in trusted]


async def _close(reader: Any, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _certificate(port: int, pem: str) -> x509.Certificate:
    context = ssl.create_default_context(cadata=pem)
    _, writer = await asyncio.open_connection(ADDRESS, port, ssl=context)
    found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return x509.load_der_x509_certificate(found)


def test_who_trusts_the_authority_gets_a_certificate_of_it(tmp_path: pathlib.Path) -> None:
    authority = root("first")
    listener = Listener(tmp_path, authority)
    first, second = listener.seen(authority.certificate, authority.certificate)
    assert first == second
    assert first.issuer == x509.load_pem_x509_certificate(authority.certificate.encode()).subject
    assert list(tmp_path.iterdir()) == [], "no key is left lying about"


def test_who_trusts_another_refuses(tmp_path: pathlib.Path) -> None:
    listener = Listener(tmp_path, root("first"))
    with pytest.raises(ssl.SSLCertVerificationError):
        listener.seen(root("other").certificate)


def test_another_authority_is_another_chain_at_once(tmp_path: pathlib.Path) -> None:
    old, new = root("the authority"), root("the authority")
    listener = Listener(tmp_path, old)
    listener.seen(old.certificate)
    listener.authority = new
    listener.seen(new.certificate)
    with pytest.raises(ssl.SSLCertVerificationError):
        listener.seen(old.certificate)


def test_renewed_certificates_are_others_of_the_same_authority(tmp_path: pathlib.Path) -> None:
    authority = root("first")
    listener = Listener(tmp_path, authority)
    before = listener.seen(authority.certificate)
    listener.authority = Authority(certificate=authority.certificate, key=authority.key, renewals=1)
    assert listener.seen(authority.certificate) != before


def test_an_intermediate_authority_is_sent_along(tmp_path: pathlib.Path) -> None:
    top, key, now = root("top"), certificates.new_key(), time.time()
    signed = certificates._signed(
        x509.Name([certificates._attribute("common_name", "between")]),
        key,
        issuer=(top.certificate, top.key),
        span=(now, now + YEARS),
        ca=True,
        names=(),
    )
    listener = Listener(tmp_path, Authority(certificate=signed, key=key))
    assert listener.seen(top.certificate)[0].issuer == x509.load_pem_x509_certificate(signed.encode()).subject


def test_a_rack_whose_clock_is_ahead_has_certificates_that_hold_now(tmp_path: pathlib.Path) -> None:
    ahead = time.time() + 30 * 86400
    authority = root("first", ahead)
    assert Listener(tmp_path, authority, ahead).seen(authority.certificate)


def test_without_an_authority_nobody_gets_through(tmp_path: pathlib.Path) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        Listener(tmp_path, None).seen(root("first").certificate)
