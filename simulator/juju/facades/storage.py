"""Storage: instances that units have, and the pools they come from."""

from __future__ import annotations

from typing import Any

from .. import store
from ..errors import ApiError, not_found
from ..facade import Call, Facade, each, each_result, tags
from ..records import Storage
from ..units import give
from ..wire import tag as make_tag
from ..wire import time, untag

facade = Facade("Storage", 6)
BUILT_IN = {"maas": "maas", "loop": "loop", "rootfs": "rootfs", "tmpfs": "tmpfs"}


@facade.reads("ListStorageDetails")
def list_storage(call: Call) -> dict[str, Any]:
    """All storage instances."""
    return each_result(call.params.get("filters") or [{}], lambda _: [_wire(call, s) for s in call.model.storage.values()])


@facade.reads("StorageDetails")
def details(call: Call) -> dict[str, Any]:
    """Some storage instances."""
    return each_result(tags(call.params), lambda tag: _wire(call, _find(call, tag)))


@facade.reads("ListFilesystems")
def filesystems(call: Call) -> dict[str, Any]:
    """None: MAAS gives block devices."""
    return each_result(call.params.get("filters") or [{}], lambda _: [])


@facade.reads("ListVolumes")
def volumes(call: Call) -> dict[str, Any]:
    """The block devices of the storage instances."""

    def one(found: Storage) -> dict[str, Any]:
        number = found.tag.rpartition("-")[2]
        info = {"volume-id": f"volume-{number}", "pool": found.pool, "size": found.size, "persistent": False}
        shown = {"volume-tag": f"volume-{number}", "info": info, "life": "alive", "status": _status(found)}
        return shown | ({"storage": _wire(call, found)} if found.unit in call.model.units else {})

    return each_result(call.params.get("filters") or [{}], lambda _: [one(s) for s in call.model.storage.values()])


@facade.writes("AddToUnit")
def add_to_unit(call: Call) -> dict[str, Any]:
    """Gives units more storage."""

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        unit = store.unit(call.model, untag(asked["unit"], "unit"))
        charm = store.charm_for(call.model, call.model.applications[unit.application])
        if asked["name"] not in charm.storage:
            raise ApiError(
                f'adding "{asked["name"]}" storage to {unit.name}: charm storage "{asked["name"]}" not found', "not found"
            )
        wanted = asked.get("storage") or {}
        size = {"Pool": wanted.get("pool"), "Size": wanted.get("size")}
        made = [give(call.parts, call.model, unit, asked["name"], size) for _ in range(int(wanted.get("count") or 1))]
        return {"storage-tags": made}

    return each_result(call.params["storages"], one)


@facade.writes("Remove")
def remove(call: Call) -> dict[str, Any]:
    """Removes storage instances; attached ones only with destroy-attachments or force."""

    def one(asked: dict[str, Any]) -> None:
        found = _find(call, asked["tag"])
        if found.unit in call.model.units and not (asked.get("destroy-attachments") or asked.get("force")):
            raise ApiError(f"storage is attached to unit {found.unit}", "storage is attached")
        _forget(call, found)

    return each(call.params["storage"], one)


@facade.writes("DetachStorage")
def detach(call: Call) -> dict[str, Any]:
    """Refuses: MAAS's disks stay in their machine."""

    def one(asked: dict[str, Any]) -> None:
        found = _find(call, asked["storage-tag"])
        raise ApiError(f"cannot detach {found.tag}: storage is not detachable", "not supported")

    return each(call.params["ids"]["ids"], one)


@facade.writes("Attach")
def attach(call: Call) -> dict[str, Any]:
    """Refuses, for the same reason."""

    def one(asked: dict[str, Any]) -> None:
        raise ApiError(f"cannot attach {asked['storage-tag']}: storage is not detachable", "not supported")

    return each(call.params["ids"], one)


@facade.writes("Import")
def import_storage(call: Call) -> dict[str, Any]:
    """Refuses, for the same reason."""

    def one(asked: dict[str, Any]) -> None:
        raise ApiError('importing volume with storage provider "maas" not supported', "not supported")

    return each(call.params["storage"], one)


@facade.reads("ListPools")
def list_pools(call: Call) -> dict[str, Any]:
    """Pools, those that match the filters."""

    def one(wanted: dict[str, Any]) -> dict[str, Any]:
        names, providers = wanted.get("names") or [], wanted.get("providers") or []
        known = {name: {"name": name, "provider": kind, "attrs": {}} for name, kind in BUILT_IN.items()} | call.model.pools
        for name in names:
            if name not in known:
                raise ApiError(f'pool "{name}" not found', "not found")
        found = [p for p in known.values() if (not names or p["name"] in names) and (not providers or p["provider"] in providers)]
        return {"storage-pools": found}

    return each(call.params.get("filters") or [{}], one)


@facade.writes("CreatePool")
def create_pool(call: Call) -> dict[str, Any]:
    """Makes pools."""

    def one(asked: dict[str, Any]) -> None:
        if asked["name"] in call.model.pools or asked["name"] in BUILT_IN:
            raise ApiError(f'storage pool "{asked["name"]}" already exists', "already exists")
        if asked["provider"] not in BUILT_IN.values():
            raise ApiError(f'storage provider "{asked["provider"]}" not found', "not found")
        call.model.pools[asked["name"]] = {key: asked.get(key) or {} for key in ("name", "provider", "attrs")}

    return each(call.params["pools"], one)


@facade.writes("UpdatePool")
def update_pool(call: Call) -> dict[str, Any]:
    """Changes pools' attributes."""

    def one(asked: dict[str, Any]) -> None:
        if asked["name"] not in call.model.pools:
            raise ApiError(f'pool "{asked["name"]}" not found', "not found")
        call.model.pools[asked["name"]]["attrs"] = asked.get("attrs") or {}

    return each(call.params["pools"], one)


@facade.writes("RemovePool")
def remove_pool(call: Call) -> dict[str, Any]:
    """Forgets pools."""

    def one(asked: dict[str, Any]) -> None:
        if call.model.pools.pop(asked["name"], None) is None:
            raise ApiError(f'pool "{asked["name"]}" not found', "not found")

    return each(call.params["pools"], one)


def _find(call: Call, tag: str) -> Storage:
    if tag not in call.model.storage:
        raise not_found("storage instance", tag.removeprefix("storage-"))
    return call.model.storage[tag]


def _forget(call: Call, found: Storage) -> None:
    call.model.storage.pop(found.tag)
    unit = call.model.units.get(found.unit)
    if unit:
        unit.storage = [name for name in unit.storage if name != found.tag]


def _status(found: Storage) -> dict[str, Any]:
    return {"status": "attached", "info": "", "data": {}, "since": time(found.since)}


def _wire(call: Call, found: Storage) -> dict[str, Any]:
    unit = call.model.units[found.unit]
    tag = make_tag("unit", unit.name)
    attachment = {
        "storage-tag": found.tag,
        "unit-tag": tag,
        "machine-tag": make_tag("machine", unit.machine),
        "location": "",
        "life": "alive",
    }
    shown = {"storage-tag": found.tag, "owner-tag": tag, "kind": found.kind, "life": "alive", "persistent": False}
    return shown | {"status": _status(found), "attachments": {tag: attachment}}
