"""The storage layout of a machine: what MAAS lays out on its disks before anything is deployed.

Laying out wipes what was laid out before, so a change asks for a Ready machine. `blank` and `custom` are starting points for
`Partition`, `Raid` and `VolumeGroup`; what those make on them is no drift. On destroy MAAS's default layout comes back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import pulumi

from clients import maas
from clients.maas import errors
from clients.maas.storage import BlockDevice as Disk

from .. import _base
from ._region import RegionProvider
from ._sizes import Size
from ._vocabulary import Name

OPTIONS: Mapping[str, frozenset[str]] = {
    "flat": frozenset({"boot_size", "root_size", "root_device"}),
    "lvm": frozenset({"boot_size", "root_size", "root_device", "vg_name", "lv_name", "lv_size"}),
    "bcache": frozenset({"boot_size", "root_size", "root_device", "cache_device", "cache_mode", "cache_size", "cache_no_part"}),
    "vmfs6": frozenset({"root_size", "root_device"}),
    "vmfs7": frozenset({"root_size", "root_device"}),
    "blank": frozenset(),
    "custom": frozenset(),
}
FREE = frozenset({"blank", "custom"})


class StorageLayoutInputs(_base.Inputs):
    """A layout; `root_device` and `cache_device` are disks' database ids."""

    machine: Name
    layout: Literal["flat", "lvm", "bcache", "vmfs6", "vmfs7", "blank", "custom"]
    boot_size: Size | None = None
    root_size: Size | None = None
    root_device: int | None = None
    vg_name: Name | None = None
    lv_name: Name | None = None
    lv_size: Size | None = None
    cache_device: int | None = None
    cache_mode: Literal["writeback", "writethrough", "writearound"] | None = None
    cache_size: Size | None = None
    cache_no_part: bool | None = None


class StorageLayoutProvider(RegionProvider[StorageLayoutInputs]):
    """The layout of a machine; MAAS keeps what it laid out and not its name, so the name is told from what is there."""

    inputs = StorageLayoutInputs
    replace_on = frozenset({"machine"})

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        layout = news.get("layout")
        if _base.is_unknown(layout):
            return
        for option in sorted(news.keys() - {"machine", "layout"} - OPTIONS[str(layout)]):
            yield option, f"a {layout} layout has no such option"

    def make(self, inputs: StorageLayoutInputs) -> _base.Made:
        self._lay_out(inputs)
        return _base.Made(id=inputs.machine)

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        region = self.region()
        if region.machines.read(id_) is None:
            return None
        if old.get("layout") in FREE:
            return _base.Found(inputs={"machine": id_})
        return _base.Found(inputs={"machine": id_, "layout": told(region.block_devices(id_).list(), str(old.get("layout")))})

    def change(self, id_: str, old: _base.Props, inputs: StorageLayoutInputs) -> Mapping[str, Any]:
        self._lay_out(inputs)
        return {}

    def remove(self, id_: str, old: _base.Props) -> None:
        region = self.region()
        machine = region.machines.read(id_)
        if machine is None or machine.status != maas.Status.READY:
            return
        try:
            region.machines.act(id_, "restore_storage_configuration")
        except errors.NotFound:
            return

    def _lay_out(self, inputs: StorageLayoutInputs) -> None:
        region = self.region()
        machine = region.machines.read(inputs.machine)
        if machine is None:
            raise self.gone(f"machine {inputs.machine}")
        if machine.status != maas.Status.READY:
            raise _base.ExpectedError(
                f"{machine.hostname} is {machine.status_name}: its storage can be laid out while it is Ready only, since that "
                "wipes what is there. Release it first"
            )
        options = inputs.model_dump(mode="json", exclude_none=True, exclude={"machine", "layout"})
        region.machines.operate(inputs.machine, "set_storage_layout", lambda _: False, storage_layout=inputs.layout, **options)


class StorageLayout(_base.Resource, module="maas", name="StorageLayout"):
    """The storage layout of a machine of MAAS."""

    provider_class = StorageLayoutProvider
    machine: pulumi.Output[str]
    layout: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        machine: pulumi.Input[str],
        layout: pulumi.Input[str],
        boot_size: pulumi.Input[int | str] | None = None,
        root_size: pulumi.Input[int | str] | None = None,
        root_device: pulumi.Input[int] | None = None,
        vg_name: pulumi.Input[str] | None = None,
        lv_name: pulumi.Input[str] | None = None,
        lv_size: pulumi.Input[int | str] | None = None,
        cache_device: pulumi.Input[int] | None = None,
        cache_mode: pulumi.Input[str] | None = None,
        cache_size: pulumi.Input[int | str] | None = None,
        cache_no_part: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in StorageLayoutInputs.model_fields}
        super().__init__(resource_name, given, opts)


def told(disks: Sequence[Disk], expected: str) -> str:
    """The layout that what is on the disks comes from; `expected` where two look alike."""
    made = [(disk, disk.filesystem) for disk in disks if disk.filesystem is not None]
    root = next((disk for disk, filesystem in made if filesystem.mount_point == "/"), None)
    mounts = [part.filesystem.mount_point for disk in disks for part in disk.partitions if part.filesystem is not None]
    if any(disk.type == "virtual" and filesystem.fstype.startswith("vmfs") for disk, filesystem in made):
        return expected if expected.startswith("vmfs") else "vmfs6"
    if root is not None and root.type == "virtual":
        return "bcache" if root.name.startswith("bcache") else "lvm"
    return "flat" if root is not None or "/" in mounts else "blank"
