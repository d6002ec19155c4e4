"""Who sees which flavor, and how it looks in which version."""

from __future__ import annotations

from typing import Any

from ..routes import Request
from .records import Flavor


def visible(flavor: Flavor, request: Request) -> bool:
    """Whether a caller may use a flavor."""
    return flavor.is_public or request.admin or request.project in flavor.projects


def links(flavor_id: str, base: str) -> list[dict[str, str]]:
    """Where it is."""
    return [
        {"rel": "self", "href": f"{base}/v2.1/flavors/{flavor_id}"},
        {"rel": "bookmark", "href": f"{base}/flavors/{flavor_id}"},
    ]


def brief(flavor: Flavor, request: Request) -> dict[str, Any]:
    """As the short list shows it."""
    shown: dict[str, Any] = {"id": flavor.id, "name": flavor.name, "links": links(flavor.id, request.call.base)}
    return shown | ({"description": flavor.description} if request.version >= 55 else {})


def whole(flavor: Flavor, request: Request) -> dict[str, Any]:
    """All of it."""
    shown: dict[str, Any] = {
        "id": flavor.id,
        "name": flavor.name,
        "ram": flavor.ram,
        "disk": flavor.disk,
        "swap": flavor.swap if flavor.swap or request.version >= 75 else "",
        "OS-FLV-EXT-DATA:ephemeral": flavor.ephemeral,
        "OS-FLV-DISABLED:disabled": False,
        "vcpus": flavor.vcpus,
        "os-flavor-access:is_public": flavor.is_public,
        "rxtx_factor": flavor.rxtx_factor,
        "links": links(flavor.id, request.call.base),
    }
    if request.version >= 55:
        shown["description"] = flavor.description
    if request.version >= 61:
        shown["extra_specs"] = dict(flavor.extra_specs)
    return shown


def embedded(flavor: Flavor) -> dict[str, Any]:
    """As a server shows it from 2.47 on."""
    return {
        "vcpus": flavor.vcpus,
        "ram": flavor.ram,
        "disk": flavor.disk,
        "ephemeral": flavor.ephemeral,
        "swap": flavor.swap,
        "original_name": flavor.name,
        "extra_specs": dict(flavor.extra_specs),
    }
