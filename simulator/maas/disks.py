"""Sizes on disks: what alignment and tables take, what is left, what a group holds. All in bytes."""

from __future__ import annotations

from .records.storage import BlockDevice, Filesystem, Group, Partition
from .store import Store

ALIGNMENT = 4 * 1024**2
TABLE = 6 * 1024**2
"""What a partition table and the gap before the first partition take."""
EXTENT = 4 * 1024**2
"""What LVM takes of each of its devices."""

Holder = BlockDevice | Partition


def aligned(size: int) -> int:
    """A size rounded down as a region does."""
    return size // ALIGNMENT * ALIGNMENT


def used(store: Store, device: BlockDevice) -> int:
    """What of a device is taken."""
    if device.filesystem:
        return device.size
    parts = store.partitions_of(device)
    if not parts and not device.partition_table:
        return 0
    return sum(part.size for part in parts) + TABLE if parts else 0


def available(store: Store, device: BlockDevice) -> int:
    """What of a device can become a partition."""
    if device.filesystem:
        return 0
    taken = used(store, device)
    return max(0, aligned(device.size - (taken or TABLE)))


def members(store: Store, group: Group) -> list[Holder]:
    """The devices and partitions that a group is made of."""
    devices = [row for row in store.blockdevices.values() if row.filesystem and row.filesystem.group == group.id]
    parts = [row for row in store.partitions.values() if row.filesystem and row.filesystem.group == group.id]
    return [*devices, *parts]


def virtual(store: Store, group: Group) -> list[BlockDevice]:
    """The virtual devices that a group gives."""
    return [row for row in store.blockdevices.values() if row.group == group.id]


def group_size(store: Store, group: Group) -> int:
    """How much a group holds."""
    sizes = [aligned(row.size) for row in members(store, group) if not _spare(row.filesystem)]
    if not sizes:
        return 0
    if group.kind == "lvm-vg":
        return sum(size - EXTENT for size in sizes)
    return _raid_size(group.kind, [row.size for row in members(store, group) if not _spare(row.filesystem)])


def _spare(filesystem: Filesystem | None) -> bool:
    return bool(filesystem and filesystem.fstype == "raid-spare")


def _raid_size(kind: str, sizes: list[int]) -> int:
    least, count = aligned(min(sizes)), len(sizes)
    shares = {"raid-0": count, "raid-1": 1, "raid-5": count - 1, "raid-6": count - 2, "raid-10": count / 2}
    return aligned(int(least * shares.get(kind, 1)))


def number(store: Store, part: Partition) -> int:
    """A partition's number on its disk: the first on a GPT disk is 2, since 1 is the loader's."""
    if part.index:
        return part.index
    order = [row.id for row in store.partitions_of(store.blockdevices[part.device])]
    return order.index(part.id) + 2


def part_path(store: Store, part: Partition) -> str:
    """Where the deployed system finds a partition."""
    device = store.blockdevices[part.device]
    return f"/dev/disk/by-dname/{full_name(store, device)}-part{number(store, part)}"


def full_name(store: Store, device: BlockDevice) -> str:
    """A device's name; a logical volume's begins with its group's."""
    group = store.groups.get(device.group) if device.group is not None else None
    return f"{group.name}-{device.name}" if group and group.kind == "lvm-vg" else device.name


def human(size: int) -> str:
    """A size for people."""
    if size < 1000:
        return f"{size} bytes"
    amount, units = float(size), ["bytes", "kB", "MB", "GB", "TB", "PB"]
    unit = 0
    while amount >= 1000 and unit < len(units) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.1f} {units[unit]}"
