"""Snapshots."""

from __future__ import annotations

from typing import Any

from ...call import Reply
from ...faults import bad_request
from ...paging import page
from ...routes import Request
from .. import lifecycle, quotas, views
from ..records import Snapshot
from ..storage import Storage, new_id
from ..table import ROUTES

_TEXT = {"type": ["string", "null"], "maxLength": 255}
_CREATE = {
    "type": "object",
    "properties": {
        "snapshot": {
            "type": "object",
            "properties": {
                "volume_id": {"type": "string", "format": "uuid"},
                "name": _TEXT,
                "description": _TEXT,
                "force": {"type": ["boolean", "string"]},
                "metadata": {"type": ["object", "null"]},
            },
            "required": ["volume_id"],
            "additionalProperties": False,
        }
    },
    "required": ["snapshot"],
    "additionalProperties": False,
}
FORCED_SINCE = 66
"""From then on a volume in use is snapped without being told to force it."""


@ROUTES.on("GET", "/snapshots")
def index(storage: Storage, request: Request) -> Reply:
    """Answers the short list."""
    extended = ("os-extended-snapshot-attributes:project_id", "os-extended-snapshot-attributes:progress")
    reply = detail(storage, request)
    shown = [{key: value for key, value in each.items() if key not in extended} for each in reply.body["snapshots"]]
    return Reply(status=200, body=reply.body | {"snapshots": shown})


@ROUTES.on("GET", "/snapshots/detail")
def detail(storage: Storage, request: Request) -> Reply:
    """Answers the long list."""
    found = [each for each in reversed(storage.store.snapshots.values()) if _asked_for(each, request)]
    shown, more = page(found, request, lambda each: each.id, f"/v3/{request.project}/snapshots")
    body: dict[str, Any] = {"snapshots": [views.snapshot(each, request) for each in shown]}
    return Reply(status=200, body=body | ({"snapshots_links": more} if more else {}))


def _asked_for(snapshot: Snapshot, request: Request) -> bool:
    everywhere = request.admin and request.flag("all_tenants")
    values = {"name": snapshot.name, "status": snapshot.status, "volume_id": snapshot.volume_id}
    mine = everywhere or snapshot.project_id == request.project
    return mine and all(request.query(name) in (None, value) for name, value in values.items())


@ROUTES.on("POST", "/snapshots", schema=_CREATE)
def create(storage: Storage, request: Request) -> Reply:
    """Begins to make one."""
    given = request.body["snapshot"]
    volume = storage.volume(given["volume_id"], request)
    force = request.version >= FORCED_SINCE or str(given.get("force", False)).lower() in ("true", "1")
    if volume.status not in (("available", "in-use") if force else ("available",)):
        raise bad_request(f"Invalid volume: Volume {volume.id} status must be available, but current status is: {volume.status}.")
    quotas.require(storage, volume.project_id, {"gigabytes": volume.size, "snapshots": 1})
    snapshot = Snapshot(
        id=new_id(),
        name=given.get("name"),
        description=given.get("description"),
        volume_id=volume.id,
        size=volume.size,
        project_id=volume.project_id,
        user_id=request.caller.user_id,
        metadata=given.get("metadata") or {},
        created=storage.now(),
    )
    lifecycle.create_snapshot(storage, snapshot)
    return Reply(status=202, body={"snapshot": views.snapshot(snapshot, request, fresh=True)})


@ROUTES.on("GET", "/snapshots/{snapshot_id}")
def show(storage: Storage, request: Request) -> Reply:
    """Answers one."""
    return Reply(status=200, body={"snapshot": views.snapshot(storage.snapshot(request.params["snapshot_id"], request), request)})


@ROUTES.on("PUT", "/snapshots/{snapshot_id}", schema={"type": "object", "required": ["snapshot"]})
def update(storage: Storage, request: Request) -> Reply:
    """Changes name or description."""
    snapshot, given = storage.snapshot(request.params["snapshot_id"], request), request.body["snapshot"]
    snapshot.name, snapshot.description = given.get("name", snapshot.name), given.get("description", snapshot.description)
    snapshot.updated = storage.now()
    return Reply(status=200, body={"snapshot": views.snapshot(snapshot, request)})


@ROUTES.on("DELETE", "/snapshots/{snapshot_id}")
def delete(storage: Storage, request: Request) -> Reply:
    """Begins to delete one."""
    snapshot = storage.snapshot(request.params["snapshot_id"], request)
    if snapshot.status not in ("available", "error"):
        raise bad_request("Invalid snapshot: Snapshot status must be available or error.")
    lifecycle.delete_snapshot(storage, snapshot)
    return Reply(status=202, body="")
