"""Volume groups, RAIDs, bcaches, their cache sets, and VMFS datastores of a machine."""

from __future__ import annotations

from typing import Any

from .. import disks, layouts, lookups
from ..call import Answer, Call, deleted
from ..errors import BARE_TEXT, ApiError, FieldErrors, NotFound, Refused
from ..forms import Form
from ..records.node import Node
from ..records.storage import BlockDevice, CacheSet, Filesystem, Group, Partition
from ..region import Region
from ..render import storage
from ..routing import Resource
from .blockdevices import owner, require_ready, sized

vgs = Resource("VolumeGroupsHandler", "nodes/{system_id}/volume-groups/", "Manages volume groups.")
vg = Resource("VolumeGroupHandler", "nodes/{system_id}/volume-group/{id}/", "Manages a volume group.")
raids = Resource("RaidsHandler", "nodes/{system_id}/raids/", "Manages RAIDs.")
raid = Resource("RaidHandler", "nodes/{system_id}/raid/{id}/", "Manages a RAID.")
bcaches = Resource("BcachesHandler", "nodes/{system_id}/bcaches/", "Manages bcaches.")
bcache = Resource("BcacheHandler", "nodes/{system_id}/bcache/{id}/", "Manages a bcache.")
caches = Resource("BcacheCacheSetsHandler", "nodes/{system_id}/bcache-cache-sets/", "Manages cache sets.")
cache = Resource("BcacheCacheSetHandler", "nodes/{system_id}/bcache-cache-set/{id}/", "Manages a cache set.")
RESOURCES = (vgs, vg, raids, raid, bcaches, bcache, caches, cache)

_LEVELS = {"raid-0": 2, "raid-1": 2, "raid-5": 3, "raid-6": 4, "raid-10": 3}
_VOLUME = ("uuid", "size", "id", "available_size", "name", "used_size", "system_id", "resource_uri")
_MODES = ("writeback", "writethrough", "writearound")
Holder = BlockDevice | Partition


def _free(region: Region, node: Node) -> list[Holder]:
    """What can become a member: disks without partitions, and partitions, that are not formatted."""
    store = region.store
    found: list[Holder] = []
    for device in store.devices_of(node):
        rows = store.partitions_of(device)
        found += [device] if not rows and not device.filesystem else []
        found += [row for row in rows if not row.filesystem]
    return found


def _chosen(region: Region, node: Node, form: Form, field: str, kind: type[Holder]) -> list[Holder]:
    usable = {str(row.id): row for row in _free(region, node) if isinstance(row, kind)}
    usable |= {row.name: row for row in usable.values() if isinstance(row, BlockDevice)}
    found: list[Holder] = []
    for given in form.many(field):
        if given in usable:
            found.append(usable[given])
        else:
            form.error(field, f"Select a valid choice. {given} is not one of the available choices.")
            break  # only the first is told
    return found


def _group(region: Region, call: Call, kinds: tuple[str, ...], title: str) -> Group:
    node = lookups.node(region, call.params["system_id"])
    rows = {row.id: row for row in region.store.groups.values() if row.node == node.system_id and row.kind in kinds}
    return lookups.find(title, rows, call.params["id"], {"name": lambda row: row.name})


def _groups(region: Region, call: Call, kinds: tuple[str, ...]) -> list[Group]:
    node = lookups.node(region, call.params["system_id"])
    return [row for row in region.store.groups.values() if row.node == node.system_id and row.kind in kinds]


def _new(region: Region, node: Node, kind: str, form: Form, default: str) -> Group:
    name, uuid = form.text("name") or default, form.text("uuid") or layouts.new_uuid(region)
    return region.store.add(region.store.groups, Group(node=node.system_id, kind=kind, name=name, uuid=uuid))


def _join(region: Region, group: Group, rows: list[Holder], fstype: str) -> None:
    for row in rows:
        row.filesystem = layouts.formatted(region, fstype, group=group.id)


def _give(region: Region, group: Group, size: int, name: str) -> BlockDevice:
    made = BlockDevice(node=group.node, name=name, type="virtual", size=size, block_size=4096)
    made.uuid, made.group = layouts.new_uuid(region), group.id
    return region.store.add(region.store.blockdevices, made)


def _dissolve(region: Region, group: Group) -> None:
    store = region.store
    gone = {row.id for row in disks.virtual(store, group)}
    store.partitions = {key: row for key, row in store.partitions.items() if row.device not in gone}
    for number in gone:
        del store.blockdevices[number]
    for row in disks.members(store, group):
        row.filesystem = None
    del store.groups[group.id]


# --- volume groups


@vgs.rest("GET")
def read_vgs(region: Region, call: Call) -> Any:
    """Lists volume groups."""
    return [storage.volume_group(region, row) for row in _groups(region, call, ("lvm-vg",))]


@vgs.rest("POST", admin=True)
def create_vg(region: Region, call: Call) -> Any:
    """Makes a volume group. Fields: name, uuid, block_devices, partitions."""
    node, form = owner(region, call), Form(call.body)
    require_ready(node, "create volume group")
    form.text("name", required=True)
    rows = _chosen(region, node, form, "block_devices", BlockDevice) + _chosen(region, node, form, "partitions", Partition)
    if not rows and not form.errors:
        form.error("__all__", "At least one valid block device or partition is required.")
    form.check()
    made = _new(region, node, "lvm-vg", form, "")
    _join(region, made, rows, "lvm-pv")
    return storage.volume_group(region, made)


def _vg(region: Region, call: Call) -> Group:
    return _group(region, call, ("lvm-vg",), "VolumeGroup")


@vg.rest("GET")
def read_vg(region: Region, call: Call) -> Any:
    """Reads a volume group."""
    return storage.volume_group(region, _vg(region, call))


@vg.rest("PUT", admin=True)
def update_vg(region: Region, call: Call) -> Any:
    """Changes a volume group. Fields: name, uuid, add_block_devices, remove_block_devices, add_partitions, …."""
    node, form = owner(region, call), Form(call.body)
    row = _vg(region, call)
    require_ready(node, "update volume group")
    added = _chosen(region, node, form, "add_block_devices", BlockDevice)
    added += _chosen(region, node, form, "add_partitions", Partition)
    form.check()
    row.name, row.uuid = form.text("name", row.name) or row.name, form.text("uuid", row.uuid) or row.uuid
    _join(region, row, added, "lvm-pv")
    for field, kind in (("remove_block_devices", BlockDevice), ("remove_partitions", Partition)):
        for member in disks.members(region.store, row):
            if isinstance(member, kind) and str(member.id) in form.many(field):
                member.filesystem = None
    return storage.volume_group(region, row)


@vg.rest("DELETE", admin=True)
def delete_vg(region: Region, call: Call) -> Answer:
    """Deletes a volume group without logical volumes."""
    node, row = owner(region, call), _vg(region, call)
    require_ready(node, "delete volume group")
    if disks.virtual(region.store, row):
        raise Refused(400, "This volume group has logical volumes; it cannot be deleted.")
    _dissolve(region, row)
    return deleted()


@vg.op("POST", "create_logical_volume", admin=True)
def create_logical_volume(region: Region, call: Call) -> Any:
    """Makes a logical volume. Fields: name, uuid, size (the rest when it isn't given)."""
    node, row, form = owner(region, call), _vg(region, call), Form(call.body)
    require_ready(node, "create logical volume")
    store = region.store
    name = form.text("name", required=True)
    form.check()
    if any(each.name == name for each in disks.virtual(store, row)):
        raise FieldErrors({"__all__": ["Block device with this Node config and Name already exists."]}, late=True)
    free = disks.group_size(store, row) - sum(each.size for each in disks.virtual(store, row))
    size = sized(form, free)
    form.check()
    shown = storage.device(region, _give(region, row, disks.aligned(size if size is not None else free), name))
    return {key: shown[key] for key in _VOLUME}


@vg.op("POST", "delete_logical_volume", admin=True)
def delete_logical_volume(region: Region, call: Call) -> Answer:
    """Deletes a logical volume. Field: id."""
    node, row = owner(region, call), _vg(region, call)
    require_ready(node, "delete logical volume")
    given = Form(call.body).text("id")
    found = next((each for each in disks.virtual(region.store, row) if str(each.id) == given), None)
    if not found:
        raise FieldErrors({"id": [f"'{given}' is not a logical volume of this group."]})
    del region.store.blockdevices[found.id]
    return deleted()


# --- RAID


@raids.rest("GET")
def read_raids(region: Region, call: Call) -> Any:
    """Lists RAIDs."""
    return [storage.raid(region, row) for row in _groups(region, call, tuple(_LEVELS))]


@raids.rest("POST", admin=True)
def create_raid(region: Region, call: Call) -> Any:
    """Makes a RAID. Fields: name, level, block_devices, partitions, spare_devices, spare_partitions."""
    node, form = owner(region, call), Form(call.body)
    require_ready(node, "create RAID")
    level = form.choice("level", "", tuple(_LEVELS), required=True)
    rows = _chosen(region, node, form, "block_devices", BlockDevice) + _chosen(region, node, form, "partitions", Partition)
    spares = _chosen(region, node, form, "spare_devices", BlockDevice)
    spares += _chosen(region, node, form, "spare_partitions", Partition)
    if not rows and not spares and not form.errors:
        form.error("__all__", "At least one block device or partition must be added to the array.")
    form.check()
    if len(rows) < _LEVELS[level] or (level == "raid-0" and spares):
        raise FieldErrors({"__all__": [_too_few(level)]}, late=True)
    number = len(_groups(region, call, tuple(_LEVELS)))
    made = _new(region, node, level, form, f"md{number}")
    _join(region, made, rows, "raid")
    _join(region, made, spares, "raid-spare")
    _give(region, made, disks.group_size(region.store, made), made.name)
    return storage.raid(region, made)


def _too_few(level: str) -> str:
    number = level.removeprefix("raid-")
    spares = "no spares" if number == "0" else "any number of spares"
    return f"RAID level {number} must have at least {_LEVELS[level]} raid devices and {spares}."


def _raid(region: Region, call: Call) -> Group:
    return _group(region, call, tuple(_LEVELS), "RAID")


@raid.rest("GET")
def read_raid(region: Region, call: Call) -> Any:
    """Reads a RAID."""
    return storage.raid(region, _raid(region, call))


@raid.rest("PUT", admin=True)
def update_raid(region: Region, call: Call) -> Any:
    """Changes a RAID. Fields: name, uuid."""
    node, row, form = owner(region, call), _raid(region, call), Form(call.body)
    require_ready(node, "update RAID")
    row.name, row.uuid = form.text("name", row.name) or row.name, form.text("uuid", row.uuid) or row.uuid
    for device in disks.virtual(region.store, row):
        device.name = row.name
    return storage.raid(region, row)


@raid.rest("DELETE", admin=True)
def delete_raid(region: Region, call: Call) -> Answer:
    """Deletes a RAID and what is on it."""
    node, row = owner(region, call), _raid(region, call)
    require_ready(node, "delete RAID")
    _dissolve(region, row)
    return deleted()


# --- bcache


@bcaches.rest("GET")
def read_bcaches(region: Region, call: Call) -> Any:
    """Lists bcaches."""
    return [storage.bcache(region, row) for row in _groups(region, call, ("bcache",))]


@bcaches.rest("POST", admin=True)
def create_bcache(region: Region, call: Call) -> Any:
    """Makes a bcache. Fields: name, cache_set, backing_device or backing_partition, cache_mode."""
    node, form = owner(region, call), Form(call.body)
    require_ready(node, "create Bcache")
    mode = form.choice("cache_mode", "writethrough", _MODES)
    backing = _chosen(region, node, form, "backing_device", BlockDevice)
    backing += _chosen(region, node, form, "backing_partition", Partition)
    sets = {str(row.id): row for row in region.store.cachesets.values() if row.node == node.system_id}
    given = form.text("cache_set", required=True)
    if given and given not in sets:
        form.error("cache_set", f"Select a valid choice. {given} is not one of the available choices.")
    if not backing:
        form.error("__all__", "Either backing_device or backing_partition must be specified.")
    form.check()
    made = _new(region, node, "bcache", form, f"bcache{len(_groups(region, call, ('bcache',)))}")
    made.cache_set, made.cache_mode = sets[given].id, mode
    _join(region, made, backing[:1], "bcache-backing")
    _give(region, made, disks.aligned(backing[0].size), made.name)
    return storage.bcache(region, made)


def _bcache(region: Region, call: Call) -> Group:
    return _group(region, call, ("bcache",), "Bcache")


@bcache.rest("GET")
def read_bcache(region: Region, call: Call) -> Any:
    """Reads a bcache."""
    return storage.bcache(region, _bcache(region, call))


@bcache.rest("PUT", admin=True)
def update_bcache(region: Region, call: Call) -> Any:
    """Changes a bcache. Fields: name, cache_mode."""
    node, row, form = owner(region, call), _bcache(region, call), Form(call.body)
    require_ready(node, "update Bcache")
    row.cache_mode = form.choice("cache_mode", row.cache_mode, _MODES)
    form.check()
    row.name = form.text("name", row.name) or row.name
    return storage.bcache(region, row)


@bcache.rest("DELETE", admin=True)
def delete_bcache(region: Region, call: Call) -> Answer:
    """Deletes a bcache."""
    node, row = owner(region, call), _bcache(region, call)
    require_ready(node, "delete Bcache")
    _dissolve(region, row)
    return deleted()


@caches.rest("GET")
def read_cache_sets(region: Region, call: Call) -> Any:
    """Lists cache sets."""
    node = lookups.node(region, call.params["system_id"])
    return [storage.cache_set(region, row) for row in region.store.cachesets.values() if row.node == node.system_id]


@caches.rest("POST", admin=True)
def create_cache_set(region: Region, call: Call) -> Any:
    """Makes a cache set. Fields: cache_device or cache_partition."""
    node, form = owner(region, call), Form(call.body)
    require_ready(node, "create cache set")
    rows = _chosen(region, node, form, "cache_device", BlockDevice)
    rows += _chosen(region, node, form, "cache_partition", Partition)
    if not rows and not form.errors:
        form.error("__all__", "Either cache_device or cache_partition must be specified.")
    form.check()
    number = sum(1 for row in region.store.cachesets.values() if row.node == node.system_id)
    made = region.store.add(region.store.cachesets, CacheSet(node=node.system_id, name=f"cache{number}"))
    rows[0].filesystem = layouts.formatted(region, "bcache-cache", cache_set=made.id)
    return storage.cache_set(region, made)


def _cache(region: Region, call: Call) -> CacheSet:
    node = lookups.node(region, call.params["system_id"])
    rows = {row.id: row for row in region.store.cachesets.values() if row.node == node.system_id}
    return lookups.find("CacheSet", rows, call.params["id"], {"name": lambda row: row.name})


@cache.rest("GET")
def read_cache_set(region: Region, call: Call) -> Any:
    """Reads a cache set."""
    return storage.cache_set(region, _cache(region, call))


@cache.rest("DELETE", admin=True)
def delete_cache_set(region: Region, call: Call) -> Answer:
    """Deletes a cache set that no bcache uses."""
    node = owner(region, call)
    try:
        row = _cache(region, call)
    except NotFound:
        raise ApiError(404, "", BARE_TEXT) from None
    require_ready(node, "delete cache set")
    if any(each.cache_set == row.id for each in region.store.groups.values()):
        raise Refused(400, "Cannot delete cache set; it's currently in use.")
    holders: list[Holder] = [*region.store.blockdevices.values(), *region.store.partitions.values()]
    for each in holders:
        if isinstance(each.filesystem, Filesystem) and each.filesystem.cache_set == row.id:
            each.filesystem = None
    del region.store.cachesets[row.id]
    return deleted()
