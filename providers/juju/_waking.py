"""Waiting for one application after a change: until its units have taken it up, and are as well as they were.

Juju answers a change of charm or options at once; the units come to it later, each when its agent is free. That they have is seen
by the charm that they run, and by their agents having been at work since. Pure but for the class that is asked about each look.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from clients import juju

from .._base import ExpectedError
from . import _settling


@dataclasses.dataclass(frozen=True, kw_only=True)
class Before:
    """An application's units before a change, and when that was.

    Attributes:
        at: seconds since the epoch by the controller's clock.
        agents: when each agent last changed state.
        workloads: state and message of each workload.
    """

    at: float
    agents: Mapping[str, float]
    workloads: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, status: juju.Status, application: str) -> Before:
        """What a status says of an application."""
        units = status.units_of(application)
        return cls(
            at=status.at,
            agents={unit.name: unit.agent.since for unit in units},
            workloads={unit.name: (unit.workload.current, unit.workload.message) for unit in units},
        )


class Waking:
    """Judges each look at the model after the change.

    Args:
        application: whose units.
        before: how they were.
        seconds: how long they must be well, by the controller's clock.
    """

    def __init__(self, application: str, before: Before, seconds: float) -> None:
        self._application = application
        self._before = before
        self._hold = _settling.Hold(seconds)
        self._stirred = set[str]()

    def over(self, status: juju.Status) -> bool:
        """Whether all units have taken the change up and are well again.

        Raises:
            ExpectedError: one has failed, which waiting won't mend.
        """
        self._note(status)
        failures = [f for f in _settling.failures(status) if f.unit in self._units(status) and self._final(f, status)]
        if failures:
            unit = failures[0].unit
            raise ExpectedError(
                f"{self._application} doesn't take up its change: {failures[0].text} (on machine {failures[0].machine}): see "
                f"`juju debug-log --replay --include {unit}`, mend it, run `juju resolved {unit}`, and run again"
            )
        return self._hold.over(status, _settling.Verdict(unsettled=tuple(self._missing(status)), failures=()))

    def _final(self, failure: _settling.Failure, status: juju.Status) -> bool:
        """Whether a failure stays: what failed before the change may be mended by it, once Juju tries again."""
        stands = status.units[str(failure.unit)].workload.since < self._before.at
        return not stands or status.at - self._before.at >= _settling.AGENT_GRACE

    def describe(self, status: juju.Status | None) -> str:
        """What is missing, for the error at the deadline."""
        missing = self._missing(status) if status else []
        return f"{self._application} to take up its change" + (":\n  " + "\n  ".join(missing) if missing else "")

    def _units(self, status: juju.Status) -> dict[str, juju.Unit]:
        return {unit.name: unit for unit in status.units_of(self._application) if not unit.dying}

    def _note(self, status: juju.Status) -> None:
        for name, unit in self._units(status).items():
            if unit.agent.since != self._before.agents.get(name, 0.0):
                self._stirred.add(name)

    def _missing(self, status: juju.Status) -> list[str]:
        return [text for unit in self._units(status).values() if (text := self._lacks(unit))]

    def _lacks(self, unit: juju.Unit) -> str:
        state = (unit.workload.current, unit.workload.message)
        if unit.charm:
            return f"{unit.name}: still runs {unit.charm}"
        if unit.name not in self._stirred:
            return f"{unit.name}: has not begun"
        if state[0] not in _settling.GOOD and state != self._before.workloads.get(unit.name):
            return f"{unit.name}: {_settling.say(unit.workload)}"
        return "" if _settling.idle(unit.agent) else f"{unit.name}: agent {_settling.say(unit.agent)}"
