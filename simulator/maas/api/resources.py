"""The whole route table."""

from __future__ import annotations

import importlib
from types import ModuleType

_AREAS = (
    "allocate",
    "bcaches",
    "blockdevices",
    "dns",
    "fabrics",
    "images",
    "interfaces",
    "ipranges",
    "machine_config",
    "machine_ops",
    "machines",
    "nodes",
    "observations",
    "raids",
    "repositories",
    "reservedips",
    "results",
    "routes",
    "scripts",
    "settings",
    "spaces",
    "subnets",
    "tags",
    "users",
    "vlans",
    "vmhosts",
    "volume_groups",
    "zones",
)


def _area(name: str) -> ModuleType:
    return importlib.import_module(f".{name}", __package__)


ALL = tuple(resource for area in _AREAS for resource in _area(area).RESOURCES)
