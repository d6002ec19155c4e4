"""Nova's daemons as services: list, enable, disable, force down, delete."""

from __future__ import annotations

from typing import Any

from ... import times
from ...call import Reply
from ...faults import bad_request, conflict, not_found
from ...routes import Request
from .. import daemons, zones
from ..compute import Compute
from ..records import Service
from ..table import ROUTES

_POLICY = "os_compute_api:os-services"
_REASON = {"type": "string", "minLength": 1, "maxLength": 255}
_CHANGE = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["enabled", "disabled"]},
        "disabled_reason": _REASON,
        "forced_down": {"type": ["boolean", "string"]},
    },
    "additionalProperties": False,
}
_NAMED = {
    "type": "object",
    "properties": {
        "host": {"type": "string"},
        "binary": {"type": "string"},
        "disabled_reason": _REASON,
        "forced_down": {"type": ["boolean", "string"]},
    },
    "required": ["host", "binary"],
    "additionalProperties": False,
}
UUIDS_SINCE, FORCED_SINCE = 53, 11


@ROUTES.on("GET", "/os-services", policy=f"{_POLICY}:list", admin=True)
def index(compute: Compute, request: Request) -> Reply:
    """Answers those of a host, of a binary, or all."""
    host, binary = request.query("host"), request.query("binary")
    chosen = [each for each in compute.store.services.values() if host in (None, each.host) and binary in (None, each.binary)]
    return Reply(status=200, body={"services": [_view(compute, each, request) for each in chosen]})


def _view(compute: Compute, service: Service, request: Request) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "binary": service.binary,
        "host": service.host,
        "id": service.id if request.version >= UUIDS_SINCE else service.row,
        "zone": zones.of(compute, service),
        "status": "disabled" if service.disabled else "enabled",
        "state": "up" if daemons.up(compute, service) else "down",
        "updated_at": times.seconds(max(service.seen, service.changed or 0)),
        "disabled_reason": service.disabled_reason,
    }
    return shown | ({"forced_down": service.forced_down} if request.version >= FORCED_SINCE else {})


@ROUTES.on("PUT", "/os-services/{name}", policy=f"{_POLICY}:update", admin=True, until=52, schema=_NAMED)
def update_named(compute: Compute, request: Request) -> Reply:
    """Changes a service that host and binary name, in the old way."""
    given = request.body
    service = _named(compute, given["host"], given["binary"])
    shown = {"host": service.host, "binary": service.binary}
    what = request.params["name"]
    if what == "force-down" and request.version >= FORCED_SINCE:
        service.forced_down = _yes(given.get("forced_down"))
        return Reply(status=200, body={"service": shown | {"forced_down": service.forced_down}})
    if what == "enable":
        _enable(compute, service, disabled=False)
        return Reply(status=200, body={"service": shown | {"status": "enabled"}})
    if what not in ("disable", "disable-log-reason"):
        raise not_found("Unknown action")
    if what == "disable-log-reason" and "disabled_reason" not in given:
        raise bad_request("Missing disabled reason field")
    _enable(compute, service, disabled=True, reason=given.get("disabled_reason"))
    shown["status"] = "disabled"
    return Reply(status=200, body={"service": shown | ({"disabled_reason": given["disabled_reason"]} if "log" in what else {})})


def _named(compute: Compute, host: str, binary: str) -> Service:
    for service in compute.store.services.values():
        if (service.host, service.binary) == (host, binary):
            return service
    raise not_found(f"Could not find binary {binary} on host {host}.")


@ROUTES.on("PUT", "/os-services/{service_id}", policy=f"{_POLICY}:update", admin=True, since=UUIDS_SINCE, schema=_CHANGE)
def update(compute: Compute, request: Request) -> Reply:
    """Changes a service."""
    service, given = compute.store.services.get(request.params["service_id"]), request.body
    if service is None:
        raise not_found(f"Service {request.params['service_id']} could not be found.")
    if not given:
        raise bad_request("No updates were requested. Fields 'status' or 'forced_down' should be specified.")
    if "disabled_reason" in given and given.get("status") != "disabled":
        raise bad_request("Specifying disabled_reason requires that status is set to disabled.")
    if service.binary != "nova-compute":
        raise bad_request(f"Updating a {service.binary} service is not supported. Only nova-compute services can be updated.")
    if "status" in given:
        _enable(compute, service, disabled=given["status"] == "disabled", reason=given.get("disabled_reason"))
    if "forced_down" in given:
        service.forced_down = _yes(given["forced_down"])
    service.changed = compute.now()
    shown = _view(compute, service, request) | {"updated_at": times.exact(compute.now())}
    return Reply(status=200, body={"service": shown})


def _enable(compute: Compute, service: Service, *, disabled: bool, reason: str | None = None) -> None:
    service.disabled, service.disabled_reason, service.changed = disabled, reason, compute.now()


def _yes(value: Any) -> bool:
    return str(value).lower() in ("true", "1", "yes")


@ROUTES.on("DELETE", "/os-services/{service_id}", policy=f"{_POLICY}:delete", admin=True)
def delete(compute: Compute, request: Request) -> Reply:
    """Deletes a service, and with nova-compute its hypervisor; one whose daemon runs comes back."""
    wanted = request.params["service_id"]
    by_id = request.version >= UUIDS_SINCE
    service = next((e for e in compute.store.services.values() if (e.id if by_id else str(e.row)) == wanted), None)
    if service is None:
        raise not_found(f"Service {wanted} not found.")
    if service.binary == "nova-compute" and daemons.guests(compute, service.host):
        raise conflict("Unable to delete compute service that is hosting instances. Migrate or delete the instances first.")
    daemons.forget(compute, service)
    return Reply(status=204)
