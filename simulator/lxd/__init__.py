"""A simulated LXD 5.0.2: its REST API on a unix socket and HTTPS, over the rack's LXD host and virtual machines."""

from __future__ import annotations

from .service import Service

__all__ = ["Service"]
