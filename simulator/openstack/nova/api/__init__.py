"""Nova's handlers; importing the modules fills the route table."""

from __future__ import annotations

from . import (
    actions,
    aggregates,
    attachments,
    extraspecs,
    flavoraccess,
    flavors,
    groups,
    history,
    hypervisors,
    keypairs,
    networking,
    quotas,
    servers,
    services,
    tags,
    usage,
    zones,
)

__all__ = [
    "actions",
    "aggregates",
    "attachments",
    "extraspecs",
    "flavoraccess",
    "flavors",
    "groups",
    "history",
    "hypervisors",
    "keypairs",
    "networking",
    "quotas",
    "servers",
    "services",
    "tags",
    "usage",
    "zones",
]
