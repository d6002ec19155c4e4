"""Ceph's OSDs: which disks of which machines hold one, their ids, and what the cluster makes of it.

A ceph-osd unit makes an OSD of every disk that its option names and its machine has, of every one that the action add-disk names,
and of its storage; an OSD that remove-disk took away does not come back by itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from ..world import World
from .records import Application, Model, Unit
from .store import charm_for, option, relations_of, units_of

REPLICATION = "ceph-osd-replication-count"
_WITH_FOLDERS = ("luminous", "mimic")
"""Tracks whose charm makes an OSD of a folder too; from Nautilus on it wants a device."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Osd:
    """An OSD; `up` says whether its machine answers, `out` whether the cluster keeps no data on it."""

    id: int
    device: str
    unit: str
    machine: str
    up: bool
    out: bool

    @property
    def name(self) -> str:
        """As Ceph names it."""
        return f"osd.{self.id}"


def devices(world: World, model: Model, unit: Unit) -> list[str]:
    """The devices of a unit that hold an OSD, by the names that the option or the action gave them."""
    app, gone = model.applications[unit.application], unit.state.get("removed", [])
    asked = [*str(option(model, app, "osd-devices") or "").split(), *unit.state.get("added", [])]
    disks = disks_of(world, model, unit)
    found, taken = [], set()
    for path in dict.fromkeys(asked):
        disk = next((name for name, serial in disks if _is(path, name, serial)), None) or _folder(app, path)
        if disk and disk not in taken and path not in gone:
            taken.add(disk)
            found.append(path)
    return found + [tag for tag in unit.storage if tag.startswith("storage-osd-devices-")]


def _folder(app: Application, path: str) -> str | None:
    older = app.channel.partition("/")[0] in _WITH_FOLDERS
    return path if older and path.startswith("/") and not path.startswith("/dev/") else None


def osds(world: World, model: Model, app: Application) -> list[Osd]:
    """The OSDs of an application; each gets its number when it is first seen."""
    ids: dict[str, int] = app.state.setdefault("osd-ids", {})
    found = []
    for unit in units_of(model, app.name):
        for device in devices(world, model, unit) if unit.started else ():
            key = f"{unit.name} {device}"
            number = ids.setdefault(key, min(set(range(len(ids) + 1)) - set(ids.values())))
            machine = model.machines[unit.machine]
            up = machine.present and not unit.paused
            out = number in unit.state.get("out", [])
            found.append(Osd(id=number, device=device, unit=unit.name, machine=machine.id, up=up, out=out))
    return found


def cluster(world: World, model: Model) -> list[Osd]:
    """All OSDs of a model."""
    return [osd for app in model.applications.values() if app.charm == "ceph-osd" for osd in osds(world, model, app)]


def copies(model: Model) -> int:
    """On how many hosts each object is to be: what Ceph's clients ask for."""
    return max(_asked(model), default=3)


def safe_without(world: World, model: Model, gone: Osd) -> bool:
    """Whether the other OSDs can hold all copies without one."""
    left = [osd for osd in cluster(world, model) if osd.up and not osd.out and osd.name != gone.name]
    return len({osd.machine for osd in left}) >= copies(model)


def health(world: World, model: Model, flags: list[str]) -> str:
    """What `ceph health` says."""
    found = cluster(world, model)
    down = [osd for osd in found if not osd.up]
    hosts = {osd.machine for osd in found if osd.up and not osd.out}
    said = [f"{flag} flag(s) set" for flag in flags]
    if down:
        said.append(f"{len(down)} osds down")
    if len(hosts) < copies(model):
        said.append("Degraded data redundancy: 33 pgs undersized")
    return f"HEALTH_WARN {'; '.join(said)}\n" if said else "HEALTH_OK\n"


def _asked(model: Model) -> Iterator[int]:
    for app in model.applications.values():
        others = (relation.other_end(app.name).application for relation in relations_of(model, app.name))
        clients = any(model.applications[other].charm == "ceph-mon" for other in others if other in model.applications)
        if clients and REPLICATION in charm_for(model, app).options:
            yield int(option(model, app, REPLICATION) or 3)


def disks_of(world: World, model: Model, unit: Unit) -> list[tuple[str, str]]:
    """Name and serial of the disks of a unit's machine but the one with the operating system."""
    for nic in model.machines[unit.machine].interfaces.values():
        hardware = world.by_mac(nic["mac-address"])
        if hardware:
            return [(disk.name, disk.serial) for disk in hardware.disks[1:]]
    return []


def _is(path: str, name: str, serial: str) -> bool:
    last = path.rsplit("/", 1)[-1]
    return last == name or bool(serial and serial in last)
