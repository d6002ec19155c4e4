"""What a state may hold of a secret: enough to see that it changed."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any


def fingerprint(definition: Mapping[str, Any], salt: str | None = None) -> str:
    """Salt and 32 bits of a slow hash: enough to see a change, too little to find the secret by."""
    salt = salt or secrets.token_hex(8)
    text = json.dumps({k: str(v) for k, v in definition.items()}, sort_keys=True).encode()
    return f"{salt}:{hashlib.scrypt(text, salt=salt.encode(), n=2**12, r=8, p=1, dklen=4).hex()}"


def matches(known: str, definition: Mapping[str, Any]) -> bool:
    """Whether a fingerprint is this definition's."""
    salt, _, _ = known.partition(":")
    return bool(salt) and hmac.compare_digest(known, fingerprint(definition, salt))
