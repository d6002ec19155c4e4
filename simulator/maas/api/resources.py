"""The whole route table."""

from __future__ import annotations

import importlib
from types import ModuleType

_AREAS = (
    "allocate",
    "blockdevices",
    "dns",
    "fabrics",
    "groups",
    "images",
    "interfaces",
    "ipranges",
    "machine_ops",
    "machines",
    "nodes",
    "observations",
    "repositories",
    "routes",
    "scripts",
    "settings",
    "spaces",
    "subnets",
    "tags",
    "users",
    "vlans",
    "vmhosts",
    "zones",
)


def _area(name: str) -> ModuleType:
    return importlib.import_module(f".{name}", __package__)


ALL = tuple(resource for area in _AREAS for resource in _area(area).RESOURCES)
