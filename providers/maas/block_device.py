"""Disks of a machine: their tags, the filesystem on a whole disk, which one it boots from.

Disks are found, as commissioning reported them, and never deleted; their partitions are `Partition`s, which nothing here touches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from clients import maas
from clients.maas.storage import BlockDevice as Disk

from .. import _base
from . import _filesystem
from ._region import RegionProvider
from ._vocabulary import Name


class BlockDeviceInputs(_filesystem.DeviceInputs):
    """A disk; told by its name (sda), its stable path (/dev/disk/by-id/…), or its serial number."""

    machine: Name
    name: Name | None = None
    id_path: Name | None = None
    serial: Name | None = None
    boot_disk: bool | None = None


class BlockDeviceProvider(RegionProvider[BlockDeviceInputs]):
    """Disks by machine and name, path or serial number."""

    inputs = BlockDeviceInputs
    computed = ("block_device_id", "size", "path", "model", "adopted")
    replace_on = frozenset({"machine", "name", "id_path", "serial"})

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        if not {"name", "id_path", "serial"} & news.keys():
            yield "name", "a disk is found by its name, id_path or serial"
        if news.get("boot_disk") is False:
            yield "boot_disk", "a machine always boots from some disk: say true on another one"
        yield from _filesystem.refusals(news)

    def make(self, inputs: BlockDeviceInputs) -> _base.Made:
        region = self.region()
        disks = region.block_devices(inputs.machine).list()
        disk = next((disk for disk in disks if _is(disk, inputs)), None)
        if disk is None:
            told = (
                ", ".join(f"{d.name} ({d.model or d.type}, {d.size // 10**9} GB)" for d in disks)
                or "none yet: commission it first"
            )
            raise _base.ExpectedError(
                f"{inputs.machine} has no disk {inputs.name or inputs.id_path or inputs.serial}; it has {told}"
            )
        self._apply(region, disk, inputs, {})
        return _base.Made(id=f"{inputs.machine}/{disk.id}", outputs={**_outputs(disk), "adopted": True})

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        region = self.region()
        system_id, disk_id = id_.split("/")
        disk = region.block_devices(system_id).read(disk_id)
        if disk is None:
            return None
        known = {name: getattr(disk, name) for name in ("name", "id_path", "serial")}
        found = {**known, **_filesystem.told(disk, old)}
        if old.get("boot_disk") is not None:
            machine = region.machines.read(system_id)
            found["boot_disk"] = machine is not None and machine.boot_disk == disk.id
        return _base.Found(inputs=found, outputs=_outputs(disk))

    def change(self, id_: str, old: _base.Props, inputs: BlockDeviceInputs) -> Mapping[str, Any]:
        region = self.region()
        disk = region.block_devices(inputs.machine).read(id_.split("/")[1])
        if disk is None:
            raise self.gone(f"disk {inputs.name or id_}")
        self._apply(region, disk, inputs, old)
        return _outputs(disk)

    def remove(self, id_: str, old: _base.Props) -> None:
        system_id, disk_id = id_.split("/")
        disks = self.region().block_devices(system_id)
        disk = disks.read(disk_id)
        if disk is None:
            return
        act = _act(disks, disk.id)
        _filesystem.tags(act, disk.tags, None, old)
        if old.get("fs_type"):
            _filesystem.clear(act, disk.filesystem)

    def _apply(self, region: maas.Maas, disk: Disk, inputs: BlockDeviceInputs, old: _base.Props) -> None:
        disks = region.block_devices(inputs.machine)
        act = _act(disks, disk.id)
        _filesystem.settle(act, disk, inputs, old)
        if inputs.boot_disk:
            machine = region.machines.read(inputs.machine)
            if machine is not None and machine.boot_disk != disk.id:
                act("set_boot_disk")


class BlockDevice(_base.Resource, module="maas", name="BlockDevice"):
    """A disk of a machine of MAAS."""

    provider_class = BlockDeviceProvider
    machine: pulumi.Output[str]
    name: pulumi.Output[str | None]
    block_device_id: pulumi.Output[int]
    """The database's id, which partitions, RAIDs and volume groups refer to."""
    size: pulumi.Output[int]
    """Bytes."""
    path: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        machine: pulumi.Input[str],
        name: pulumi.Input[str] | None = None,
        id_path: pulumi.Input[str] | None = None,
        serial: pulumi.Input[str] | None = None,
        tags: pulumi.Input[list[str]] | None = None,
        boot_disk: pulumi.Input[bool] | None = None,
        fs_type: pulumi.Input[str] | None = None,
        label: pulumi.Input[str] | None = None,
        mount_point: pulumi.Input[str] | None = None,
        mount_options: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in BlockDeviceInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _is(disk: Disk, inputs: BlockDeviceInputs) -> bool:
    asked = {name: getattr(inputs, name) for name in ("name", "id_path", "serial")}
    return all(getattr(disk, name) == value for name, value in asked.items() if value is not None)


def _outputs(disk: Disk) -> dict[str, Any]:
    return {"block_device_id": disk.id, "size": disk.size, "path": disk.path, "model": disk.model}


def _act(disks: maas.Collection[Disk], disk_id: int) -> _filesystem.Act:
    return lambda action, **fields: disks.act(disk_id, action, **fields)
