"""nodes/{system_id}/blockdevices/ and partitions."""

from __future__ import annotations

import re
from typing import Any

from .. import disks, layouts, lookups
from ..call import Answer, Call, deleted, text
from ..errors import BARE_TEXT, ApiError, FieldErrors, NotFound, Refused, forbidden
from ..forms import REQUIRED, Form
from ..records.node import Node
from ..records.storage import BlockDevice, Partition
from ..region import Region
from ..render import storage
from ..routing import Resource
from ..status import FORMATTABLE, Status

many = Resource("BlockDevicesHandler", "nodes/{system_id}/blockdevices/", "Manages a machine's disks.")
one = Resource("BlockDeviceHandler", "nodes/{system_id}/blockdevices/{id}/", "Manages a disk.")
parts = Resource("PartitionsHandler", "nodes/{system_id}/blockdevices/{device_id}/partitions/", "Manages a disk's partitions.")
part = Resource("PartitionHandler", "nodes/{system_id}/blockdevices/{device_id}/partition/{id}", "Manages a partition.")
RESOURCES = (many, one, parts, part)

FSTYPES = ("btrfs", "ext2", "ext4", "fat32", "swap", "ramfs", "tmpfs", "vfat", "xfs", "zfsroot", "bcache-backing", "bcache-cache")
_LEAST = 4 * 1024**2
_SIZES = re.compile(r"\d+(\.\d+)?[KMGTP%]?", re.IGNORECASE)
Holder = BlockDevice | Partition


def owner(region: Region, call: Call) -> Node:
    """The machine of a path, if the caller may change its disks."""
    node = lookups.node(region, call.params["system_id"])
    if node.locked or not (call.who.is_superuser or node.owner == call.who.username):
        raise forbidden()
    return node


def require_ready(node: Node, what: str) -> None:
    """Refuses in states other than Ready."""
    if node.status != Status.READY:
        raise Refused(409, f"Cannot {what} because the machine is not Ready.")


def _require_formattable(node: Node, what: str) -> None:
    if node.status not in FORMATTABLE:
        raise Refused(409, f"Cannot {what} because the machine is not Ready or Allocated.")


def device_of(region: Region, node: Node, spec: str) -> BlockDevice:
    """A disk of a machine, by number or name."""
    rows = {row.id: row for row in region.store.devices_of(node)}
    return lookups.find("BlockDevice", rows, spec, {"name": lambda row: row.name})


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists a machine's disks."""
    node = lookups.node(region, call.params["system_id"])
    return [storage.listed(region, row) for row in region.store.devices_of(node)]


@many.rest("POST", admin=True)
def create(region: Region, call: Call) -> Any:
    """Adds a physical disk. Fields: name, size, block_size, model with serial, or id_path."""
    node, form = owner(region, call), Form(call.body)
    row = BlockDevice(node=node.system_id, name="", size=0)
    _fill(form, row)
    if not row.id_path and not (row.serial and row.model):
        form.error("__all__", "serial/model are required if id_path is not provided.")
    form.check()
    _check_unique(region, node, row)
    return storage.device(region, region.store.add(region.store.blockdevices, row))


def _check_unique(region: Region, node: Node, row: BlockDevice) -> None:
    if any(each.name == row.name and each.id != row.id and each.group == row.group for each in region.store.devices_of(node)):
        raise FieldErrors({"__all__": ["Block device with this Node config and Name already exists."]}, late=True)


def _fill(form: Form, row: BlockDevice) -> None:
    new = row.id < 0
    row.name = form.text("name", row.name, required=True)
    size = form.integer("size", None if new else row.size, low=_LEAST)
    block_size = form.integer("block_size", None if new else row.block_size, low=512)
    for field, value in (("size", size), ("block_size", block_size)):
        if value is None and field not in form.errors:
            form.error(field, REQUIRED)
    row.size, row.block_size = size or row.size, block_size or row.block_size
    for field in ("model", "serial", "id_path"):
        setattr(row, field, form.text(field, getattr(row, field)))


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a disk."""
    node = lookups.node(region, call.params["system_id"])
    return storage.device(region, device_of(region, node, call.params["id"]))


@one.rest("PUT", admin=True)
def update(region: Region, call: Call) -> Any:
    """Changes a disk; of a deployed machine only what tells it."""
    node = owner(region, call)
    row = device_of(region, node, call.params["id"])
    if node.status not in (Status.READY, Status.DEPLOYED):
        raise Refused(409, "Cannot update block device because the machine is not Ready.")
    changed, form = row.model_copy(deep=True), Form(call.body)
    if row.type == "physical":
        _fill(form, changed)
    else:
        changed.name = form.text("name", changed.name).removeprefix(disks.full_name(region.store, row)[: -len(row.name)])
        changed.uuid = form.text("uuid", changed.uuid or "")
        changed.size = disks.aligned(form.integer("size", changed.size, low=_LEAST) or changed.size)
    form.check()
    _check_unique(region, node, changed)
    region.store.blockdevices[row.id] = changed
    return storage.device(region, changed)


@one.rest("DELETE", admin=True)
def delete(region: Region, call: Call) -> Answer:
    """Deletes a disk that nothing is made of."""
    node = owner(region, call)
    row = device_of(region, node, call.params["id"])
    require_ready(node, "delete block device")
    store = region.store
    rows: list[Holder] = [row, *store.partitions_of(row)]
    held = [each.filesystem for each in rows if each.filesystem]
    if any(each.group is not None for each in held):
        kind = next(store.groups[each.group].kind for each in held if each.group is not None)
        what = {"lvm-vg": "volume group", "bcache": "bcache"}.get(kind, kind)
        raise Refused(400, f"Cannot delete block device because its part of a {what}.")
    store.partitions = {key: each for key, each in store.partitions.items() if each.device != row.id}
    del store.blockdevices[row.id]
    return deleted()


def _tagging(resource: Resource, find: Any, show: Any) -> None:
    def add_tag(region: Region, call: Call) -> Any:
        """Adds a tag. Field: tag."""
        row = find(region, owner(region, call), call)
        tag = Form(call.body).text("tag")
        row.tags = [*row.tags, tag] if tag not in row.tags else row.tags
        return show(region, row)

    def remove_tag(region: Region, call: Call) -> Any:
        """Takes a tag off. Field: tag."""
        row = find(region, owner(region, call), call)
        row.tags = [each for each in row.tags if each != Form(call.body).text("tag")]
        return show(region, row)

    resource.op("POST", "add_tag", admin=True)(add_tag)
    resource.op("POST", "remove_tag", admin=True)(remove_tag)


def _formatting(resource: Resource, find: Any, show: Any, what: str) -> None:
    def format_it(region: Region, call: Call) -> Any:
        """Formats. Fields: fstype, label, uuid."""
        node = owner(region, call)
        row = find(region, node, call)
        _require_formattable(node, f"format {what}")
        _format(region, row, Form(call.body))
        return show(region, row)

    def unformat(region: Region, call: Call) -> Any:
        """Takes the file system off."""
        node = owner(region, call)
        row = find(region, node, call)
        _require_formattable(node, f"unformat {what}")
        _unformat(row, what)
        return show(region, row)

    def mount(region: Region, call: Call) -> Any:
        """Mounts. Fields: mount_point, mount_options."""
        node = owner(region, call)
        row = find(region, node, call)
        _require_formattable(node, f"mount the {what}")
        _mount(row, Form(call.body))
        return show(region, row)

    def unmount(region: Region, call: Call) -> Any:
        """Takes the mount point away."""
        node = owner(region, call)
        row = find(region, node, call)
        _require_formattable(node, f"unmount the {what}")
        if not row.filesystem:
            raise Refused(400, f"{what.capitalize()} is not formatted.")
        if not row.filesystem.mount_point:
            raise Refused(400, "Filesystem is already unmounted.")
        row.filesystem.mount_point = row.filesystem.mount_options = None
        return show(region, row)

    resource.op("POST", "format")(format_it)
    for function in (unformat, mount, unmount):
        resource.op("POST", function.__name__)(function)


def _format(region: Region, row: Holder, form: Form) -> None:
    fstype = form.choice("fstype", "", FSTYPES, required=True)
    form.check()
    if row.filesystem and (row.filesystem.group is not None or row.filesystem.cache_set is not None):
        text_ = f"This {'block device' if isinstance(row, BlockDevice) else 'partition'} is in use by another device."
        raise Refused(409, text_)
    made = layouts.formatted(region, fstype, label=form.text("label"))
    made.uuid = form.text("uuid") or made.uuid
    row.filesystem = made


def _unformat(row: Holder, what: str) -> None:
    if not row.filesystem:
        raise Refused(400, f"{what.capitalize()} is not formatted.")
    if row.filesystem.mount_point:
        raise Refused(400, "Filesystem is mounted and cannot be unformatted. Unmount the filesystem before unformatting.")
    if row.filesystem.group is not None:
        raise Refused(400, f"Filesystem is part of a filesystem group, and cannot be unformatted: {row.filesystem.fstype}.")
    row.filesystem = None


def _mount(row: Holder, form: Form) -> None:
    point = form.text("mount_point", required=True)
    if not row.filesystem:
        raise FieldErrors({"__all__": ["Cannot mount an unformatted partition or block device."]})
    if row.filesystem.fstype == "swap":
        point = point or "none"
    elif point and not re.fullmatch(r"/.*", point):
        form.error("mount_point", "Enter a valid value.")
    form.check()
    row.filesystem.mount_point, row.filesystem.mount_options = point, form.text("mount_options")


def _by_path(region: Region, node: Node, call: Call) -> BlockDevice:
    return device_of(region, node, call.params["id"])


def _partition(region: Region, node: Node, call: Call) -> Partition:
    device = device_of(region, node, call.params["device_id"])
    spec = call.params["id"]
    rows = region.store.partitions_of(device)
    found = next((row for row in rows if spec in (str(row.id), f"{device.name}-part{disks.number(region.store, row)}")), None)
    if not found:
        raise NotFound("Partition")
    return found


_tagging(one, _by_path, storage.device)
_formatting(one, _by_path, storage.device, "block device")
_tagging(part, _partition, storage.partition)
_formatting(part, _partition, storage.partition, "partition")


@one.op("POST", "set_boot_disk", admin=True)
def set_boot_disk(region: Region, call: Call) -> Any:
    """Makes a physical disk the one that is booted from."""
    node = owner(region, call)
    row = device_of(region, node, call.params["id"])
    if row.type != "physical":
        raise Refused(400, "Cannot set a virtual block device as the boot disk.")
    if node.status not in FORMATTABLE:
        raise Refused(409, "Cannot set as boot disk unless the machine is Ready or Allocated.")
    node.boot_disk = row.id
    return text("OK", bare=True)


@parts.rest("GET")
def read_partitions(region: Region, call: Call) -> Any:
    """Lists a disk's partitions."""
    device = device_of(region, lookups.node(region, call.params["system_id"]), call.params["device_id"])
    return [storage.partition(region, row) for row in region.store.partitions_of(device)]


@parts.rest("POST", admin=True)
def create_partition(region: Region, call: Call) -> Any:
    """Makes a partition. Fields: size (the rest when it isn't given), uuid, bootable."""
    node = owner(region, call)
    device = device_of(region, node, call.params["device_id"])
    if node.status != Status.READY:
        raise Refused(409, "Cannot create partition because the node is not Ready.")
    form, free = Form(call.body), disks.available(region.store, device)
    size = sized(form, device.size)
    form.check()
    wanted = disks.aligned(size) if size is not None else free
    if wanted > free or not free:
        text_ = "Partition cannot be saved; not enough free space on the block device."
        raise FieldErrors({"size": [text_]}, late=True)
    device.partition_table = device.partition_table or "GPT"
    row = Partition(device=device.id, uuid=form.text("uuid") or layouts.new_uuid(region), size=wanted, index=0)
    row.bootable = form.boolean("bootable")
    return storage.partition(region, region.store.add(region.store.partitions, row))


def sized(form: Form, most: int) -> int | None:
    """A field `size` in bytes or with a unit; None when it isn't given."""
    given = form.raw("size")
    if not given:
        return None
    size = layouts.size_of(given, most) if _SIZES.fullmatch(given) else None
    if size is None:
        form.error("size", "Enter a valid value.")
    elif size < _LEAST:
        form.error("size", f"Ensure this value is greater than or equal to {_LEAST}.")
    elif size > most:
        form.error("size", f"Ensure this value is less than or equal to {most}.")
    return size


@part.rest("GET")
def read_partition(region: Region, call: Call) -> Any:
    """Reads a partition."""
    return storage.partition(region, _partition(region, lookups.node(region, call.params["system_id"]), call))


@part.rest("DELETE", admin=True)
def delete_partition(region: Region, call: Call) -> Answer:
    """Deletes a partition that nothing is made of."""
    node = owner(region, call)
    try:
        row = _partition(region, node, call)
    except NotFound:
        raise ApiError(404, "", BARE_TEXT) from None
    if node.status != Status.READY:
        raise Refused(409, "Cannot delete block device because the node is not Ready.")
    if row.filesystem and row.filesystem.group is not None:
        raise Refused(400, "Cannot delete partition because its part of a filesystem group.")
    del region.store.partitions[row.id]
    return deleted()
