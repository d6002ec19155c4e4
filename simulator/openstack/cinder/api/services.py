"""Cinder's daemons, its pools and its availability zones."""

from __future__ import annotations

from typing import Any

from ... import times
from ...call import Reply
from ...faults import bad_request, not_found
from ...routes import Request
from ..records import Service
from ..storage import Storage
from ..table import ROUTES

_POLICY = "volume_extension:services"
_ZONE = "nova"
_CAPACITY = 1000
"""GiB that a pool says it has; nothing is stored here."""


@ROUTES.on("GET", "/os-services", policy=f"{_POLICY}:index", admin=True)
def index(storage: Storage, request: Request) -> Reply:
    """Answers those of a host, of a binary, or all."""
    host, binary = request.query("host"), request.query("binary")
    chosen = [each for each in storage.store.services.values() if host in (None, each.host) and binary in (None, each.binary)]
    return Reply(status=200, body={"services": [_view(storage, each, request) for each in chosen]})


def _view(storage: Storage, service: Service, request: Request) -> dict[str, Any]:
    state = "up" if storage.up(service) else "down"
    shown: dict[str, Any] = {
        "binary": service.binary,
        "host": service.host,
        "zone": _ZONE,
        "status": "disabled" if service.disabled else "enabled",
        "state": state,
        "updated_at": times.seconds(service.seen),
        "disabled_reason": service.disabled_reason,
    }
    if request.version >= 7:
        shown["cluster"] = None
    if service.binary == "cinder-volume":
        shown |= {"replication_status": "disabled", "active_backend_id": None, "frozen": False}
        shown |= {"backend_state": state} if request.version >= 49 else {}
    return shown


@ROUTES.on("PUT", "/os-services/{action}", policy=f"{_POLICY}:update", admin=True, schema={"type": "object"})
def update(storage: Storage, request: Request) -> Reply:
    """Enables or disables a daemon."""
    given, action = request.body, request.params["action"]
    if action not in ("enable", "disable", "disable-log-reason"):
        raise not_found("Unknown action")
    if "host" not in given:
        raise bad_request("Missing required element 'host' in request body.")
    binary = given.get("binary") or given.get("service")
    for service in storage.store.services.values():
        if service.host == given["host"] and binary in (None, service.binary):
            service.disabled = action != "enable"
            service.disabled_reason = given.get("disabled_reason") if service.disabled else None
            return Reply(status=200, body=_changed(service))
    raise not_found(f"Service {binary} could not be found on host {given['host']}.")


def _changed(service: Service) -> dict[str, Any]:
    status = "disabled" if service.disabled else "enabled"
    shown: dict[str, Any] = {"host": service.host, "service": service.binary, "binary": service.binary, "status": status}
    shown["disabled"] = service.disabled
    return shown | ({"disabled_reason": service.disabled_reason} if service.disabled_reason else {})


@ROUTES.on("GET", "/os-availability-zone")
def zones(storage: Storage, request: Request) -> Reply:
    """Answers the zones."""
    return Reply(status=200, body={"availabilityZoneInfo": [{"zoneName": _ZONE, "zoneState": {"available": True}}]})


@ROUTES.on("GET", "/scheduler-stats/get_pools", policy="scheduler_extension:scheduler_stats:get_pools", admin=True)
def pools(storage: Storage, request: Request) -> Reply:
    """Answers the pools, with what they can where the query asks."""
    shown = [_pool(storage, each, detail=request.flag("detail")) for each in storage.cloud.facts.volume_backends()]
    return Reply(status=200, body={"pools": shown})


def _pool(storage: Storage, name: str, *, detail: bool) -> dict[str, Any]:
    if not detail:
        return {"name": name}
    allocated = sum(each.size for each in storage.store.volumes.values() if each.host == name)
    capabilities = {
        "volume_backend_name": name.partition("#")[2],
        "vendor_name": "Open Source",
        "driver_version": "1.3.0",
        "storage_protocol": "ceph",
        "total_capacity_gb": _CAPACITY,
        "free_capacity_gb": _CAPACITY - allocated,
        "reserved_percentage": 0,
        "multiattach": True,
        "thin_provisioning_support": True,
        "max_over_subscription_ratio": "20.0",
        "provisioned_capacity_gb": allocated,
        "location_info": "ceph:/etc/ceph/ceph.conf:cinder-ceph",
        "allocated_capacity_gb": allocated,
        "filter_function": None,
        "goodness_function": None,
        "timestamp": times.exact(storage.now()),
    }
    return {"name": name, "capabilities": capabilities}
