"""Snapshots of instances and of custom volumes."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .. import answers, machines, restrictions, views
from ..call import Call
from ..errors import bad_request, conflict, not_found
from ..operations import Resources
from ..records import Instance, Snapshot
from ..store import url
from . import instances, volumes

_FIELDS = {"name": "string", "stateful": "bool", "expires_at": "string", "description": "string"}


def listing(call: Call) -> web.Response:
    """GET /1.0/instances/NAME/snapshots."""
    record = instances.find(call)
    if call.recursion:
        return answers.sync([views.snapshot(found) for found in record.snapshots.values()])
    return answers.sync([_url(call, record, name) for name in record.snapshots])


def show(call: Call) -> web.Response:
    """GET /1.0/instances/NAME/snapshots/SNAPSHOT."""
    found = _find(instances.find(call), call)
    return answers.sync(views.snapshot(found), etag=[found.expires_at])


def create(call: Call) -> web.Response:
    """POST /1.0/instances/NAME/snapshots."""
    call.store.project(call.project)
    record = instances.find(call)
    restrictions.check_snapshot(call.daemon, record.project)
    wanted = call.body("InstanceSnapshotsPost", **_FIELDS)
    name = wanted.get("name") or _next_name(record.snapshots)
    if "/" in name:
        raise bad_request('Invalid snapshot name: Cannot contain "/"')

    def effect() -> None:
        if wanted.get("stateful") and not machines.is_running(call.daemon, record):
            raise bad_request("Unable to create a stateful snapshot. The instance isn't running")
        if name in record.snapshots:
            raise bad_request(
                f'Failed creating instance snapshot record "{name}": Add snapshot info to the database: '
                'This "instances_snapshots" entry already exists'
            )
        record.snapshots[name] = _take(call, record, name, wanted)

    return call.run("Snapshotting instance", effect, resources=instances.resources(record))


def replace(call: Call) -> web.Response:
    """PUT and PATCH /1.0/instances/NAME/snapshots/SNAPSHOT: its expiry."""
    record = instances.find(call)
    found = _find(record, call)
    call.match([found.expires_at])
    expires = call.body("InstanceSnapshotPut", **_FIELDS).get("expires_at", found.expires_at)

    def effect() -> None:
        found.expires_at = expires

    return call.run("Updating snapshot", effect, resources=instances.resources_of(record, found.name))


def rename(call: Call) -> web.Response:
    """POST /1.0/instances/NAME/snapshots/SNAPSHOT."""
    record = instances.find(call)
    found = _find(record, call)
    name = call.body("InstanceSnapshotPost", **_FIELDS).get("name", "")
    if not name or "/" in name:
        raise bad_request("Invalid snapshot name")
    if name in record.snapshots:
        raise conflict(f"Name '{record.name}/{name}' already in use")

    def effect() -> None:
        found.name = name
        record.snapshots = {snapshot.name: snapshot for snapshot in record.snapshots.values()}

    return call.run("Renaming snapshot", effect, resources=instances.resources(record))


def remove(call: Call) -> web.Response:
    """DELETE /1.0/instances/NAME/snapshots/SNAPSHOT."""
    record = instances.find(call)
    found = _find(record, call)

    def effect() -> None:
        record.snapshots.pop(found.name, None)

    return call.run("Deleting snapshot", effect, resources=instances.resources(record, f"/{found.name}"))


def of_volume(call: Call) -> web.Response:
    """GET /1.0/storage-pools/POOL/volumes/custom/NAME/snapshots."""
    volume = volumes.find(call)
    base = f"storage-pools/{volume.pool}/volumes/custom/{volume.name}/snapshots"
    if not call.recursion:
        return answers.sync([url(f"{base}/{name}", volume.project) for name in volume.snapshots])
    # 5.0.2 shows snapshots in lists differently than one by one
    listed = {"content_type": "", "expires_at": None}
    return answers.sync([view | listed | {"name": f"{volume.name}/{name}"} for name, view in volume.snapshots.items()])


def take_of_volume(call: Call) -> web.Response:
    """POST /1.0/storage-pools/POOL/volumes/custom/NAME/snapshots."""
    volume = volumes.find(call)
    wanted = call.body("StorageVolumeSnapshotsPost", **_FIELDS)
    name = wanted.get("name") or _next_name(volume.snapshots)
    if name in volume.snapshots:
        raise conflict(f'Snapshot "{name}" already in use')

    def effect() -> None:
        volume.snapshots[name] = {
            "config": dict(volume.config),
            "description": wanted.get("description", ""),
            "created_at": "0001-01-01T00:00:00Z",
            "content_type": volume.content_type,
            "name": name,
            "expires_at": wanted.get("expires_at", "0001-01-01T00:00:00Z"),
        }

    about: Resources = {"storage_volumes": [f"/1.0/storage_volumes/{volume.name}"]}
    return call.run("Creating storage volume snapshot", effect, resources=about)


def show_of_volume(call: Call) -> web.Response:
    """GET /1.0/storage-pools/POOL/volumes/custom/NAME/snapshots/SNAPSHOT."""
    view = _find_of_volume(call)
    return answers.sync(view, etag=[view["description"], view["expires_at"]])


def remove_of_volume(call: Call) -> web.Response:
    """DELETE /1.0/storage-pools/POOL/volumes/custom/NAME/snapshots/SNAPSHOT."""
    name = _find_of_volume(call)["name"]
    volume = volumes.find(call)

    def effect() -> None:
        volume.snapshots.pop(name, None)

    about: Resources = {"storage_volume_snapshots": [f"/1.0/storage_volume_snapshots/{volume.name}"]}
    return call.run("Deleting storage volume snapshot", effect, resources=about)


def _take(call: Call, record: Instance, name: str, wanted: dict[str, Any]) -> Snapshot:
    config, devices = call.store.expanded(record)
    return Snapshot(
        name=name,
        created_at=call.daemon.now(),
        expires_at=wanted.get("expires_at", "0001-01-01T00:00:00Z"),
        stateful=wanted.get("stateful", False),
        architecture=record.architecture,
        config=dict(record.config),
        devices=dict(record.devices),
        ephemeral=record.ephemeral,
        profiles=list(record.profiles),
        expanded_config=config,
        expanded_devices=devices,
        files={path: file.model_copy() for path, file in record.files.items()},
    )


def _next_name(taken: dict[str, Any]) -> str:
    numbers = [int(name[4:]) for name in taken if name.startswith("snap") and name[4:].isdigit()]
    return f"snap{max(numbers, default=-1) + 1}"


def _find(record: Instance, call: Call) -> Snapshot:
    try:
        return record.snapshots[call.param("snapshot")]
    except KeyError:
        name = call.param("snapshot")
        where = f'snapshot "{name}" of instance "{record.name}" in project "{record.project}"'
        raise not_found(f"Failed to fetch {where}: InstanceSnapshot not found") from None


def _find_of_volume(call: Call) -> dict[str, Any]:
    try:
        return volumes.find(call).snapshots[call.param("snapshot")]
    except KeyError:
        raise not_found("Storage pool volume not found") from None


def _url(call: Call, record: Instance, name: str) -> str:
    return url(f"{call.request.path.split('/')[2]}/{record.name}/snapshots/{name}", record.project)
