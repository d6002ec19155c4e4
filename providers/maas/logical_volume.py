"""LVM logical volumes, by group and name, with what is on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from clients import maas
from clients.maas import errors
from clients.maas.storage import BlockDevice as Disk

from .. import _base
from .._intents import Intent
from . import _filesystem, _sizes
from ._region import RegionProvider
from ._sizes import Size
from ._vocabulary import Name


class LogicalVolumeInputs(_filesystem.DeviceInputs):
    """A logical volume of a group, by the group's database id; no `size` takes what is left of it."""

    machine: Name
    volume_group: int
    name: Name
    size: Size | None = None


class LogicalVolumeProvider(RegionProvider[LogicalVolumeInputs]):
    """Logical volumes by group and name; they are block devices to MAAS."""

    inputs = LogicalVolumeInputs
    computed = ("block_device_id", "actual_size", "path", "adopted")
    replace_on = frozenset({"machine", "volume_group", "name", "size"})

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        yield from _filesystem.refusals(news)

    def make(self, inputs: LogicalVolumeInputs) -> _base.Made:
        region = self.region()
        intent = Intent(region.session.url, f"logical volume of {inputs.machine}", f"{inputs.volume_group} {inputs.name}")
        disk = _find(region, inputs)
        adopted = disk is not None and intent.recall() is None
        if disk is None:
            intent.note(adopted=False)
            disk = _create(region, inputs)
        elif inputs.size is not None and not _sizes.same(disk.size, inputs.size):
            raise _base.ExpectedError(
                f"{inputs.machine} already has a logical volume {inputs.name}, of {disk.size} bytes and not {inputs.size}"
            )
        self._apply(region, disk, inputs, {})
        return _base.Made(id=f"{inputs.machine}/{inputs.volume_group}/{disk.id}", outputs={**_outputs(disk), "adopted": adopted})

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        system_id, _, disk_id = id_.split("/")
        disk = self.region().block_devices(system_id).read(disk_id)
        if disk is None:
            return None
        found = {**_filesystem.told(disk, old), "size": _sizes.told(disk.size, old.get("size"))}
        return _base.Found(inputs=found, outputs=_outputs(disk))

    def change(self, id_: str, old: _base.Props, inputs: LogicalVolumeInputs) -> Mapping[str, Any]:
        region = self.region()
        disk = region.block_devices(inputs.machine).read(id_.split("/")[2])
        if disk is None:
            raise self.gone(f"logical volume {inputs.name}")
        self._apply(region, disk, inputs, old)
        return _outputs(disk)

    def remove(self, id_: str, old: _base.Props) -> None:
        region, inputs = self.region(), self.parse(old)
        system_id, group_id, disk_id = id_.split("/")
        group = region.volume_groups(system_id).read(group_id)
        if group is not None and int(disk_id) in group.logical_volumes.values() and not old.get("adopted"):
            region.volume_groups(system_id).act(group_id, "delete_logical_volume", _id=disk_id)
        Intent(region.session.url, f"logical volume of {inputs.machine}", f"{inputs.volume_group} {inputs.name}").forget()

    def _apply(self, region: maas.Maas, disk: Disk, inputs: LogicalVolumeInputs, old: _base.Props) -> None:
        def act(action: str, **fields: Any) -> Any:
            return region.block_devices(inputs.machine).act(disk.id, action, **fields)

        _filesystem.settle(act, disk, inputs, old)


class LogicalVolume(_base.Resource, module="maas", name="LogicalVolume"):
    """An LVM logical volume of a machine of MAAS."""

    provider_class = LogicalVolumeProvider
    machine: pulumi.Output[str]
    volume_group: pulumi.Output[int]
    name: pulumi.Output[str]
    block_device_id: pulumi.Output[int]
    """The database's id of the disk that it looks like."""
    actual_size: pulumi.Output[int]
    """Bytes, as MAAS rounded them."""
    path: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        machine: pulumi.Input[str],
        volume_group: pulumi.Input[int],
        name: pulumi.Input[str],
        size: pulumi.Input[int | str] | None = None,
        tags: pulumi.Input[list[str]] | None = None,
        fs_type: pulumi.Input[str] | None = None,
        label: pulumi.Input[str] | None = None,
        mount_point: pulumi.Input[str] | None = None,
        mount_options: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in LogicalVolumeInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _find(region: maas.Maas, inputs: LogicalVolumeInputs) -> Disk | None:
    group = region.volume_groups(inputs.machine).read(inputs.volume_group)
    if group is None:
        raise _base.ExpectedError(f"{inputs.machine} has no volume group with the id {inputs.volume_group}")
    disk_id = group.logical_volumes.get(inputs.name)
    return None if disk_id is None else region.block_devices(inputs.machine).read(disk_id)


def _create(region: maas.Maas, inputs: LogicalVolumeInputs) -> Disk:
    size = {} if inputs.size is None else {"size": inputs.size}
    try:
        made = region.volume_groups(inputs.machine).act(inputs.volume_group, "create_logical_volume", name=inputs.name, **size)
    except errors.Unknown:
        made = None
    disk = _find(region, inputs) if made is None else region.block_devices(inputs.machine).read(made["id"])
    if disk is None:
        raise _base.ExpectedError(f"MAAS didn't say whether it made the volume {inputs.name}, and it isn't there: run again")
    return disk


def _outputs(disk: Disk) -> dict[str, Any]:
    return {"block_device_id": disk.id, "actual_size": disk.size, "path": disk.path}
