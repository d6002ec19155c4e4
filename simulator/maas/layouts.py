"""Storage layouts: how a region partitions a machine's disks by itself."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from . import disks
from .call import Data
from .errors import FieldErrors, Refused
from .forms import REQUIRED
from .records.node import Node
from .records.storage import BlockDevice, CacheSet, Filesystem, Group, Partition
from .region import Region

NAMES = ("vmfs7", "bcache", "flat", "blank", "vmfs6", "custom", "lvm")
_BOOT_LEAST = 512 * 1024**2
_GIB = 1024**3
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMGTP%]?)", re.IGNORECASE)
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
_VMFS6 = {1: 3145728, 2: 4294967296, 3: 0, 5: 261095424, 6: 261095424, 7: 114294784, 8: 298844160, 9: 2684354560}
_VMFS7 = {1: 104857600, 5: 4293918720, 6: 4293918720, 7: 25662832128, 8: 0}


def size_of(text: str, whole: int) -> int | None:
    """Bytes of a size as "30G", "20%" or a number; None for what is none."""
    found = _SIZE.fullmatch(text.strip())
    if not found:
        return None
    amount, unit = float(found[1]), found[2].upper()
    return int(whole * amount / 100) if unit == "%" else int(amount * _UNITS[unit])


def new_uuid(region: Region) -> str:
    """A random UUID."""
    return str(uuid.UUID(int=region.random.getrandbits(128), version=4))


def formatted(region: Region, fstype: str, **fields: object) -> Filesystem:
    """A new filesystem."""
    return Filesystem.model_validate({"fstype": fstype, "uuid": new_uuid(region), **fields})


def clear(region: Region, node: Node) -> None:
    """Takes everything off a node's disks."""
    store = region.store
    mine = {row.id for row in store.devices_of(node)}
    store.partitions = {key: row for key, row in store.partitions.items() if row.device not in mine}
    store.groups = {key: row for key, row in store.groups.items() if row.node != node.system_id}
    store.cachesets = {key: row for key, row in store.cachesets.items() if row.node != node.system_id}
    for row in store.devices_of(node):
        if row.type == "virtual":
            del store.blockdevices[row.id]
        row.filesystem, row.partition_table = None, None


def apply_default(region: Region, node: Node) -> None:
    """Applies the layout that is the region's default; a machine without disks has none."""
    if region.store.devices_of(node):
        name = str(region.store.settings.get("default_storage_layout") or "flat")
        apply(region, node, name if name != "custom" else "flat", {})


def apply(region: Region, node: Node, name: str, options: Data) -> None:
    """Applies a layout with the options of a request."""
    if name == "custom":
        raise Refused(400, "Failed to configure storage layout 'custom': No custom storage layout configuration found")
    layout = Layout(region, node, options)
    layout.check(name)
    clear(region, node)
    layout.make(name)


class Layout:
    """One layout being applied; option values are checked before anything is touched."""

    def __init__(self, region: Region, node: Node, options: Data) -> None:
        self.region, self.node, self.options = region, node, options
        self.physical = [row for row in region.store.devices_of(node) if row.type == "physical"]
        boot = next((row for row in self.physical if row.id == node.boot_disk), None)
        self.boot = boot or (self.physical[0] if self.physical else None)
        self.root = self.boot
        self.errors: dict[str, list[str]] = {}

    def check(self, name: str) -> None:
        """Raises FieldErrors when an option does not hold."""
        if not self.boot:
            raise Refused(409, "Cannot set a storage layout on a machine that has no disks.")
        self._root_device()
        root = self.root or self.boot
        most = disks.aligned(root.size - disks.TABLE)
        self._size("root_size", root.size - _GIB, root.size)
        boot = self._size("boot_size", most, most)
        if boot is not None and 0 < boot < _BOOT_LEAST:
            self.errors.setdefault("boot_size", []).append(f"Size is too small. Minimum size is {_BOOT_LEAST}.")
        self._size("lv_size", most, most)
        if self.errors:
            raise FieldErrors(self.errors)

    def _one(self, field: str) -> str:
        values = self.options.get(field) or [""]
        return values[-1].strip()

    def _root_device(self) -> None:
        given = self._one("root_device")
        if not given:
            return
        found = next((row for row in self.physical if str(row.id) == given), None)
        if not found:
            names = ", ".join(f"'{row.id}'" for row in self.physical)
            text = f"'{given}' is not a valid root_device.  It should be one of: {names}."
            self.errors.setdefault("root_device", []).append(text)
        else:
            self.root = found

    def _size(self, field: str, most: int, whole: int) -> int | None:
        given = self._one(field)
        if not given:
            return None
        size = size_of(given, whole)
        if size is None:
            self.errors.setdefault(field, []).append("Enter a valid value.")
        elif size > most:
            self.errors.setdefault(field, []).append(f"Size is too large. Maximum size is {most}.")
        return size

    def make(self, name: str) -> None:
        """Does it."""
        makers: dict[str, Callable[[], None]] = {
            "flat": self._flat,
            "lvm": self._lvm,
            "bcache": self._bcache,
            "vmfs6": lambda: self._vmfs(_VMFS6, 1024**2),
            "vmfs7": lambda: self._vmfs(_VMFS7, 33 * 512),
            "blank": lambda: None,
        }
        makers[name]()

    def _table(self, device: BlockDevice) -> None:
        device.partition_table = "GPT"

    def _part(self, device: BlockDevice, size: int | None = None, index: int = 0) -> Partition:
        self._table(device)
        free = disks.available(self.region.store, device)
        made = Partition(device=device.id, uuid=new_uuid(self.region), index=index, size=min(size or free, free))
        return self.region.store.add(self.region.store.partitions, made)

    def _root_partition(self) -> Partition:
        root = self.root or self.physical[0]
        if self.boot and self.boot is not root:
            self._table(self.boot)
        boot_size = size_of(self._one("boot_size") or "0", root.size)
        if boot_size:
            boot = self._part(root, disks.aligned(boot_size))
            boot.filesystem = formatted(self.region, "ext4", label="boot", mount_point="/boot")
        size = size_of(self._one("root_size") or "0", root.size)
        return self._part(root, disks.aligned(size) if size else None)

    def _flat(self) -> None:
        part = self._root_partition()
        part.filesystem = formatted(self.region, "ext4", label="root", mount_point="/")

    def _group(self, kind: str, name: str) -> Group:
        made = Group(node=self.node.system_id, kind=kind, name=name, uuid=new_uuid(self.region))
        return self.region.store.add(self.region.store.groups, made)

    def _virtual(self, group: Group, name: str, size: int, filesystem: Filesystem) -> None:
        made = BlockDevice(
            node=self.node.system_id,
            name=name,
            type="virtual",
            size=size,
            block_size=4096,
            uuid=new_uuid(self.region),
            filesystem=filesystem,
            group=group.id,
        )
        self.region.store.add(self.region.store.blockdevices, made)

    def _lvm(self) -> None:
        part = self._root_partition()
        group = self._group("lvm-vg", self._one("vg_name") or "vgroot")
        part.filesystem = formatted(self.region, "lvm-pv", group=group.id)
        whole = disks.group_size(self.region.store, group)
        size = disks.aligned(size_of(self._one("lv_size") or "0", whole) or whole)
        root = formatted(self.region, "ext4", label="root", mount_point="/")
        self._virtual(group, self._one("lv_name") or "lvroot", size, root)

    def _bcache(self) -> None:
        others = [row for row in self.physical if row is not self.boot and "ssd" in row.tags]
        if not others:
            self._flat()
            return
        boot = self._part(self.root or self.physical[0], _GIB)
        boot.filesystem = formatted(self.region, "ext4", label="boot", mount_point="/boot")
        backing = self._part(self.root or self.physical[0])
        cache = self._part(min(others, key=lambda row: row.size))
        store = self.region.store
        made = store.add(store.cachesets, CacheSet(node=self.node.system_id, name="cache0"))
        cache.filesystem = formatted(self.region, "bcache-cache", cache_set=made.id)
        group = self._group("bcache", "bcache0")
        group.cache_set, group.cache_mode = made.id, self._one("cache_mode") or "writethrough"
        backing.filesystem = formatted(self.region, "bcache-backing", group=group.id)
        self._virtual(group, "bcache0", backing.size, formatted(self.region, "ext4", label="root", mount_point="/"))

    def _vmfs(self, sizes: dict[int, int], lost: int) -> None:
        device = self.root or self.physical[0]
        self._table(device)
        rest = disks.aligned(device.size - disks.TABLE) - sum(sizes.values()) - lost
        data = next(index for index, size in sizes.items() if not size)
        store = self.region.store
        parts = {}
        for index, size in sizes.items():
            made = Partition(device=device.id, uuid=new_uuid(self.region), index=index, size=size or rest)
            parts[index] = store.add(store.partitions, made)
        group = self._group("vmfs6", "datastore1")
        parts[data].filesystem = formatted(self.region, "vmfs6", group=group.id)
        mounted = formatted(self.region, "vmfs6", mount_point="/vmfs/volumes/datastore1")
        self._virtual(group, "datastore1", parts[data].size, mounted)


def required(options: Data) -> str:
    """The layout that a request names; FieldErrors when it names none that there is."""
    given = (options.get("storage_layout") or [""])[-1]
    if not given:
        raise FieldErrors({"storage_layout": [REQUIRED]})
    if given not in NAMES:
        names = ", ".join(f"'{name}'" for name in NAMES)
        text = f"'{given}' is not a valid storage_layout.  It should be one of: {names}."
        raise FieldErrors({"storage_layout": [text]})
    return given
