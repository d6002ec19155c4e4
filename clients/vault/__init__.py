"""Vault, typed: one server of a cluster, errors as one tree.

    vault = Vault("http://10.20.0.33:8200")
    made = vault.initialise(5, 3)
    vault.unseal(made.keys)

Calls block. What is secret is in no `repr`, no message and no log.
"""

from __future__ import annotations

from .client import MOUNT, Vault
from .errors import (
    AlreadyInitialisedError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    SealedError,
    UnreachableError,
    VaultError,
    WrongKeyError,
)
from .types import Health, Initialised, Seal

__all__ = [
    "MOUNT",
    "AlreadyInitialisedError",
    "ForbiddenError",
    "Health",
    "Initialised",
    "NotFoundError",
    "RefusedError",
    "Seal",
    "SealedError",
    "UnreachableError",
    "Vault",
    "VaultError",
    "WrongKeyError",
]
