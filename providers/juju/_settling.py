"""When a model counts as settled, and when waiting for it is pointless. Pure: a status goes in, a verdict comes out.

Settled is: the machines run, every application has its units, every workload and agent is where it should be, every relation is
joined. An application may be expected to be blocked until somebody does something (Vault, until it is initialised); then those
that wait for its certificates are as they should be too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Final

from clients.juju import Detail, Machine, Relation, Status, Unit, naming

HOOK_GRACE: Final = 60.0
"""Seconds in which Juju's own next try may mend a failed hook."""
AGENT_GRACE: Final = 300.0
"""Seconds in which an agent may come back, as from a reboot."""

STANDSTILL: Final = 1800.0
"""Seconds without any change after which a blocked unit waits for somebody, not for something."""

GOOD: Final = frozenset({"active", "unknown"})
"""Workload states that are an end; "unknown" is that of charms that never say anything."""

_UNPROVISIONED: Final = frozenset({"provisioning error", "error"})
_PROMISES: Final = "tls-certificates"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wanted:
    """The model that is waited for.

    Attributes:
        applications: how many units each has, subordinates included.
        machines: how many machines and containers there are at least.
        expected_blocked: by application, how the message begins with which it may be blocked.
    """

    applications: Mapping[str, int]
    machines: int = 0
    expected_blocked: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Failure:
    """What waiting won't mend; `machine` is where, `unit` is None for a machine itself, `since` is seconds since the epoch.

    `lost` is what doesn't answer: somebody may just be switching its machine on.
    """

    text: str
    machine: str
    unit: str | None = None
    retryable: bool = False
    lost: bool = False
    since: float = 0.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is missing, a line each, and what failed; both empty is settled."""

    unsettled: tuple[str, ...]
    failures: tuple[Failure, ...]


def judge(status: Status, wanted: Wanted) -> Verdict:
    """Says how far a model is from settled."""
    fine = fine_units(status, wanted)
    spare = _spare(status, wanted, fine)
    unsettled = [*_machines_missing(status, wanted, spare), *_units_missing(status, wanted, fine, spare)]
    failed = (failure for failure in failures(status) if (failure.unit or failure.machine) not in spare)
    return Verdict(unsettled=(*unsettled, *_relations_missing(status, wanted)), failures=tuple(failed))


def fine_units(status: Status, wanted: Wanted) -> frozenset[str]:
    """The units whose workload is as it should be, whatever their agents do."""
    blocked = {a for a, text in wanted.expected_blocked.items() if _blocked_as_expected(status, a, text)}
    waiting = _waiting_for(status, blocked)
    units = (u for u in status.units.values() if not u.dying)
    return frozenset(u.name for u in units if u.workload.current in GOOD or u.application in blocked or u.name in waiting)


def fine_machine(machine: Machine) -> bool:
    """Whether a machine runs."""
    return machine.agent.current == "started" and machine.instance.current == "running"


def idle(agent: Detail) -> bool:
    """Whether an agent has nothing to do, or only what it does every five minutes."""
    return agent.current == "idle" or (agent.current == "executing" and "update-status" in agent.message)


class Hold:
    """Says when a model has been settled for long enough, by the controller's clock.

    The time counts from the first look: what was settled before may be about to react to what has just been changed.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._first: float | None = None

    def over(self, status: Status, verdict: Verdict) -> bool:
        """Takes the next status; True once nothing was missing for the whole time."""
        if verdict.unsettled:
            self._first = None
            return False
        if self._first is None:
            self._first = status.at
        return status.at - self._first >= self._seconds


class Standstill:
    """Says when what is missing will not come by itself: a unit is blocked, and nobody has had anything to do for long."""

    def __init__(self) -> None:
        self._missing: tuple[str, ...] = ()
        self._since = 0.0

    def over(self, status: Status, verdict: Verdict) -> bool:
        """Takes the next status; True once the same has been missing for the whole time."""
        missing = verdict.unsettled if _at_rest(status) else ()
        if missing != self._missing:
            self._missing, self._since = missing, status.at
        return any(": blocked" in line for line in missing) and status.at - self._since >= STANDSTILL


def _at_rest(status: Status) -> bool:
    return all(fine_machine(m) for m in status.machines.values()) and all(idle(u.agent) for u in status.units.values())


def _blocked_as_expected(status: Status, application: str, text: str) -> bool:
    units = status.units_of(application)
    return any(u.workload.current == "blocked" and u.workload.message.startswith(text) for u in units) and all(
        u.workload.current in GOOD or (u.workload.current == "blocked" and u.workload.message.startswith(text)) for u in units
    )


def _waiting_for(status: Status, blocked: set[str]) -> frozenset[str]:
    """Units that wait for certificates of a blocked application, and those that wait for them in turn."""
    found: set[str] = set()
    while True:
        held = {naming.application_of(name) for name in found}
        more = {
            u.name
            for u in status.units.values()
            if u.name not in found and u.workload.current in ("waiting", "blocked") and _excused(u, status, blocked, held)
        }
        if not more:
            return frozenset(found)
        found |= more


def _excused(unit: Unit, status: Status, blocked: set[str], held: set[str]) -> bool:
    for relation in status.relations:
        mine, others = _sides(relation, unit.application)
        if mine is None:
            continue
        if others & blocked and relation.interface == _PROMISES and "certificate" in unit.workload.message.lower():
            return True
        if others & held and f"'{mine}'" in unit.workload.message:
            return True
    return False


def _sides(relation: Relation, application: str) -> tuple[str | None, set[str]]:
    """The name of an application's endpoint in a relation, and the applications at the other end."""
    ends = [naming.endpoint(e) for e in relation.endpoints]
    mine = next((name for app, name in ends if app == application), None)
    return mine, {app for app, _ in ends if app != application}


def _spare(status: Status, wanted: Wanted, fine: frozenset[str]) -> frozenset[str]:
    """Units and machines that are not well, and not needed: as many as are wanted are well without them.

    A worker that is taken out leaves last of all, after the model has settled without it.
    """
    units: set[str] = set()
    for application, count in wanted.applications.items():
        there = status.units_of(application)
        unwell = {unit.name for unit in there if not _well(unit, fine)}
        units |= unwell if len(there) - len(unwell) >= count else set()
    if sum(fine_machine(m) for m in status.machines.values()) < wanted.machines:
        return frozenset(units)
    unwell_machines = (m.id for m in status.machines.values() if not fine_machine(m))
    return frozenset(units.union(id_ for id_ in unwell_machines if _carries_only(status, id_, units)))


def _carries_only(status: Status, machine: str, units: set[str]) -> bool:
    parts = [machine, *(container.id for container in status.containers_of(machine))]
    carried = [unit.name for part in parts for unit in status.units_on(part)]
    return bool(carried) and units.issuperset(carried)


def _well(unit: Unit, fine: frozenset[str]) -> bool:
    return unit.name in fine and not unit.dying and idle(unit.agent)


def _machines_missing(status: Status, wanted: Wanted, spare: frozenset[str]) -> Iterator[str]:
    alive = [m for m in status.machines.values() if not (m.agent.life or m.instance.life)]
    if len(alive) < wanted.machines:
        yield f"{len(alive)} of {wanted.machines} machines are there"
    for machine in alive:
        if not fine_machine(machine) and machine.id not in spare:
            yield f"machine {machine.id}: {say(machine.instance)}, agent {say(machine.agent)}"


def _units_missing(status: Status, wanted: Wanted, fine: frozenset[str], spare: frozenset[str]) -> Iterator[str]:
    for application, count in sorted(wanted.applications.items()):
        units = [unit for unit in status.units_of(application) if unit.name not in spare]
        if application not in status.applications:
            yield f"{application}: not there"
        elif len(units) < count:
            yield f"{application}: {len(units)} of {count} units"
        for unit in units:
            if unit.dying:
                yield f"{unit.name}: on its way out"
            elif unit.name not in fine:
                yield f"{unit.name}: {say(unit.workload)}"
            elif not idle(unit.agent):
                yield f"{unit.name}: {say(unit.workload)}, agent {say(unit.agent)}"


def _relations_missing(status: Status, wanted: Wanted) -> Iterator[str]:
    for relation in status.relations:
        applications = [naming.endpoint(e)[0] for e in relation.endpoints]
        expected = len(applications) == 2 and all(wanted.applications.get(a) for a in applications)
        if expected and relation.status.current not in ("joined", ""):
            yield f"relation {' '.join(relation.endpoints)}: {say(relation.status)}"


def failures(status: Status) -> Iterator[Failure]:
    """What has gone wrong in a model and does not mend itself."""
    for machine in status.machines.values():
        if machine.instance.current in _UNPROVISIONED:
            text = f"machine {machine.id} can't be provisioned: {machine.instance.message or machine.instance.current}"
            yield Failure(text=text, machine=machine.id, retryable=True, since=machine.instance.since)
        elif machine.agent.current in ("down", "error") and _past(machine.agent, status, AGENT_GRACE):
            yield Failure(text=f"machine {machine.id} is lost: {say(machine.agent)}", machine=machine.id, lost=True)
    for unit in status.units.values():
        if unit.workload.current == "error" and _past(unit.workload, status, HOOK_GRACE):
            yield Failure(text=f"{unit.name} has failed: {unit.workload.message}", machine=unit.machine, unit=unit.name)
        elif unit.agent.current in ("lost", "failed", "error") and _past(unit.agent, status, AGENT_GRACE):
            text = f"{unit.name} has lost its agent: {say(unit.agent)}"
            yield Failure(text=text, machine=unit.machine, unit=unit.name, lost=True)


def _past(detail: Detail, status: Status, grace: float) -> bool:
    return status.at - detail.since >= grace


def say(detail: Detail) -> str:
    """A status for people."""
    return f"{detail.current or 'unknown'} ({detail.message})" if detail.message else detail.current or "unknown"
