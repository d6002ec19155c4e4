"""Partitions of a disk, each by itself: one more or one less never touches its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from clients import maas
from clients.maas.storage import Partition as Part

from .. import _base
from .._intents import Intent
from . import _filesystem, _sizes
from ._region import RegionProvider
from ._sizes import Size
from ._vocabulary import Name


class PartitionInputs(_filesystem.DeviceInputs):
    """A partition; `block_device` is a disk's database id, no `size` takes what is left of it.

    A partition has no name, so `key` tells those apart that are otherwise the same.
    """

    machine: Name
    block_device: int
    size: Size | None = None
    bootable: bool = False
    key: str | None = None


class PartitionProvider(RegionProvider[PartitionInputs]):
    """Partitions have no name: what this program makes it knows by id, and what others made it leaves alone."""

    inputs = PartitionInputs
    computed = ("partition_id", "actual_size", "path")
    replace_on = frozenset({"machine", "block_device", "size", "bootable", "key"})

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        yield from _filesystem.refusals(news)

    def make(self, inputs: PartitionInputs) -> _base.Made:
        region = self.region()
        parts = region.partitions(inputs.machine, inputs.block_device)
        intent = _intent(region, inputs)
        there = parts.list()
        noted = intent.recall()
        part = _ours(there, noted["before"], inputs) if noted else None
        if part is None:
            before = [p.id for p in there]
            intent.note(before=before)
            size: dict[str, Any] = {} if inputs.size is None else {"size": inputs.size}
            label = f"on disk {inputs.block_device} of {inputs.machine}"
            part = parts.create(label, lambda: _ours(parts.list(), before, inputs), bootable=inputs.bootable, **size)
        self._apply(parts, part, inputs, {})
        return _base.Made(id=f"{inputs.machine}/{inputs.block_device}/{part.id}", outputs=_outputs(part))

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        system_id, disk_id, part_id = id_.split("/")
        part = self.region().partitions(system_id, int(disk_id)).read(part_id)
        if part is None:
            return None
        size = _sizes.told(part.size, old.get("size"))
        found = {**_filesystem.told(part, old), "size": size, "bootable": part.bootable}
        return _base.Found(inputs=found, outputs=_outputs(part))

    def change(self, id_: str, old: _base.Props, inputs: PartitionInputs) -> Mapping[str, Any]:
        parts = self.region().partitions(inputs.machine, inputs.block_device)
        part = parts.read(id_.split("/")[2])
        if part is None:
            raise self.gone(f"partition {id_}")
        self._apply(parts, part, inputs, old)
        return _outputs(part)

    def remove(self, id_: str, old: _base.Props) -> None:
        system_id, disk_id, part_id = id_.split("/")
        region = self.region()
        region.partitions(system_id, int(disk_id)).delete(part_id)
        _intent(region, self.parse(old)).forget()

    def _apply(self, parts: maas.Collection[Part], part: Part, inputs: PartitionInputs, old: _base.Props) -> None:
        def act(action: str, **fields: Any) -> Any:
            return parts.act(part.id, action, **fields)

        _filesystem.settle(act, part, inputs, old)


class Partition(_base.Resource, module="maas", name="Partition"):
    """A partition of a disk of a machine of MAAS."""

    provider_class = PartitionProvider
    machine: pulumi.Output[str]
    block_device: pulumi.Output[int]
    partition_id: pulumi.Output[int]
    """The database's id, which RAIDs and volume groups refer to."""
    actual_size: pulumi.Output[int]
    """Bytes, as MAAS rounded them."""
    path: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        machine: pulumi.Input[str],
        block_device: pulumi.Input[int],
        size: pulumi.Input[int | str] | None = None,
        bootable: pulumi.Input[bool] = False,
        tags: pulumi.Input[list[str]] | None = None,
        key: pulumi.Input[str] | None = None,
        fs_type: pulumi.Input[str] | None = None,
        label: pulumi.Input[str] | None = None,
        mount_point: pulumi.Input[str] | None = None,
        mount_options: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in PartitionInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _intent(region: maas.Maas, inputs: PartitionInputs) -> Intent:
    key = f"{inputs.block_device} {inputs.size} {inputs.mount_point} {inputs.label} {inputs.key}"
    return Intent(region.session.url, f"partition of {inputs.machine}", key)


def _ours(found: list[Part], before: list[int], inputs: PartitionInputs) -> Part | None:
    """The partition that an interrupted create of ours left: one that was not there, of the size that we asked for."""
    fresh = (part for part in found if part.id not in before and part.bootable == inputs.bootable)
    return next((part for part in fresh if inputs.size is None or _sizes.same(part.size, inputs.size)), None)


def _outputs(part: Part) -> dict[str, Any]:
    return {"partition_id": part.id, "actual_size": part.size, "path": part.path}
