"""Volumes: list, show, create, change, delete."""

from __future__ import annotations

from typing import Any

from ... import times
from ...call import Reply
from ...faults import bad_request, not_found
from ...paging import page
from ...routes import Request
from .. import lifecycle, making, views
from ..records import Volume
from ..storage import Storage
from ..table import ROUTES

_METADATA = {"type": "object", "additionalProperties": {"type": "string", "maxLength": 255}}
_TEXT = {"type": ["string", "null"], "maxLength": 255}
_VOLUME: dict[str, Any] = {
    "name": _TEXT,
    "display_name": _TEXT,
    "description": _TEXT,
    "display_description": _TEXT,
    "size": {"type": ["integer", "string", "null"], "pattern": "^[0-9]+$", "minimum": 1},
    "volume_type": _TEXT,
    "availability_zone": _TEXT,
    "imageRef": {"type": ["string", "null"]},
    "image_id": {"type": ["string", "null"]},
    "snapshot_id": {"type": ["string", "null"]},
    "source_volid": {"type": ["string", "null"]},
    "consistencygroup_id": {"type": ["string", "null"]},
    "group_id": {"type": ["string", "null"]},
    "backup_id": {"type": ["string", "null"]},
    "metadata": {"anyOf": [_METADATA, {"type": "null"}]},
    "multiattach": {"type": ["boolean", "string", "null"]},
    "project_id": {"type": ["string", "null"]},
    "user_id": {"type": ["string", "null"]},
}
_FILTERS = frozenset(
    {
        "name",
        "status",
        "metadata",
        "bootable",
        "migration_status",
        "availability_zone",
        "group_id",
        "created_at",
        "updated_at",
        "size",
        "id",
        "volume_type_id",
    }
)
_KNOWN = _FILTERS | {
    "all_tenants",
    "project_id",
    "limit",
    "marker",
    "offset",
    "sort",
    "sort_key",
    "sort_dir",
    "with_count",
    "host",
}
STRICT_SINCE = 31


def _schema(properties: dict[str, Any]) -> dict[str, Any]:
    inner = {"type": "object", "properties": properties, "additionalProperties": False}
    return {
        "type": "object",
        "properties": {"volume": inner, "OS-SCH-HNT:scheduler_hints": {}},
        "required": ["volume"],
        "additionalProperties": False,
    }


@ROUTES.on("GET", "/volumes")
def index(storage: Storage, request: Request) -> Reply:
    """Answers the short list."""
    return _listed(storage, request, detail=False)


@ROUTES.on("GET", "/volumes/detail")
def detail(storage: Storage, request: Request) -> Reply:
    """Answers the long list."""
    return _listed(storage, request, detail=True)


def _listed(storage: Storage, request: Request, *, detail: bool) -> Reply:
    unknown = [name for name in request.call.query if name not in _KNOWN]
    if unknown and request.version >= STRICT_SINCE:
        raise bad_request(f"Invalid filters {', '.join(sorted(set(unknown)))} are found in query options.")
    found = [each for each in storage.store.volumes.values() if _asked_for(each, request)]
    found = found[::-1]
    if (request.query("sort") or request.query("sort_key") or "").startswith("name"):
        found.sort(key=lambda each: each.name or "")
    path = f"/v3/{request.project}/volumes" + ("/detail" if detail else "")
    shown, more = page(found, request, lambda each: each.id, path)
    body: dict[str, Any] = {"volumes": [views.whole(storage, e, request) if detail else views.brief(e, request) for e in shown]}
    return Reply(status=200, body=body | ({"volumes_links": more} if more else {}))


def _asked_for(volume: Volume, request: Request) -> bool:
    everywhere = request.admin and request.flag("all_tenants")
    if everywhere and request.query("project_id") not in (None, volume.project_id):
        return False
    if not everywhere and volume.project_id != request.project:
        return False
    values = {
        "name": volume.name,
        "status": volume.status,
        "bootable": str(volume.bootable).lower(),
        "availability_zone": volume.zone,
        "size": str(volume.size),
        "id": volume.id,
        "volume_type_id": volume.type_id,
    }
    return all(request.query(name) in (None, value) for name, value in values.items())


@ROUTES.on("GET", "/volumes/summary", since=12)
def summary(storage: Storage, request: Request) -> Reply:
    """Answers how many volumes of what size there are."""
    found = [each for each in storage.store.volumes.values() if _asked_for(each, request)]
    shown: dict[str, Any] = {"total_size": sum(each.size for each in found), "total_count": len(found)}
    return Reply(status=200, body={"volume-summary": shown | ({"metadata": {}} if request.version >= 36 else {})})


@ROUTES.on("POST", "/volumes", schema=_schema(_VOLUME))
def create(storage: Storage, request: Request) -> Reply:
    """Begins to make a volume."""
    given = request.body["volume"]
    volume = making.volume(storage, given, project=request.project, user=request.caller.user_id)
    lifecycle.create(storage, volume)
    shown = views.whole(storage, volume, request, fresh=True) | {"created_at": times.exact(volume.created)}
    return Reply(status=202, body={"volume": shown})


@ROUTES.on("GET", "/volumes/{volume_id}")
def show(storage: Storage, request: Request) -> Reply:
    """Answers one."""
    return Reply(status=200, body={"volume": views.whole(storage, storage.volume(request.params["volume_id"], request), request)})


@ROUTES.on(
    "PUT",
    "/volumes/{volume_id}",
    schema=_schema({name: _VOLUME[name] for name in ("name", "display_name", "description", "display_description", "metadata")}),
)
def update(storage: Storage, request: Request) -> Reply:
    """Changes name, description or metadata."""
    volume, given = storage.volume(request.params["volume_id"], request), request.body["volume"]
    for name in ("name", "description", "metadata"):
        for spelling in (name, f"display_{name}"):
            if spelling in given:
                setattr(volume, name, given[spelling])
    return Reply(status=200, body={"volume": views.whole(storage, volume, request, fresh=True)})


@ROUTES.on("DELETE", "/volumes/{volume_id}")
def delete(storage: Storage, request: Request) -> Reply:
    """Begins to delete one, with its snapshots where the query says so."""
    volume = storage.volume(request.params["volume_id"], request)
    if request.flag("cascade"):
        for snapshot in [each for each in storage.store.snapshots.values() if each.volume_id == volume.id]:
            del storage.store.snapshots[snapshot.id]
    lifecycle.delete(storage, volume, force=request.flag("force") and request.admin)
    return Reply(status=202, body="")


_METADATA_PATH = "/volumes/{volume_id}/metadata"
_METADATA_BODY = {"type": "object", "properties": {"metadata": _METADATA}, "required": ["metadata"]}


@ROUTES.on("GET", _METADATA_PATH)
def metadata(storage: Storage, request: Request) -> Reply:
    """Answers a volume's metadata."""
    return Reply(status=200, body={"metadata": dict(storage.volume(request.params["volume_id"], request).metadata)})


@ROUTES.on("POST", _METADATA_PATH, schema=_METADATA_BODY)
def add_metadata(storage: Storage, request: Request) -> Reply:
    """Adds to it."""
    volume = storage.volume(request.params["volume_id"], request)
    volume.metadata |= request.body["metadata"]
    return Reply(status=200, body={"metadata": dict(volume.metadata)})


@ROUTES.on("PUT", _METADATA_PATH, schema=_METADATA_BODY)
def replace_metadata(storage: Storage, request: Request) -> Reply:
    """Replaces it."""
    volume = storage.volume(request.params["volume_id"], request)
    volume.metadata = dict(request.body["metadata"])
    return Reply(status=200, body={"metadata": dict(volume.metadata)})


@ROUTES.on("DELETE", _METADATA_PATH + "/{name}")
def delete_metadata(storage: Storage, request: Request) -> Reply:
    """Takes one item away."""
    volume, name = storage.volume(request.params["volume_id"], request), request.params["name"]
    if name not in volume.metadata:
        raise not_found(f"Volume {volume.id} has no metadata with key {name}.")
    del volume.metadata[name]
    return Reply(status=200)
