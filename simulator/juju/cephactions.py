"""What the charms ceph-osd and ceph-mon answer to their actions."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from . import osds
from .charmactions import ActionError, Answer
from .parts import Parts
from .records import Model, Unit

FLAGS = "ceph-flags"


def list_disks(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """The unit's disks; those that hold an OSD are not mounted either, and are in the list."""
    found = [f"/dev/{name}" for name, _ in osds.disks_of(parts.world, model, unit)]
    return {"disks": str(found), "blacklist": str(unit.state.get("blacklist", [])), "non-pristine": "[]"}


def add_disk(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Makes OSDs of devices; what is no absolute path is passed over."""
    paths = [path for path in str(asked["osd-devices"]).split() if os.path.isabs(path)]
    unit.state["removed"] = [path for path in unit.state.get("removed", []) if path not in paths]
    unit.state["added"] = list(dict.fromkeys([*unit.state.get("added", []), *paths]))
    return {}


def zap_disk(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Empties devices that hold no OSD."""
    if not asked.get("i-really-mean-it"):
        raise ActionError("i-really-mean-it is a required parameter")
    there = {f"/dev/{name}" for name, _ in osds.disks_of(parts.world, model, unit)}
    paths = str(asked["devices"]).split(" ")
    for path in paths:
        if not os.path.isabs(path):
            raise ActionError(f"{path}: Not absolute path.")
        if path not in there and not path.startswith("/dev/disk/"):
            raise ActionError(f"{path}: Device does not exists.")
    used = [path for path in paths if path in osds.devices(parts.world, model, unit)]
    if used:
        raise ActionError(f"{len(used)} devices are mounted: {', '.join(used)}")
    devices = " ".join(paths)
    said = f"{len(paths)} disk(s) have been zapped, to use them as OSDs, run: \n"
    return {"message": f'{said}juju run-action {unit.name} add-disk osd-devices="{devices}"'}


def remove_disk(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Takes OSDs out of the cluster, once the others hold what they held."""
    ids, devices = str(asked.get("osd-ids") or "").split(), str(asked.get("osd-devices") or "").split()
    if int(asked.get("timeout", 5)) <= 0:
        raise ActionError("timeout must be > 0")
    if not ids and not devices:
        raise ActionError("One of osd-ids or osd-devices must be provided")
    report, errors = dict[str, Any](), list[str]()
    for name in [*ids, *devices]:
        try:
            osd = _own(parts, model, unit, name, is_id=name in ids)
            _remove(parts, model, unit, osd, asked)
            report[osd.device] = {"osd-ids": osd.name}
        except ActionError as exc:
            errors.append(str(exc))
    said = json.dumps(report) if asked.get("format") == "json" else _told(unit, report)
    if errors:
        raise ActionError(f"Failed to remove devices: {','.join(errors)}", {"message": said})
    return {"message": said}


def _own(parts: Parts, model: Model, unit: Unit, name: str, *, is_id: bool) -> osds.Osd:
    wanted = name if not is_id or name.startswith("osd.") else f"osd.{name}"
    for osd in osds.osds(parts.world, model, model.applications[unit.application]):
        if osd.unit == unit.name and wanted == (osd.name if is_id else osd.device):
            return osd
    raise ActionError(f"Invalid osd ID: {wanted}" if is_id else f"Device {name} is not being used")


def _remove(parts: Parts, model: Model, unit: Unit, osd: osds.Osd, asked: dict[str, Any]) -> None:
    if not asked.get("force") and not osds.safe_without(parts.world, model, osd):
        raise ActionError("timed out waiting for an OSD to be safe to destroy")
    unit.state["added"] = [path for path in unit.state.get("added", []) if path != osd.device]
    unit.state["removed"] = [*unit.state.get("removed", []), osd.device]
    unit.state["out"] = [number for number in unit.state.get("out", []) if number != osd.id]
    del model.applications[unit.application].state["osd-ids"][f"{unit.name} {osd.device}"]


def _told(unit: Unit, report: dict[str, Any]) -> str:
    lines = [f"{len(report)} disks have been removed", "To replace them, run:"]
    lines += [
        f"juju run {unit.name} add-disk osd-devices={device} osd-ids={found['osd-ids']}" for device, found in report.items()
    ]
    return "\n".join(lines)


def osd_out(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Lets OSDs of this unit hold no data any more."""
    return _marked(parts, model, unit, asked, "out")


def osd_in(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Lets OSDs of this unit hold data again."""
    return _marked(parts, model, unit, asked, "in")


def _marked(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any], way: str) -> dict[str, Any]:
    mine = [osd.id for osd in osds.osds(parts.world, model, model.applications[unit.application]) if osd.unit == unit.name]
    names = [name for name in str(asked["osds"]).split(",") if name]
    wanted = [str(number) for number in mine] if "all" in names else names
    strange = [name for name in wanted if name not in {str(number) for number in mine}]
    if strange:
        raise ActionError(f"invalid ceph OSD device id: {','.join(strange)}")
    out = set(unit.state.get("out", []))
    numbers = {int(name) for name in wanted}
    unit.state["out"] = sorted(out | numbers if way == "out" else out - numbers)
    outputs = "\n".join(f"marked {way} osd.{name}. " for name in wanted)
    text = f"osd-{way} action was successfully executed for ceph OSD devices [{','.join(wanted)}]"
    return {"message": text, "outputs": outputs}


def get_health(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """What `ceph health` says, with its newline."""
    return {"message": osds.health(parts.world, model, model.applications[unit.application].state.get(FLAGS, []))}


def flag(name: str, *, there: bool) -> Answer:
    """An action that sets or takes a flag of the cluster."""

    def answer(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
        state = model.applications[unit.application].state
        kept = [each for each in state.get(FLAGS, []) if each != name]
        state[FLAGS] = [*kept, name] if there else kept
        return {"message": f"{name} is {'set' if there else 'unset'}"}

    return answer


ANSWERS: dict[tuple[str, str], Callable[[Parts, Model, Unit, dict[str, Any]], dict[str, Any]]] = {
    ("ceph-osd", "list-disks"): list_disks,
    ("ceph-osd", "add-disk"): add_disk,
    ("ceph-osd", "zap-disk"): zap_disk,
    ("ceph-osd", "remove-disk"): remove_disk,
    ("ceph-osd", "osd-out"): osd_out,
    ("ceph-osd", "osd-in"): osd_in,
    ("ceph-mon", "get-health"): get_health,
    ("ceph-mon", "set-noout"): flag("noout", there=True),
    ("ceph-mon", "unset-noout"): flag("noout", there=False),
}
