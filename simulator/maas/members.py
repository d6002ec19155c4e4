"""Volume groups, RAIDs and bcaches alike: what they are made of and what they give."""

from __future__ import annotations

from . import disks, layouts, lookups
from .call import Call
from .forms import Form
from .records.node import Node
from .records.storage import BlockDevice, Group, Partition
from .region import Region

Holder = BlockDevice | Partition


def free(region: Region, node: Node) -> list[Holder]:
    """What can become a member: disks without partitions, and partitions, that are not formatted."""
    store = region.store
    found: list[Holder] = []
    for device in store.devices_of(node):
        rows = store.partitions_of(device)
        found += [device] if not rows and not device.filesystem else []
        found += [row for row in rows if not row.filesystem]
    return found


def chosen(region: Region, node: Node, form: Form, field: str, kind: type[Holder]) -> list[Holder]:
    """The disks or partitions that a field names; one that cannot become a member is an error of the field."""
    usable = {str(row.id): row for row in free(region, node) if isinstance(row, kind)}
    usable |= {row.name: row for row in usable.values() if isinstance(row, BlockDevice)}
    found: list[Holder] = []
    for given in form.many(field):
        if given in usable:
            found.append(usable[given])
        else:
            form.error(field, f"Select a valid choice. {given} is not one of the available choices.")
            break  # only the first is told
    return found


def group(region: Region, call: Call, kinds: tuple[str, ...], title: str) -> Group:
    """The group that a path means."""
    node = lookups.node(region, call.params["system_id"])
    rows = {row.id: row for row in region.store.groups.values() if row.node == node.system_id and row.kind in kinds}
    return lookups.find(title, rows, call.params["id"], {"name": lambda row: row.name})


def groups(region: Region, call: Call, kinds: tuple[str, ...]) -> list[Group]:
    """The groups of these kinds of the machine that a path means."""
    node = lookups.node(region, call.params["system_id"])
    return [row for row in region.store.groups.values() if row.node == node.system_id and row.kind in kinds]


def new(region: Region, node: Node, kind: str, form: Form, default: str) -> Group:
    """Makes a group as a form names it."""
    name, uuid = form.text("name") or default, form.text("uuid") or layouts.new_uuid(region)
    return region.store.add(region.store.groups, Group(node=node.system_id, kind=kind, name=name, uuid=uuid))


def join(region: Region, group: Group, rows: list[Holder], fstype: str) -> None:
    """Makes disks and partitions members of a group."""
    for row in rows:
        row.filesystem = layouts.formatted(region, fstype, group=group.id)


def give(region: Region, group: Group, size: int, name: str) -> BlockDevice:
    """Makes a virtual disk that a group gives; `size` in bytes."""
    made = BlockDevice(node=group.node, name=name, type="virtual", size=size, block_size=4096)
    made.uuid, made.group = layouts.new_uuid(region), group.id
    return region.store.add(region.store.blockdevices, made)


def dissolve(region: Region, group: Group) -> None:
    """Takes a group away with what it gives; its members are free then."""
    store = region.store
    gone = {row.id for row in disks.virtual(store, group)}
    store.partitions = {key: row for key, row in store.partitions.items() if row.device not in gone}
    for number in gone:
        del store.blockdevices[number]
    for row in disks.members(store, group):
        row.filesystem = None
    del store.groups[group.id]
