"""Certificates as the operator sees them: whose they are, when they end, and which key they belong to."""

from __future__ import annotations

import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from .._base import ExpectedError

WARN_DAYS: Final = 60
BEGIN: Final = "-----BEGIN CERTIFICATE-----"


def read(text: str, what: str) -> x509.Certificate:
    """A certificate (PEM).

    Raises:
        ExpectedError: when it is none; `what` names it.
    """
    try:
        return x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        raise ExpectedError(f"{what} is no certificate in PEM: it begins with {BEGIN}") from None


def ends(*texts: str) -> datetime.datetime | None:
    """When the first of several certificates ends; empty ones don't count."""
    return min((read(text, "the CA").not_valid_after_utc for text in texts if text), default=None)


def fingerprint(text: str) -> str:
    """A certificate's SHA-256 fingerprint, as openssl shows it."""
    return read(text, "the CA").fingerprint(hashes.SHA256()).hex(":").upper()


def fits(certificate: str, csr: str) -> bool:
    """Whether a certificate was made from a request, that is, whether it holds its key."""
    asked = x509.load_pem_x509_csr(csr.encode())
    return read(certificate, "openstack.vault.certificate").public_key() == asked.public_key()


def warning(what: str, ends_at: str | None, now: datetime.datetime, mend: str) -> str | None:
    """The line for what ends soon, None while there is time; `ends_at` is in ISO 8601."""
    if not ends_at:
        return None
    left = (datetime.datetime.fromisoformat(ends_at) - now).days
    if left > WARN_DAYS:
        return None
    when = f"ends on {ends_at[:10]}, in {left} days" if left >= 0 else f"ended on {ends_at[:10]}"
    return f"warning: {what} {when}; {mend}"
