"""Simulated Juju: controllers over websocket RPC, a charm store, machines from MAAS, units that settle, a `juju` command."""

from __future__ import annotations

from .service import Service

__all__ = ["Service"]
