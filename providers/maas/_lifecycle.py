"""A machine's way through MAAS: commissioned and tested until Ready, and given back.

Every wait is on the region's shared watcher. A failure says what MAAS knows of it, and concerns its machine only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from clients import maas
from clients.errors import DeadlineError
from clients.maas import Machine, Status, errors

from .. import _base
from ._progress import Progress

UNDER_WAY: Final = frozenset({Status.COMMISSIONING, Status.TESTING})
UNFIT: Final = frozenset({Status.NEW, Status.FAILED_COMMISSIONING, Status.FAILED_TESTING})
"""Not commissioned, or not with success."""
FAILED: Final = frozenset({Status.FAILED_COMMISSIONING, Status.FAILED_TESTING})
GOING: Final = frozenset({Status.RELEASING, Status.DISK_ERASING})
TAKEN: Final = frozenset({Status.ALLOCATED, Status.DEPLOYING, Status.DEPLOYED, Status.FAILED_DEPLOYMENT, Status.RESERVED})
RELEASABLE: Final = TAKEN | {Status.FAILED_RELEASING, Status.FAILED_DISK_ERASING, Status.BROKEN}

_POWER_OFF_SECONDS: Final = 60.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Terms:
    """How a machine is commissioned: MAAS's options, how often it is tried again, seconds that each try may take."""

    options: Mapping[str, Any]
    retries: int
    deadline: float


def commission(region: maas.Maas, machine: Machine, terms: Terms, progress: Progress) -> Machine:
    """Brings a machine to Ready; one that is further on stays as it is.

    Raises:
        ExpectedError: when it fails more often than `terms` allow, with MAAS's own events and script results.
    """
    for attempt in range(terms.retries + 1):
        if machine.status in UNFIT:
            machine = start(region, machine, terms, progress)
        machine = _ended(region, machine, terms, progress)
        if machine.status not in UNFIT:
            return machine
        if attempt < terms.retries:
            progress.say(f"{machine.status_name}, trying again ({attempt + 1} of {terms.retries})")
    raise _base.ExpectedError(_failure(region, machine, terms))


def start(region: maas.Maas, machine: Machine, terms: Terms, progress: Progress) -> Machine:
    """Starts commissioning, or testing where that is what is left to do."""
    action, options = "commission", dict(terms.options)
    if machine.status == Status.FAILED_TESTING:  # it was commissioned well, and can't be again before its tests pass
        action, options = "test", {k: v for k, v in options.items() if k.startswith(("testing_scripts", "enable_ssh"))}
    started = region.machines.operate(
        machine.system_id, action, lambda m: m.status in UNDER_WAY or m.status == Status.READY, **options
    )
    progress.say(started.status_name)
    return started


def settle(region: maas.Maas, machine: Machine, deadline: float, progress: Progress) -> Machine | None:
    """Waits until a machine that is being released or erased is free; None when it went away meanwhile."""
    return region.machines.wait(
        machine.system_id,
        lambda m: m is None or m.status not in GOING,
        deadline=deadline,
        describe=lambda m: _standing(machine.hostname, "to be released", m),
        on_change=progress,
    )


def release(region: maas.Maas, machine: Machine, deadline: float, progress: Progress, **options: Any) -> Machine | None:
    """Gives a machine back and waits until it is free; one that nobody has needs nothing.

    Raises:
        ExpectedError: when Juju has it and keeps it, when MAAS can't release it in time, or when the release fails.
    """
    current: Machine | None = machine
    if machine.status in TAKEN and juju_has(machine):
        current = _left_by_juju(region, machine, deadline, progress)
    if current is not None and current.status in RELEASABLE:
        current = region.machines.operate(
            machine.system_id, "release", lambda m: m.status in GOING or m.status not in RELEASABLE, **options
        )
    if current is not None:
        current = settle(region, current, deadline, progress)
    if current is not None and current.status in {Status.FAILED_RELEASING, Status.FAILED_DISK_ERASING}:
        raise _base.ExpectedError(
            f"{current.hostname} is {current.status_name}: {current.status_message}\n{region.machines.explain(current.system_id)}"
        )
    return current


def switch_off(region: maas.Maas, machine: Machine, progress: Progress) -> None:
    """Powers a machine off as well as can be: one that is about to be forgotten should not run on."""
    if machine.power_state != "on" or machine.power_type == "manual":
        return
    try:
        region.machines.act(machine.system_id, "power_off")
        region.machines.wait(
            machine.system_id,
            lambda m: m is None or m.power_state != "on",
            deadline=_POWER_OFF_SECONDS,
            describe=lambda m: _standing(machine.hostname, "to power off", m),
        )
    except (errors.MaasError, DeadlineError) as error:
        progress.say(f"left powered on: {error}")


def juju_has(machine: Machine) -> bool:
    """Whether Juju says that it owns the machine, in the annotations that it leaves on what it deploys."""
    return any(key.startswith("juju-") for key in machine.owner_data)


def _ended(region: maas.Maas, machine: Machine, terms: Terms, progress: Progress) -> Machine:
    if machine.status not in UNDER_WAY:
        return machine
    try:
        ended = region.machines.wait(
            machine.system_id,
            lambda m: m is None or m.status not in UNDER_WAY,
            deadline=terms.deadline,
            describe=lambda m: _standing(machine.hostname, "to be Ready", m),
            on_change=progress,
        )
    except DeadlineError as error:
        raise _base.ExpectedError(f"{error}\n{region.machines.explain(machine.system_id)}") from None
    if ended is None:
        raise _base.ExpectedError(f"{machine.hostname} was deleted from MAAS while it was {machine.status_name}")
    return ended


def _left_by_juju(region: maas.Maas, machine: Machine, deadline: float, progress: Progress) -> Machine | None:
    try:
        return region.machines.wait(
            machine.system_id,
            lambda m: m is None or m.status not in TAKEN or not juju_has(m),
            deadline=deadline,
            describe=lambda m: _standing(machine.hostname, "to be released by Juju", m),
            on_change=progress,
        )
    except DeadlineError as error:
        raise _base.ExpectedError(
            f"{error}. Remove it from its Juju model, or release it in MAAS when that model is gone, and run again"
        ) from None


def _failure(region: maas.Maas, machine: Machine, terms: Terms) -> str:
    told = f" after {terms.retries + 1} attempts" if terms.retries else ""
    if machine.status == Status.NEW:
        return f"{machine.hostname}: commissioning was aborted{told}\n{region.machines.explain(machine.system_id)}"
    message = "" if machine.status_message in {"", machine.status_name} else f": {machine.status_message}"
    return f"{machine.hostname}: {machine.status_name}{told}{message}\n{region.machines.explain(machine.system_id)}"


def _standing(hostname: str, what: str, machine: Machine | None) -> str:
    if machine is None:
        return f"{hostname} {what}; MAAS does not have it"
    message = "" if machine.status_message in {"", machine.status_name} else f" ({machine.status_message})"
    return f"{hostname} {what}; it is {machine.status_name}{message}, power {machine.power_state}"
