"""Passwords of users: kept as salted hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_ROUNDS = 20000


def hashed(password: str) -> str:
    """A salted hash of a password."""
    salt = secrets.token_hex(8)
    return f"{salt}${_digest(password, salt)}"


def holds(password: str, kept: str) -> bool:
    """Whether a password is the one that was hashed."""
    salt, _, digest = kept.partition("$")
    return bool(digest) and hmac.compare_digest(digest, _digest(password, salt))


def _digest(password: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ROUNDS).hex()
