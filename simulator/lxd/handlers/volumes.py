"""Storage volumes: custom ones, and those of instances as they show beside them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .. import answers, machines, usage, values
from ..call import Call
from ..errors import LxdError, bad_request, conflict, internal, not_found
from ..records import Config, Instance, Volume
from ..store import url

_FIELDS = {
    "name": "string",
    "type": "string",
    "content_type": "string",
    "description": "string",
    "pool": "string",
    "project": "string",
    "config": "config",
}
_KEYS: dict[str, values.Check] = {
    "block.filesystem": values.any_text,
    "block.mount_options": values.any_text,
    "security.shifted": values.is_boolean,
    "security.unmapped": values.is_boolean,
    "size": values.is_size,
    "snapshots.expiry": values.any_text,
    "snapshots.pattern": values.any_text,
    "snapshots.schedule": values.any_text,
    "volatile.idmap.last": values.any_text,
    "volatile.idmap.next": values.any_text,
    "volatile.uuid": values.any_text,
}
TYPES = ("container", "virtual-machine", "custom", "image")
_NEVER = "0001-01-01T00:00:00Z"


def listing(call: Call) -> web.Response:
    """GET /1.0/storage-pools/POOL/volumes[/TYPE]."""
    pool = call.store.pool(call.param("pool")).name
    wanted = call.request.match_info.get("type")
    if wanted and wanted not in TYPES:
        raise bad_request("Invalid storage volume type name")
    call.store.project(call.project)
    home = _home(call)
    volumes = [v for _, v in sorted(call.store.volumes(pool, home).items())]
    found = [view for volume in volumes for view in (_view(call, volume), *_snapshot_views(call, volume))]
    instances = [i for i in call.store.all_instances() if i.project == call.project and usage.root_pool(call.store, i) == pool]
    found += [_instance_view(i) for i in instances]
    shown = [view for view in found if wanted in (None, view["type"])]
    if call.recursion:
        return answers.sync(shown)
    return answers.sync([_url(pool, view["type"], view["name"].replace("/", "/snapshots/"), view["project"]) for view in shown])


def show(call: Call) -> web.Response:
    """GET /1.0/storage-pools/POOL/volumes/TYPE/NAME."""
    if call.param("type") == "custom":
        volume = find(call)
        return answers.sync(_view(call, volume), etag=_etag(volume))
    instance = _owner(call)
    view = _instance_view(instance)
    return answers.sync(view, etag=[view["name"], view["type"], view["config"]])


def create(call: Call) -> web.Response:
    """POST /1.0/storage-pools/POOL/volumes[/custom]: 200, without a Location."""
    pool = call.store.pool(call.param("pool")).name
    wanted = call.body("StorageVolumesPost", **_FIELDS)
    kind = call.request.match_info.get("type") or wanted.get("type") or ""
    name, content = wanted.get("name", ""), wanted.get("content_type") or "filesystem"
    _check_new(call, kind, name, content)
    source = wanted.get("source") or {}
    home = _home(call)
    if name in call.store.volumes(pool, home):
        raise conflict("Volume by that name already exists")
    config = wanted.get("config", {})
    if source.get("type") in ("copy",):
        return _copy(call, Volume(name=name, pool=pool, project=home, config=config), source)
    if source.get("type"):
        raise LxdError(501, f'simulator: a volume from a source of type "{source["type"]}" is not modelled')
    _validate(f"{home}_{name}", config)
    description = wanted.get("description", "")
    _add(call, Volume(name=name, pool=pool, project=home, content_type=content, description=description, config=config))
    return answers.done()


def replace(call: Call) -> web.Response:
    """PUT /1.0/storage-pools/POOL/volumes/custom/NAME."""
    volume = find(call)
    call.match(_etag(volume))
    wanted = call.body("StorageVolumePut", **_FIELDS)
    if wanted.get("restore"):
        return _restore(volume, wanted["restore"])
    return _change(call, volume, wanted.get("description", ""), wanted.get("config", {}))


def patch(call: Call) -> web.Response:
    """PATCH /1.0/storage-pools/POOL/volumes/custom/NAME: adds to the configuration; an unsent description is emptied."""
    volume = find(call)
    call.match(_etag(volume))
    wanted = call.body("StorageVolumePut", **_FIELDS)
    return _change(call, volume, wanted.get("description", ""), volume.config | wanted.get("config", {}))


def rename(call: Call) -> web.Response:
    """POST /1.0/storage-pools/POOL/volumes/custom/NAME: another name, or another pool."""
    volume = find(call)
    wanted = call.body("StorageVolumePost", **_FIELDS)
    name, pool = wanted.get("name", volume.name), call.store.pool(wanted.get("pool") or volume.pool).name
    if usage.of_volume(call.store, volume.pool, call.project, volume.name):
        raise bad_request("Volume is still in use by running instances")
    if name in call.store.volumes(pool, volume.project):
        raise conflict("Volume by that name already exists")
    moved = pool != volume.pool
    volume.name, volume.pool = name, pool
    if moved:
        return call.run("Moving storage volume", lambda: None)
    return answers.created(_url(pool, "custom", name, volume.project))


def remove(call: Call) -> web.Response:
    """DELETE /1.0/storage-pools/POOL/volumes/custom/NAME."""
    if call.param("type") != "custom":
        raise bad_request(f'Storage volumes of type "{call.param("type")}" cannot be deleted with the storage API')
    volume = find(call)
    if usage.of_volume(call.store, volume.pool, call.project, volume.name):
        raise bad_request("The storage volume is still in use")
    call.store.state.volumes.remove(volume)
    call.daemon.lifecycle("storage-volume-deleted", f"storage-pools/{volume.pool}/volumes/custom/{volume.name}", volume.project)
    return answers.done()


def state(call: Call) -> web.Response:
    """GET …/state: the dir driver without quotas knows it of block volumes only."""
    if call.param("type") == "custom":
        volume = find(call)
        is_block, total = volume.content_type == "block", values.size(volume.config.get("size") or machines.DEFAULT_ROOT)
    else:
        owner = _owner(call)
        is_block, total = owner.is_vm, machines.root_size(call.daemon, owner)
    if not is_block:
        raise internal("Not supported")
    return answers.sync({"usage": {"used": 0, "total": total}})


def find(call: Call) -> Volume:
    """A custom volume."""
    pool = call.store.pool(call.param("pool")).name
    try:
        return call.store.volumes(pool, _home(call))[call.param("volume")]
    except KeyError:
        raise not_found("Storage pool volume not found") from None


def _owner(call: Call) -> Instance:
    """The instance whose root volume it is."""
    instance = call.store.instances(call.project).get(call.param("volume"))
    pool = call.store.pool(call.param("pool")).name
    if instance is None or instance.type != call.param("type") or usage.root_pool(call.store, instance) != pool:
        raise not_found("Storage pool volume not found")
    return instance


def _home(call: Call) -> str:
    call.store.project(call.project, f'Failed to load project "{call.project}": ')
    return call.store.home(call.project, "storage.volumes")


def _check_new(call: Call, kind: str, name: str, content: str) -> None:
    _home(call)
    if not name:
        raise bad_request("No name provided")
    if "/" in name:
        raise bad_request("Storage volume names may not contain slashes")
    if not kind:
        raise bad_request("You must provide a storage volume type of the storage volume")
    if kind != "custom":
        raise bad_request(f'Currently not allowed to create storage volumes of type "{kind}"')
    if content not in ("filesystem", "block"):
        raise bad_request("Invalid volume content type name")


def _add(call: Call, volume: Volume) -> None:
    call.store.state.volumes.append(volume)
    call.daemon.lifecycle("storage-volume-created", f"storage-pools/{volume.pool}/volumes/custom/{volume.name}", volume.project)


def _copy(call: Call, volume: Volume, source: dict[str, Any]) -> web.Response:
    pool, project = source.get("pool") or volume.pool, source.get("project") or call.project
    call.store.pool(pool)
    name, _, snapshot = str(source.get("name", "")).partition("/")
    original = call.store.volumes(pool, project).get(name)
    if original is None or (snapshot and snapshot not in original.snapshots):
        raise not_found("Storage volume not found")

    def effect() -> None:
        volume.content_type = original.content_type
        volume.config = (original.snapshots[snapshot]["config"] if snapshot else original.config) | volume.config
        _add(call, volume)

    return call.run("Copying storage volume", effect)


def _restore(volume: Volume, name: str) -> web.Response:
    if name not in volume.snapshots:
        raise internal("Snapshot not found")
    volume.config = dict(volume.snapshots[name]["config"])
    return answers.done()


def _change(call: Call, volume: Volume, description: str, config: Config) -> web.Response:
    _validate(f"{volume.project}_{volume.name}", config)
    default = machines.DEFAULT_ROOT if volume.content_type == "block" else "0"
    before, after = (values.size(c.get("size") or default) for c in (volume.config, config))
    if volume.content_type == "block" and after < before:
        raise internal("Block volumes cannot be shrunk: Cannot be shrunk")
    volume.description, volume.config = description, config
    for instance in call.store.all_instances():
        if instance.is_vm:
            machines.put(call.daemon, instance)
    return answers.done()


def _validate(storage_name: str, config: Config) -> None:
    for key, value in config.items():
        checker = _KEYS.get(key)
        if checker is None and not key.startswith("user."):
            raise internal(f'Invalid option for volume "{storage_name}" option "{key}"')
        try:
            values.check(value, checker or values.any_text)
        except LxdError as exc:
            raise internal(f'Invalid value for volume "{storage_name}" option "{key}": {exc}') from exc


def _view(call: Call, volume: Volume) -> dict[str, Any]:
    used_by = usage.of_volume(call.store, volume.pool, volume.project, volume.name)
    return _shape(volume, "custom", volume.content_type, used_by)


def _snapshot_views(call: Call, volume: Volume) -> list[dict[str, Any]]:
    return [{**_view(call, volume), "name": f"{volume.name}/{name}", "content_type": ""} for name in volume.snapshots]


def _instance_view(instance: Instance) -> dict[str, Any]:
    volume = Volume(name=instance.name, pool="", project=instance.project)
    content = "block" if instance.is_vm else "filesystem"
    return _shape(volume, instance.type, content, [url(f"instances/{instance.name}", instance.project)])


def _shape(volume: Volume, kind: str, content: str, used_by: list[str]) -> dict[str, Any]:
    return {
        "config": dict(sorted(volume.config.items())),
        "description": volume.description,
        "name": volume.name,
        "type": kind,
        "used_by": used_by,
        "location": "none",
        "content_type": content,
        "project": volume.project,
        "created_at": _NEVER,
    }


def _etag(volume: Volume) -> list[Any]:
    return [volume.name, "custom", dict(sorted(volume.config.items()))]


def _url(pool: str, kind: str, name: str, project: str) -> str:
    return url(f"storage-pools/{pool}/volumes/{kind}/{name}", project)
