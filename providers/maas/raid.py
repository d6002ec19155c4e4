"""Software RAIDs, by name. Members and spares come and go in place; another level is another RAID."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pulumi

from clients import maas
from clients.maas.storage import Raid as Record

from .. import _base
from .._intents import Intent
from . import _filesystem, _members
from ._members import IdList
from ._region import RegionProvider
from ._vocabulary import Name

KINDS = ("block_devices", "partitions", "spare_devices", "spare_partitions")
LEAST: Mapping[str, int] = {"raid-0": 2, "raid-1": 2, "raid-5": 3, "raid-6": 4, "raid-10": 3}


class RaidInputs(_filesystem.FilesystemInputs):
    """A RAID on disks and partitions, by their database ids."""

    machine: Name
    name: Name
    level: Literal["raid-0", "raid-1", "raid-5", "raid-6", "raid-10"]
    block_devices: IdList | None = None
    partitions: IdList | None = None
    spare_devices: IdList | None = None
    spare_partitions: IdList | None = None


class RaidProvider(RegionProvider[RaidInputs]):
    """RAIDs by machine and name."""

    inputs = RaidInputs
    computed = ("raid_id", "block_device_id", "size", "path", "adopted")
    replace_on = frozenset({"machine", "level"})

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        yield from _filesystem.refusals(news)
        members = [news.get(kind) or [] for kind in KINDS[:2]]
        if not _base.is_unknown(members) and not _base.is_unknown(news.get("level")):
            count, least = sum(map(len, members)), LEAST[news["level"]]
            if count < least:
                yield "block_devices", f"a {news['level']} needs at least {least} members besides spares (got {count})"

    def make(self, inputs: RaidInputs) -> _base.Made:
        region = self.region()
        raids = region.raids(inputs.machine)
        intent = Intent(region.session.url, f"RAID of {inputs.machine}", inputs.name)
        found = _find(raids, inputs)
        adopted = found is not None and intent.recall() is None
        if found is None:
            intent.note(adopted=False)
            members = {kind: getattr(inputs, kind) for kind in KINDS if getattr(inputs, kind)}
            label = f"{inputs.name} of {inputs.machine}"
            found = raids.create(label, lambda: _find(raids, inputs), name=inputs.name, level=inputs.level, **members)
        elif found.level != inputs.level:
            raise _base.ExpectedError(f"{inputs.machine} already has a {found.level} {inputs.name}, not a {inputs.level}")
        found = self._apply(region, found, inputs, {})
        return _base.Made(id=f"{inputs.machine}/{found.id}", outputs={**_outputs(found), "adopted": adopted})

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        system_id, raid_id = id_.split("/")
        raid = self.region().raids(system_id).read(raid_id)
        if raid is None:
            return None
        members = {kind: sorted(getattr(raid, kind)) for kind in KINDS}
        found = {"name": raid.name, "level": raid.level, **members, **_filesystem.seen(raid.virtual_device.filesystem)}
        return _base.Found(inputs=found, outputs=_outputs(raid))

    def change(self, id_: str, old: _base.Props, inputs: RaidInputs) -> Mapping[str, Any]:
        region = self.region()
        raid = region.raids(inputs.machine).read(id_.split("/")[1])
        if raid is None:
            raise self.gone(f"RAID {inputs.name}")
        return _outputs(self._apply(region, raid, inputs, old))

    def remove(self, id_: str, old: _base.Props) -> None:
        region, inputs = self.region(), self.parse(old)
        if not old.get("adopted"):
            region.raids(inputs.machine).delete(id_.split("/")[1])
        Intent(region.session.url, f"RAID of {inputs.machine}", inputs.name).forget()

    def _apply(self, region: maas.Maas, raid: Record, inputs: RaidInputs, old: _base.Props) -> Record:
        wanted = {kind: getattr(inputs, kind) if getattr(inputs, kind) is not None or kind not in old else [] for kind in KINDS}
        news: dict[str, Any] = dict(_members.moves({kind: getattr(raid, kind) for kind in KINDS}, wanted))
        if raid.name != inputs.name:
            news["name"] = inputs.name
        if news:
            raid = region.raids(inputs.machine).update(raid.id, **news)
        disk = raid.virtual_device

        def act(action: str, **fields: Any) -> Any:
            return region.block_devices(inputs.machine).act(disk.id, action, **fields)

        _filesystem.apply(act, disk.filesystem, inputs, was_ours="fs_type" in old)
        return raid


class Raid(_base.Resource, module="maas", name="Raid"):
    """A software RAID of a machine of MAAS."""

    provider_class = RaidProvider
    machine: pulumi.Output[str]
    name: pulumi.Output[str]
    level: pulumi.Output[str]
    raid_id: pulumi.Output[int]
    block_device_id: pulumi.Output[int]
    """The database's id of the disk that it looks like."""
    size: pulumi.Output[int]
    """Bytes."""
    path: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        machine: pulumi.Input[str],
        name: pulumi.Input[str],
        level: pulumi.Input[str],
        block_devices: pulumi.Input[list[int]] | None = None,
        partitions: pulumi.Input[list[int]] | None = None,
        spare_devices: pulumi.Input[list[int]] | None = None,
        spare_partitions: pulumi.Input[list[int]] | None = None,
        fs_type: pulumi.Input[str] | None = None,
        label: pulumi.Input[str] | None = None,
        mount_point: pulumi.Input[str] | None = None,
        mount_options: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in RaidInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _find(raids: maas.Collection[Record], inputs: RaidInputs) -> Record | None:
    return next((raid for raid in raids.list() if raid.name == inputs.name), None)


def _outputs(raid: Record) -> dict[str, Any]:
    disk = raid.virtual_device
    return {"raid_id": raid.id, "block_device_id": disk.id, "size": disk.size, "path": disk.path}
