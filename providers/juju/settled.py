"""Waits until a model is as expected, and says what is not.

A resource of its own, at the end: waiting in each application would make the waits follow one another along the graph. One look
at the model serves all of it, however many applications there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import pulumi
import pydantic

from clients import juju
from clients.errors import DeadlineError

from .. import _settings
from .._base import ExpectedError, Found, Made, Props, Resource
from . import _settling
from ._common import InModel, InModelProvider, say, span
from ._endpoints import endpoints

_SHOWN: Final = 20
"""Lines of what is missing that an error shows."""


class SettledInputs(InModel):
    """The expected model.

    Attributes:
        applications: how many units each has, subordinates included.
        machines: how many machines and containers there are.
        expected_blocked: by application, how the message begins with which it may be blocked.
        timeout: seconds to wait at most; without it juju:timeoutSeconds.
        provisioning_retries: how often a machine that the cloud failed to deploy is tried again.
        triggers: anything; a change waits again.
    """

    applications: dict[str, int]
    machines: int = 0
    expected_blocked: dict[str, str] = pydantic.Field(default_factory=dict)
    timeout: float | None = None
    provisioning_retries: int = 2
    triggers: Any = None


class SettledProvider(InModelProvider[SettledInputs]):
    """One wait for a whole model."""

    inputs = SettledInputs
    computed = ("units", "status", "endpoints")
    replace_on = frozenset({"model"})

    def make(self, inputs: SettledInputs) -> Made:
        return Made(id=f"{inputs.model}/settled", outputs=self._wait(inputs))

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        """Counts what is settled, so that a refresh shows which application isn't any more."""
        wanted = _wanted(self.parse(old))
        status = model.glance()
        fine = _settling.fine_units(status, wanted)
        counted = {a: sum(u.name in fine for u in status.units_of(a)) for a in wanted.applications}
        running = sum(_settling.fine_machine(m) for m in status.machines.values())
        return Found(
            inputs={"applications": counted, "machines": min(running, wanted.machines)}, outputs=_outputs(status, wanted)
        )

    def change(self, id_: str, old: Props, inputs: SettledInputs) -> Mapping[str, Any]:
        return self._wait(inputs)

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        """Nothing was made."""

    def _wait(self, inputs: SettledInputs) -> dict[str, Any]:
        model = self.model(inputs)
        wait = Wait(model, inputs, _settings.number(self.settings(), "settle_seconds", 15))
        try:
            status = model.wait(wait.over, seconds=inputs.timeout or self.timeout(), describe=wait.describe, on_change=wait.show)
        except DeadlineError as error:
            raise ExpectedError(str(error)) from None
        return _outputs(status, wait.wanted)


class Wait:
    """One wait: decides, tries again, and tells what changes.

    Args:
        model: where.
        inputs: what is waited for.
        settle_seconds: how long nothing may be missing.
        concerns: which failures end the wait.
    """

    def __init__(
        self,
        model: juju.Model,
        inputs: SettledInputs,
        settle_seconds: float,
        concerns: Callable[[_settling.Failure], bool] = lambda _: True,
    ) -> None:
        self._concerns = concerns
        self.wanted = _wanted(inputs)
        self._model = model
        self._hold = _settling.Hold(settle_seconds)
        self._standstill = _settling.Standstill()
        self._tries = dict[str, tuple[int, float]]()
        self._most = inputs.provisioning_retries
        self._began = time.monotonic()

    def over(self, status: juju.Status) -> bool:
        """Whether the model is settled; raises when waiting won't help."""
        verdict = _settling.judge(status, self.wanted)
        failures = [f for f in verdict.failures if self._concerns(f) and not self._retried(f)]
        if failures:
            raise ExpectedError(self._explained(failures))
        if self._standstill.over(status, verdict):
            raise ExpectedError(_stuck(verdict.unsettled))
        return self._hold.over(status, verdict)

    def describe(self, status: juju.Status | None) -> str:
        """What is missing, for the error at the deadline."""
        if status is None:
            return "the model's status"
        missing = _settling.judge(status, self.wanted).unsettled or ("all is there, but not for long enough",)
        more = f"\n  … and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        return "the model to settle; not settled yet:\n  " + "\n  ".join(missing[:_SHOWN]) + more

    def show(self, old: juju.Status | None, new: juju.Status) -> None:
        """Says what has changed since the last look."""
        passed = span(time.monotonic() - self._began)
        for name, state in states(new).items():
            before = states(old).get(name, "new") if old else None
            if before is not None and before != state:
                say(f"{name}: {before} → {state} ({passed})")

    def _retried(self, failure: _settling.Failure) -> bool:
        """Whether the machine gets, or is having, another try."""
        tries, since = self._tries.get(failure.machine, (0, -1.0))
        if failure.retryable and since == failure.since:
            return True  # Juju has not come to it yet
        if not failure.retryable or tries >= self._most:
            return False
        self._tries[failure.machine] = tries + 1, failure.since
        say(f"{failure.text}; trying again ({tries + 1} of {self._most})")
        self._model.machines.retry([failure.machine])
        return True

    def _explained(self, failures: list[_settling.Failure]) -> str:
        lines = [f"the model doesn't settle: {failures[0].text} (on machine {failures[0].machine})"]
        for failure in failures[:5]:
            if failure is not failures[0]:
                lines.append(f"  also: {failure.text} (on machine {failure.machine})")
            lines += [f"    {line}" for line in self._history(failure)]
        unit = failures[0].unit
        log = f"see `juju debug-log --replay --include {unit}`, mend it, run `juju resolved {unit}`, and run again"
        lines.append(f"  {log if unit else 'see what the cloud says about the machine, mend it, and run again'}")
        return "\n".join(lines)

    def _history(self, failure: _settling.Failure) -> list[str]:
        """The unit's last statuses, as far as the controller tells."""
        if failure.unit is None:
            return []
        try:
            entries = self._model.units.history(failure.unit)
        except juju.JujuError:
            return []
        return [f"{e.get('since', '')} {e.get('kind', '')} {e.get('status', '')}: {e.get('info', '')}" for e in entries]


class Settled(Resource, module="juju", name="Settled"):
    """A model that is as expected."""

    provider_class = SettledProvider

    units: pulumi.Output[dict[str, dict[str, dict[str, str]]]]
    status: pulumi.Output[dict[str, str]]
    endpoints: pulumi.Output[dict[str, str]]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        applications: pulumi.Input[Mapping[str, pulumi.Input[int]]],
        controller: pulumi.Input[str] | None = None,
        machines: pulumi.Input[int] | None = None,
        expected_blocked: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        timeout: pulumi.Input[float] | None = None,
        provisioning_retries: pulumi.Input[int] | None = None,
        triggers: pulumi.Input[Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "model": model,
            "applications": applications,
            "machines": machines,
            "expected_blocked": expected_blocked,
            "timeout": timeout,
            "provisioning_retries": provisioning_retries,
            "triggers": triggers,
        }
        super().__init__(resource_name, props, opts)


def states(status: juju.Status | None) -> dict[str, str]:
    """The words that people follow: one a machine, one a unit."""
    if status is None:
        return {}
    machines = {f"machine {m.id}": _machine_state(m) for m in status.machines.values()}
    return {**machines, **{u.name: u.workload.current or "allocating" for u in status.units.values()}}


def _machine_state(machine: juju.Machine) -> str:
    if machine.agent.current == "started":
        return "started"
    return machine.instance.current if machine.instance.current not in ("", "running") else machine.agent.current


def _stuck(missing: tuple[str, ...]) -> str:
    minutes = int(_settling.STANDSTILL // 60)
    blocked = sorted(missing, key=lambda line: ": blocked" not in line)
    return "\n  ".join(
        [
            f"the model doesn't settle: nothing has moved for {minutes} minutes, and somebody is waited for",
            *blocked[:_SHOWN],
            "do what the message asks for and run again; what the program looks after itself, `refresh` shows and `up` mends",
        ]
    )


def _wanted(inputs: SettledInputs) -> _settling.Wanted:
    return _settling.Wanted(applications=inputs.applications, machines=inputs.machines, expected_blocked=inputs.expected_blocked)


def _outputs(status: juju.Status, wanted: _settling.Wanted) -> dict[str, Any]:
    units = {a: {u.name: _unit(u) for u in status.units_of(a)} for a in sorted(wanted.applications)}
    words = {a: status.applications[a].status.current for a in sorted(wanted.applications) if a in status.applications}
    return {"units": units, "status": words, "endpoints": endpoints(status)}


def _unit(unit: juju.Unit) -> dict[str, str]:
    return {
        "machine": unit.machine,
        "address": unit.address,
        "workload": unit.workload.current,
        "message": unit.workload.message,
    }
