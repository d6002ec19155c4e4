"""MAAS: `connect` gives the one client a process has for a region."""

from __future__ import annotations

import functools

from . import errors
from ._collection import Collection
from .client import OLDEST, Maas
from .types import Event, Fabric, Interface, IpRange, Link, Machine, Rack, ScriptResult, Space, Status, Subnet, Tag, Vlan

__all__ = [
    "OLDEST",
    "Collection",
    "Event",
    "Fabric",
    "Interface",
    "IpRange",
    "Link",
    "Maas",
    "Machine",
    "Rack",
    "ScriptResult",
    "Space",
    "Status",
    "Subnet",
    "Tag",
    "Vlan",
    "connect",
    "errors",
]


@functools.cache
def connect(url: str, api_key: str, ca_file: str | None = None, poll_seconds: float = 5.0) -> Maas:
    """The client for these settings; asked again, the same one, so that sessions, descriptions and watchers are shared."""
    return Maas.connect(url, api_key, ca_file=ca_file, poll_seconds=poll_seconds)
