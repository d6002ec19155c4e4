"""Disks, partitions, groups and caches in JSON."""

from __future__ import annotations

from typing import Any

from .. import disks
from ..records.storage import BlockDevice, CacheSet, Filesystem, Group, Partition
from ..region import Region

Json = dict[str, Any]
_ROLES = {
    "raid": "Active {kind} device for {name}",
    "raid-spare": "Spare {kind} device for {name}",
    "lvm-pv": "LVM volume for {name}",
    "bcache-backing": "Backing device for {name}",
    "bcache-cache": "Cache device for {name}",
    "vmfs6": "VMFS extent for {name}",
}


def filesystem(row: Filesystem | None) -> Json | None:
    """What a device or partition is formatted with."""
    if row is None:
        return None
    return row.model_dump(include={"fstype", "label", "uuid", "mount_point", "mount_options"})


def used_for(region: Region, row: BlockDevice | Partition) -> str:
    """In words, what a device or partition is for."""
    store, formatted = region.store, row.filesystem
    if formatted:
        owner: Group | CacheSet | None = store.groups.get(formatted.group) if formatted.group is not None else None
        if formatted.cache_set is not None:
            owner = store.cachesets.get(formatted.cache_set)
        if owner:
            return _ROLES[formatted.fstype].format(kind=getattr(owner, "kind", ""), name=owner.name)
        if formatted.mount_point:
            return f"{formatted.fstype} formatted filesystem mounted at {formatted.mount_point}"
        return f"Unmounted {formatted.fstype} formatted filesystem"
    parts = store.partitions_of(row) if isinstance(row, BlockDevice) else []
    if parts and isinstance(row, BlockDevice):
        return f"{row.partition_table} partitioned with {len(parts)} partition{'s' if len(parts) > 1 else ''}"
    return "Unused"


def device(region: Region, row: BlockDevice) -> Json:
    """A disk with its partitions."""
    store = region.store
    physical = row.type == "physical"
    return {
        "firmware_version": row.firmware_version,
        "tags": row.tags,
        "type": row.type,
        "serial": row.serial if physical else None,
        "storage_pool": None,
        "model": row.model if physical else None,
        "id": row.id,
        "filesystem": filesystem(row.filesystem),
        "numa_node": 0 if physical else None,
        "size": row.size,
        "partitions": [partition(region, part) for part in store.partitions_of(row)],
        "id_path": row.id_path if physical else None,
        "partition_table_type": row.partition_table,
        "block_size": row.block_size,
        "used_size": disks.used(store, row),
        "used_for": used_for(region, row),
        "path": f"/dev/disk/by-dname/{disks.full_name(store, row)}",
        "uuid": row.uuid,
        "available_size": disks.available(store, row),
        "name": disks.full_name(store, row),
        "system_id": row.node,
        "resource_uri": f"/MAAS/api/2.0/nodes/{row.node}/blockdevices/{row.id}/",
    }


def listed(region: Region, row: BlockDevice) -> Json:
    """A disk as lists of disks show it: without what only physical ones have."""
    return {key: value for key, value in device(region, row).items() if key != "firmware_version"}


def partition(region: Region, row: Partition) -> Json:
    """A partition."""
    node = region.store.blockdevices[row.device].node
    return {
        "uuid": row.uuid,
        "size": row.size,
        "bootable": row.bootable,
        "tags": row.tags,
        "id": row.id,
        "type": "partition",
        "used_for": used_for(region, row),
        "filesystem": filesystem(row.filesystem),
        "device_id": row.device,
        "system_id": node,
        "path": disks.part_path(region.store, row),
        "resource_uri": f"/MAAS/api/2.0/nodes/{node}/blockdevices/{row.device}/partition/{row.id}",
    }


def holder(region: Region, row: BlockDevice | Partition) -> Json:
    """A member of a group."""
    return device(region, row) if isinstance(row, BlockDevice) else partition(region, row)


def volume_group(region: Region, row: Group) -> Json:
    """An LVM volume group."""
    store = region.store
    size = disks.group_size(store, row)
    used = sum(volume.size for volume in disks.virtual(store, row))
    return {
        "logical_volumes": [listed(region, volume) for volume in disks.virtual(store, row)],
        "uuid": row.uuid,
        "size": size,
        "human_size": disks.human(size),
        "id": row.id,
        "human_available_size": disks.human(size - used),
        "devices": [holder(region, member) for member in disks.members(store, row)],
        "human_used_size": disks.human(used),
        "available_size": size - used,
        "name": row.name,
        "used_size": used,
        "system_id": row.node,
        "resource_uri": f"/MAAS/api/2.0/nodes/{row.node}/volume-group/{row.id}/",
    }


def raid(region: Region, row: Group) -> Json:
    """A RAID."""
    store = region.store
    size = disks.group_size(store, row)
    rows = disks.members(store, row)
    gives = next(iter(disks.virtual(store, row)), None)
    return {
        "uuid": row.uuid,
        "size": size,
        "human_size": disks.human(size),
        "id": row.id,
        "level": row.kind,
        "devices": [holder(region, each) for each in rows if each.filesystem and each.filesystem.fstype == "raid"],
        "spare_devices": [holder(region, each) for each in rows if each.filesystem and each.filesystem.fstype != "raid"],
        "virtual_device": device(region, gives) if gives else None,
        "name": row.name,
        "system_id": row.node,
        "resource_uri": f"/MAAS/api/2.0/nodes/{row.node}/raid/{row.id}/",
    }


def bcache(region: Region, row: Group) -> Json:
    """A cached device."""
    store = region.store
    backing = next(iter(disks.members(store, row)), None)
    gives = next(iter(disks.virtual(store, row)), None)
    cache = store.cachesets.get(row.cache_set) if row.cache_set is not None else None
    return {
        "uuid": row.uuid,
        "size": gives.size if gives else 0,
        "human_size": disks.human(gives.size if gives else 0),
        "id": row.id,
        "cache_mode": row.cache_mode,
        "cache_set": cache_set(region, cache) if cache else None,
        "backing_device": holder(region, backing) if backing else None,
        "virtual_device": device(region, gives) if gives else None,
        "name": row.name,
        "system_id": row.node,
        "resource_uri": f"/MAAS/api/2.0/nodes/{row.node}/bcache/{row.id}/",
    }


def cache_set(region: Region, row: CacheSet) -> Json:
    """What bcaches cache on."""
    holders: list[BlockDevice | Partition] = [*region.store.blockdevices.values(), *region.store.partitions.values()]
    on = next((each for each in holders if each.filesystem and each.filesystem.cache_set == row.id), None)
    return {
        "cache_device": holder(region, on) if on else None,
        "id": row.id,
        "name": row.name,
        "system_id": row.node,
        "resource_uri": f"/MAAS/api/2.0/nodes/{row.node}/bcache-cache-set/{row.id}/",
    }
