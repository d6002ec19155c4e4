"""Script results: made when scripts start, filled while they run, summed up as one status."""

from __future__ import annotations

from collections.abc import Iterable

from .records.images import Script, ScriptResult, ScriptSet
from .records.node import Node
from .region import Region

COMMISSIONING, INSTALLATION, TESTING, RELEASE = 0, 1, 2, 3
PENDING, RUNNING, PASSED, FAILED, TIMEDOUT, ABORTED, DEGRADED, INSTALLING, FAILED_INSTALLING = range(9)
TITLES = [
    "Pending",
    "Running",
    "Passed",
    "Failed",
    "Timed out",
    "Aborted",
    "Degraded",
    "Installing dependencies",
    "Failed installing dependencies",
    "Skipped",
]
TYPES = {COMMISSIONING: "Commissioning", INSTALLATION: "Installation", TESTING: "Testing"}
BAD = (FAILED, TIMEDOUT, FAILED_INSTALLING)
_HARDWARE = {"other": 0, "cpu": 1, "memory": 2, "storage": 3, "network": 4, "interface": 4}


def title(status: int) -> str:
    """A result's status in words."""
    return "Unknown" if status < 0 else TITLES[status]


def begin(region: Region, node: Node, kind: int, scripts: Iterable[tuple[str, Script | None]]) -> ScriptSet:
    """Makes a set of pending results."""
    store = region.store
    made = store.add(store.scriptsets, ScriptSet(node=node.system_id, type=kind, created=region.now()))
    for name, script in scripts:
        result = ScriptResult(name=name, script_id=script.id if script else None, created=region.now(), updated=region.now())
        made.results.append(store.number(result))
    return made


def current(region: Region, number: int | None) -> ScriptSet | None:
    """The set of this number."""
    return region.store.scriptsets.get(number) if number is not None else None


def finish(region: Region, number: int | None, status: int, *, failing: str = "", output: str = "") -> None:
    """Ends what of a set has not ended: with `status`, but the script `failing` fails with `output`."""
    found = current(region, number)
    for result in found.results if found else []:
        if result.status not in (PENDING, RUNNING):
            continue
        result.updated = region.now()
        result.status = FAILED if result.name == failing else status
        if result.status in (PASSED, FAILED):
            result.started = result.started or result.created
            result.ended = region.now()
            result.exit_status = 1 if result.status == FAILED else 0
            result.output = output if result.name == failing else ""


def summary(results: Iterable[ScriptResult]) -> int:
    """One status for many: the worst that ended, unless some still run; -1 for none."""
    found = {result.status for result in results if not result.suppressed}
    for status in (RUNNING, INSTALLING, PENDING, *BAD, DEGRADED, ABORTED, PASSED):
        if status in found:
            return status
    return -1


def status_of(region: Region, number: int | None, kind: str | None = None) -> int:
    """The status of a set, or of its scripts for one kind of hardware; -1 when there is nothing to tell.

    What was aborted tells nothing.
    """
    found = current(region, number)
    if not found:
        return -1
    results = found.results
    if kind:
        results = [each for each in results if _kind(region, each) == _HARDWARE[kind] and kind != "interface"]
    status = summary(results)
    return -1 if status == ABORTED else status


def _kind(region: Region, result: ScriptResult) -> int:
    script = region.store.scripts.get(result.script_id) if result.script_id is not None else None
    return script.hardware_type if script else 0
