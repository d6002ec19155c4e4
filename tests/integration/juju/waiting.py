"""A wait over simulated time, with its requests counted: what a test holds and a benchmark prints."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from pulumi import dynamic

from clients import juju
from providers.juju import Application, Machine, Unit
from providers.juju.settled import SettledInputs, SettledProvider
from simulator.testing import Rack
from tests.life import Life

STEP = 30.0
"""Simulated seconds from one look to the next."""
KEEPALIVE = "Pinger.Ping"
"""What a connection costs by itself, in real time."""
HELD = 3600
"""Simulated seconds for which a model must stay settled."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Figures:
    """What one wait cost.

    Attributes:
        applications: how many were waited for.
        requests: how often each method was called while somebody waited.
        elapsed: simulated seconds of the wait.
        logins: connections that were made since the model was there.
    """

    applications: int
    requests: dict[str, int]
    elapsed: float
    logins: int


class Stepping:
    """A model each of whose looks takes a step of simulated time."""

    def __init__(self, model: juju.Model, advance: Callable[[float], None]) -> None:
        self._model = model
        self._advance = advance

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def wait(self, ready: Callable[[juju.Status], bool], **asked: Any) -> juju.Status:
        def looked(status: juju.Status) -> bool:
            self._advance(STEP)
            return ready(status)

        return self._model.wait(looked, **asked)


def deploy(life: Life, applications: int) -> None:
    """Applications of one unit each, all on one machine; none waits for another."""
    life.made(Machine, name="host", base="ubuntu@24.04")
    for number in range(applications):
        life.made(Application, name=f"app{number:02}", charm="memcached", base="ubuntu@24.04")
        life.made(Unit, application=f"app{number:02}", machine="0")


def measured(rack: Rack, life: Life, applications: int) -> Figures:
    """Waits until the applications have been settled for an hour, on a clock that only this wait moves."""
    since = len(rack.requests("juju"))
    deploy(life, applications)
    provider = _provider(rack, life)
    wanted = {f"app{number:02}": 1 for number in range(applications)}
    factor = rack.clock.factor
    rack.call(rack.clock.set_factor, 0.0)
    try:
        _wait(provider, life, wanted, 1)  # the time until all is up depends on what is deployed
        first, began = len(rack.requests("juju")), rack.clock.now()
        _wait(provider, life, wanted, HELD)
        elapsed, lines = rack.clock.now() - began, rack.requests("juju")
    finally:
        rack.call(rack.clock.set_factor, factor)
    counted: dict[str, int] = {}
    for line in [line for line in lines[first:] if line["method"] != KEEPALIVE]:
        counted[line["method"]] = counted.get(line["method"], 0) + 1
    logins = sum(line["method"] == "Admin.Login" for line in lines[since:])
    return Figures(applications=applications, requests=counted, elapsed=elapsed, logins=logins)


def _wait(provider: SettledProvider, life: Life, wanted: dict[str, int], held: int) -> None:
    config = {**life.config, "juju:settleSeconds": str(held), "juju:pollSeconds": "0.001"}
    provider.configure(dynamic.ConfigureRequest(config=config))  # type: ignore[arg-type]
    provider.make(SettledInputs(model=life.shared["model"], applications=wanted, machines=1))


def _provider(rack: Rack, life: Life) -> SettledProvider:
    class Stepped(SettledProvider):
        def model(self, inputs: Any) -> Any:
            return Stepping(super().model(inputs), rack.advance)

    return Stepped()
