"""Simulated Juju: controllers over websocket RPC, a charm store, machines from MAAS, units that settle, a `juju` command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .service import Service

__all__ = ["Service"]


def __getattr__(name: str) -> Any:
    """Loads the service when it is asked for: the `juju` command of this package does without it, and starts at once."""
    if name != "Service":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import service

    return service.Service
