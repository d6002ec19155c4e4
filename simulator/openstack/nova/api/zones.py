"""Availability zones."""

from __future__ import annotations

from typing import Any

from ... import times
from ...call import Reply
from ...routes import Request
from .. import daemons, zones
from ..compute import Compute
from ..records import Service
from ..table import ROUTES


@ROUTES.on("GET", "/os-availability-zone")
def index(compute: Compute, request: Request) -> Reply:
    """Answers the zones that servers can be put into."""
    shown = [_zone(compute, name, hosts=False) for name in names(compute)]
    return Reply(status=200, body={"availabilityZoneInfo": shown})


@ROUTES.on("GET", "/os-availability-zone/detail", policy="os_compute_api:os-availability-zone:detail", admin=True)
def detail(compute: Compute, request: Request) -> Reply:
    """Answers all zones with their hosts."""
    shown = [_zone(compute, name, hosts=True) for name in (zones.INTERNAL, *names(compute))]
    return Reply(status=200, body={"availabilityZoneInfo": shown})


def names(compute: Compute) -> list[str]:
    """The zones that have a nova-compute which isn't disabled."""
    return sorted({zones.of(compute, each) for each in daemons.workers(compute) if not each.disabled})


def _zone(compute: Compute, name: str, *, hosts: bool) -> dict[str, Any]:
    members: dict[str, dict[str, Any]] = {}
    for service in compute.store.services.values():
        if zones.of(compute, service) == name:
            members.setdefault(service.host, {})[service.binary] = _member(compute, service)
    return {"zoneName": name, "zoneState": {"available": True}, "hosts": members if hosts else None}


def _member(compute: Compute, service: Service) -> dict[str, Any]:
    return {
        "available": daemons.up(compute, service),
        "active": not service.disabled,
        "updated_at": times.seconds(service.seen),
    }
