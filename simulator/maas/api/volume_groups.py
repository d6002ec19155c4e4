"""Volume groups of a machine and their logical volumes."""

from __future__ import annotations

from typing import Any

from .. import disks, members
from ..call import Answer, Call, deleted
from ..errors import FieldErrors, Refused
from ..forms import Form
from ..records.storage import BlockDevice, Group, Partition
from ..region import Region
from ..render import storage
from ..routing import Resource
from .blockdevices import owner, require_ready, sized

vgs = Resource("VolumeGroupsHandler", "nodes/{system_id}/volume-groups/", "Manages volume groups.")
vg = Resource("VolumeGroupHandler", "nodes/{system_id}/volume-group/{id}/", "Manages a volume group.")
RESOURCES = (vgs, vg)

_VOLUME = ("uuid", "size", "id", "available_size", "name", "used_size", "system_id", "resource_uri")


@vgs.rest("GET")
def read_vgs(region: Region, call: Call) -> Any:
    """Lists volume groups."""
    return [storage.volume_group(region, row) for row in members.groups(region, call, ("lvm-vg",))]


@vgs.rest("POST", admin=True)
def create_vg(region: Region, call: Call) -> Any:
    """Makes a volume group. Fields: name, uuid, block_devices, partitions."""
    node, form = owner(region, call), Form(call.body)
    require_ready(node, "create volume group")
    form.text("name", required=True)
    rows = members.chosen(region, node, form, "block_devices", BlockDevice) + members.chosen(
        region, node, form, "partitions", Partition
    )
    if not rows and not form.errors:
        form.error("__all__", "At least one valid block device or partition is required.")
    form.check()
    made = members.new(region, node, "lvm-vg", form, "")
    members.join(region, made, rows, "lvm-pv")
    return storage.volume_group(region, made)


def _vg(region: Region, call: Call) -> Group:
    return members.group(region, call, ("lvm-vg",), "VolumeGroup")


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
    added = members.chosen(region, node, form, "add_block_devices", BlockDevice)
    added += members.chosen(region, node, form, "add_partitions", Partition)
    form.check()
    row.name, row.uuid = form.text("name", row.name) or row.name, form.text("uuid", row.uuid) or row.uuid
    members.join(region, row, added, "lvm-pv")
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
    members.dissolve(region, row)
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
    shown = storage.device(region, members.give(region, row, disks.aligned(size if size is not None else free), name))
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
