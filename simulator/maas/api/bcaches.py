"""Bcaches of a machine and the cache sets that they cache on."""

from __future__ import annotations

from typing import Any

from .. import disks, layouts, lookups, members
from ..call import Answer, Call, deleted
from ..errors import BARE_TEXT, ApiError, NotFound, Refused
from ..forms import Form
from ..records.storage import BlockDevice, CacheSet, Filesystem, Group, Partition
from ..region import Region
from ..render import storage
from ..routing import Resource
from .blockdevices import owner, require_ready

bcaches = Resource("BcachesHandler", "nodes/{system_id}/bcaches/", "Manages bcaches.")
bcache = Resource("BcacheHandler", "nodes/{system_id}/bcache/{id}/", "Manages a bcache.")
caches = Resource("BcacheCacheSetsHandler", "nodes/{system_id}/bcache-cache-sets/", "Manages cache sets.")
cache = Resource("BcacheCacheSetHandler", "nodes/{system_id}/bcache-cache-set/{id}/", "Manages a cache set.")
RESOURCES = (bcaches, bcache, caches, cache)

_MODES = ("writeback", "writethrough", "writearound")


@bcaches.rest("GET")
def read_bcaches(region: Region, call: Call) -> Any:
    """Lists bcaches."""
    return [storage.bcache(region, row) for row in members.groups(region, call, ("bcache",))]


@bcaches.rest("POST", admin=True)
def create_bcache(region: Region, call: Call) -> Any:
    """Makes a bcache. Fields: name, cache_set, backing_device or backing_partition, cache_mode."""
    node, form = owner(region, call), Form(call.body)
    require_ready(node, "create Bcache")
    mode = form.choice("cache_mode", "writethrough", _MODES)
    backing = members.chosen(region, node, form, "backing_device", BlockDevice)
    backing += members.chosen(region, node, form, "backing_partition", Partition)
    sets = {str(row.id): row for row in region.store.cachesets.values() if row.node == node.system_id}
    given = form.text("cache_set", required=True)
    if given and given not in sets:
        form.error("cache_set", f"Select a valid choice. {given} is not one of the available choices.")
    if not backing:
        form.error("__all__", "Either backing_device or backing_partition must be specified.")
    form.check()
    made = members.new(region, node, "bcache", form, f"bcache{len(members.groups(region, call, ('bcache',)))}")
    made.cache_set, made.cache_mode = sets[given].id, mode
    members.join(region, made, backing[:1], "bcache-backing")
    members.give(region, made, disks.aligned(backing[0].size), made.name)
    return storage.bcache(region, made)


def _bcache(region: Region, call: Call) -> Group:
    return members.group(region, call, ("bcache",), "Bcache")


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
    members.dissolve(region, row)
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
    rows = members.chosen(region, node, form, "cache_device", BlockDevice)
    rows += members.chosen(region, node, form, "cache_partition", Partition)
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
    holders: list[members.Holder] = [*region.store.blockdevices.values(), *region.store.partitions.values()]
    for each in holders:
        if isinstance(each.filesystem, Filesystem) and each.filesystem.cache_set == row.id:
            each.filesystem = None
    del region.store.cachesets[row.id]
    return deleted()
