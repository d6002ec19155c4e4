"""Simulated Nova."""

from __future__ import annotations

from .area import Area

__all__ = ["FAULTS", "Area"]

FAULTS = {
    "no-valid-host": "a server (its name or id) finds no host",
    "server-fails": "a server (its name or id, or its host) ends in error while it is spawned",
    "live-migration-fails": "a live migration of a server (its name or id, or the host that it leaves) ends in error",
}
