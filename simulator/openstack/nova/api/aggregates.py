"""Host aggregates."""

from __future__ import annotations

from typing import Any

from ... import times
from ...call import Reply
from ...faults import bad_request, conflict, not_found
from ...routes import Request
from .. import daemons, zones
from ..compute import Compute
from ..identifiers import new_id
from ..records import Aggregate
from ..table import ROUTES

_POLICY = "os_compute_api:os-aggregates"
_NAME = {"type": "string", "minLength": 1, "maxLength": 255, "format": "name"}
_ZONE = {"type": ["string", "null"], "minLength": 1, "maxLength": 255}
_HOST = {"type": "object", "properties": {"host": {"type": "string"}}, "required": ["host"], "additionalProperties": False}
_METADATA = {"type": "object", "additionalProperties": {"type": ["string", "null"], "maxLength": 255}}


def _wrapped(required: list[str]) -> dict[str, Any]:
    properties = {"name": _NAME, "availability_zone": _ZONE}
    inner = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"type": "object", "properties": {"aggregate": inner}, "required": ["aggregate"], "additionalProperties": False}


_ACTION = {
    "type": "object",
    "properties": {
        "add_host": _HOST,
        "remove_host": _HOST,
        "set_metadata": {"type": "object", "properties": {"metadata": _METADATA}, "required": ["metadata"]},
    },
    "additionalProperties": False,
}


@ROUTES.on("GET", "/os-aggregates", policy=f"{_POLICY}:index", admin=True)
def index(compute: Compute, request: Request) -> Reply:
    """Answers all of them."""
    return Reply(status=200, body={"aggregates": [_view(each, request) for each in compute.store.aggregates.values()]})


@ROUTES.on("POST", "/os-aggregates", policy=f"{_POLICY}:create", admin=True, schema=_wrapped(["name"]))
def create(compute: Compute, request: Request) -> Reply:
    """Makes one."""
    given, store = request.body["aggregate"], compute.store
    _require_free(compute, given["name"])
    zone = given.get("availability_zone")
    aggregate = Aggregate(
        id=store.number("aggregate"),
        uuid=new_id(),
        name=given["name"],
        metadata={zones.KEY: zone} if zone else {},
        created=compute.now(),
    )
    store.aggregates[aggregate.id] = aggregate
    shown = {key: value for key, value in _view(aggregate, request).items() if key not in ("hosts", "metadata")}
    return Reply(status=200, body={"aggregate": shown | {"created_at": times.exact(compute.now())}})


@ROUTES.on("GET", "/os-aggregates/{aggregate_id}", policy=f"{_POLICY}:show", admin=True)
def show(compute: Compute, request: Request) -> Reply:
    """Answers one."""
    return Reply(status=200, body={"aggregate": _view(_find(compute, request), request)})


@ROUTES.on("PUT", "/os-aggregates/{aggregate_id}", policy=f"{_POLICY}:update", admin=True, schema=_wrapped([]))
def update(compute: Compute, request: Request) -> Reply:
    """Renames one or moves it to another zone."""
    aggregate, given = _find(compute, request), request.body["aggregate"]
    if given.get("name", aggregate.name) != aggregate.name:
        _require_free(compute, given["name"])
        aggregate.name = given["name"]
    if "availability_zone" in given:
        _set(aggregate, {zones.KEY: given["availability_zone"]})
    aggregate.updated = compute.now()
    return Reply(status=200, body={"aggregate": _view(aggregate, request)})


@ROUTES.on("DELETE", "/os-aggregates/{aggregate_id}", policy=f"{_POLICY}:delete", admin=True)
def delete(compute: Compute, request: Request) -> Reply:
    """Deletes one that is empty."""
    aggregate = _find(compute, request)
    if aggregate.hosts:
        raise bad_request(f"Cannot remove host from aggregate {aggregate.id}. Reason: Host aggregate is not empty.")
    del compute.store.aggregates[aggregate.id]
    return Reply(status=200)


@ROUTES.on("POST", "/os-aggregates/{aggregate_id}/action", policy=_POLICY, admin=True, schema=_ACTION)
def action(compute: Compute, request: Request) -> Reply:
    """Adds or removes a host, or sets metadata."""
    aggregate = _find(compute, request)
    shown = _view(aggregate, request)
    for name, given in request.body.items():
        if name == "add_host":
            _add(compute, aggregate, given["host"])
        elif name == "remove_host":
            _remove(compute, aggregate, given["host"])
        else:
            _set(aggregate, given["metadata"])  # metadata has its own table: the aggregate's row isn't touched
            shown["updated_at"] = times.exact(compute.now())
    stamps = {key: shown[key] for key in ("created_at", "updated_at")}
    return Reply(status=200, body={"aggregate": _view(aggregate, request) | stamps})


def _add(compute: Compute, aggregate: Aggregate, host: str) -> None:
    if daemons.worker(compute, host) is None:
        raise not_found(f"Compute host {host} could not be found.")
    if host in aggregate.hosts:
        raise conflict(f"Aggregate {aggregate.id} already has host {host}.")
    aggregate.hosts.append(host)


def _remove(compute: Compute, aggregate: Aggregate, host: str) -> None:
    if host not in aggregate.hosts:
        raise not_found(f"Aggregate {aggregate.id} has no host {host}.")
    aggregate.hosts.remove(host)


def _set(aggregate: Aggregate, metadata: dict[str, str | None]) -> None:
    for name, value in metadata.items():
        if value is None:
            aggregate.metadata.pop(name, None)
        else:
            aggregate.metadata[name] = value


def _require_free(compute: Compute, name: str) -> None:
    if any(each.name == name for each in compute.store.aggregates.values()):
        raise conflict(f"Aggregate {name} already exists.")


def _find(compute: Compute, request: Request) -> Aggregate:
    wanted = request.params["aggregate_id"]
    found = compute.store.aggregates.get(int(wanted)) if wanted.isdigit() else None
    if found is None:
        raise not_found(f"Aggregate {wanted} could not be found.")
    return found


def _view(aggregate: Aggregate, request: Request) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": aggregate.id}
    if request.version >= 41:
        shown["uuid"] = aggregate.uuid
    return shown | {
        "name": aggregate.name,
        "hosts": list(aggregate.hosts),
        "metadata": dict(aggregate.metadata),
        "created_at": times.seconds(aggregate.created),
        "updated_at": times.seconds(aggregate.updated),
        "deleted_at": None,
        "deleted": False,
        "availability_zone": aggregate.metadata.get(zones.KEY),
    }
