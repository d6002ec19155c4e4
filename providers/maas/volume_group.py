"""LVM volume groups, by name. Disks and partitions join and leave in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from clients import maas
from clients.maas.storage import VolumeGroup as Group

from .. import _base
from . import _members
from ._members import IdList
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Name

KINDS = ("block_devices", "partitions")


class VolumeGroupInputs(_base.Inputs):
    """A volume group on disks and partitions, by their database ids."""

    machine: Name
    name: Name
    block_devices: IdList | None = None
    partitions: IdList | None = None


class VolumeGroupProvider(PlainProvider[VolumeGroupInputs, Group]):
    """Volume groups by machine and name."""

    inputs = VolumeGroupInputs
    computed = ("volume_group_id", "size", *OUTPUTS)
    replace_on = frozenset({"machine"})
    noun = "volume group"
    ours = frozenset({"machine"})

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        if not any(_base.is_unknown(news.get(kind)) or news.get(kind) for kind in KINDS):
            yield "block_devices", "a volume group needs at least one disk or partition"

    def label(self, inputs: VolumeGroupInputs) -> str:
        return f"{inputs.name} of {inputs.machine}"

    def collection(self, region: maas.Maas) -> maas.Collection[Group]:
        raise TypeError("volume groups are in their machine")

    def matches(self, record: Group, inputs: VolumeGroupInputs) -> bool:
        return record.name == inputs.name

    def find(self, region: maas.Maas, inputs: VolumeGroupInputs) -> Group | None:
        groups = region.volume_groups(inputs.machine).list()
        return next((group for group in groups if self.matches(group, inputs)), None)

    def look(self, region: maas.Maas, id_: str) -> Group | None:
        return region.volume_groups(id_.split("/", maxsplit=1)[0]).read(id_.split("/")[1])

    def add(self, region: maas.Maas, inputs: VolumeGroupInputs, fields: Mapping[str, Any]) -> Group:
        groups = region.volume_groups(inputs.machine)
        return groups.create(self.label(inputs), lambda: self.find(region, inputs), **fields)

    def edit(self, region: maas.Maas, record: Group, fields: Mapping[str, Any]) -> Group:
        members = {kind: getattr(record, kind) for kind in KINDS}
        moves = _members.moves(members, {kind: fields.get(kind) or (None if kind not in fields else []) for kind in KINDS})
        plain = {k: v for k, v in fields.items() if k not in KINDS}
        return region.volume_groups(record.system_id).update(record.id, **plain, **moves)

    def drop(self, region: maas.Maas, record: Group) -> None:
        region.volume_groups(record.system_id).delete(record.id)

    def id_of(self, record: Group) -> str:
        return f"{record.system_id}/{record.id}"

    def seen(self, record: Group) -> dict[str, Any]:
        return {"machine": record.system_id, "name": record.name, **{kind: sorted(getattr(record, kind)) for kind in KINDS}}

    def outputs(self, record: Group) -> dict[str, Any]:
        return {"volume_group_id": record.id, "size": record.size}


class VolumeGroup(_base.Resource, module="maas", name="VolumeGroup"):
    """An LVM volume group of a machine of MAAS."""

    provider_class = VolumeGroupProvider
    machine: pulumi.Output[str]
    name: pulumi.Output[str]
    volume_group_id: pulumi.Output[int]
    """The database's id, which logical volumes refer to."""
    size: pulumi.Output[int]
    """Bytes."""

    def __init__(
        self,
        resource_name: str,
        *,
        machine: pulumi.Input[str],
        name: pulumi.Input[str],
        block_devices: pulumi.Input[list[int]] | None = None,
        partitions: pulumi.Input[list[int]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {"machine": machine, "name": name, "block_devices": block_devices, "partitions": partitions}
        super().__init__(resource_name, given, opts)
