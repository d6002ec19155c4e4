"""RAIDs of a machine."""

from __future__ import annotations

from typing import Any

from .. import disks, members
from ..call import Answer, Call, deleted
from ..errors import FieldErrors
from ..forms import Form
from ..records.storage import BlockDevice, Group, Partition
from ..region import Region
from ..render import storage
from ..routing import Resource
from .blockdevices import owner, require_ready

raids = Resource("RaidsHandler", "nodes/{system_id}/raids/", "Manages RAIDs.")
raid = Resource("RaidHandler", "nodes/{system_id}/raid/{id}/", "Manages a RAID.")
RESOURCES = (raids, raid)

_LEVELS = {"raid-0": 2, "raid-1": 2, "raid-5": 3, "raid-6": 4, "raid-10": 3}


@raids.rest("GET")
def read_raids(region: Region, call: Call) -> Any:
    """Lists RAIDs."""
    return [storage.raid(region, row) for row in members.groups(region, call, tuple(_LEVELS))]


@raids.rest("POST", admin=True)
def create_raid(region: Region, call: Call) -> Any:
    """Makes a RAID. Fields: name, level, block_devices, partitions, spare_devices, spare_partitions."""
    node, form = owner(region, call), Form(call.body)
    require_ready(node, "create RAID")
    level = form.choice("level", "", tuple(_LEVELS), required=True)
    rows = members.chosen(region, node, form, "block_devices", BlockDevice) + members.chosen(
        region, node, form, "partitions", Partition
    )
    spares = members.chosen(region, node, form, "spare_devices", BlockDevice)
    spares += members.chosen(region, node, form, "spare_partitions", Partition)
    if not rows and not spares and not form.errors:
        form.error("__all__", "At least one block device or partition must be added to the array.")
    form.check()
    if len(rows) < _LEVELS[level] or (level == "raid-0" and spares):
        raise FieldErrors({"__all__": [_too_few(level)]}, late=True)
    number = len(members.groups(region, call, tuple(_LEVELS)))
    made = members.new(region, node, level, form, f"md{number}")
    members.join(region, made, rows, "raid")
    members.join(region, made, spares, "raid-spare")
    members.give(region, made, disks.group_size(region.store, made), made.name)
    return storage.raid(region, made)


def _too_few(level: str) -> str:
    number = level.removeprefix("raid-")
    spares = "no spares" if number == "0" else "any number of spares"
    return f"RAID level {number} must have at least {_LEVELS[level]} raid devices and {spares}."


def _raid(region: Region, call: Call) -> Group:
    return members.group(region, call, tuple(_LEVELS), "RAID")


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
    members.dissolve(region, row)
    return deleted()
