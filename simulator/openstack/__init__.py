"""Simulated OpenStack and Vault: the APIs of the units of the simulated Juju, each at its unit's address behind one gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .service import Service

__all__ = ["Service"]


def __getattr__(name: str) -> Any:
    """Loads the service when it is asked for: Juju's charms use Vault's server, which uses this package, which reads Juju."""
    if name != "Service":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import service

    return service.Service
