"""Availability zones: what aggregates make of hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .compute import Compute
    from .records import Service

DEFAULT, INTERNAL = "nova", "internal"
KEY = "availability_zone"


def of(compute: Compute, service: Service) -> str:
    """The zone of a daemon's host."""
    if service.zone == INTERNAL:
        return INTERNAL
    for aggregate in compute.store.aggregates.values():
        if service.host in aggregate.hosts and KEY in aggregate.metadata:
            return aggregate.metadata[KEY]
    return DEFAULT
