"""Starting and stopping instances, and waiting until a started one is of use."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from clients import lxd as client
from clients.errors import DeadlineError

from ._instance_inputs import WaitFor, seconds

EXTERNAL = "user.power"
"""The config key by which somebody else's power over an instance is stated: `user.power: external`."""

GRACE = 60
"""Seconds that a guest has to shut down before its plug is pulled."""


def is_external(config: object) -> bool:
    """Whether an instance of this config is powered by somebody else (MAAS), so that its power state isn't ours to compare."""
    return isinstance(config, dict) and config.get(EXTERNAL) == "external"


def start(lxd: client.Lxd, name: str, project: str) -> None:
    """Starts an instance; one that runs is fine."""
    _set(lxd, name, project, on=True, act=lambda: lxd.power(name, "start", project=project))


def stop(lxd: client.Lxd, name: str, project: str, *, force: bool = False) -> None:
    """Stops an instance, by force when asking the guest doesn't help; one that is stopped is fine."""

    def act() -> None:
        if not force:
            try:
                lxd.power(name, "stop", project=project, seconds=GRACE)
                return
            except client.FailedError:  # the guest didn't listen in time
                pass
        lxd.power(name, "stop", project=project, force=True)

    _set(lxd, name, project, on=False, act=act)


def _set(lxd: client.Lxd, name: str, project: str, *, on: bool, act: Callable[[], None]) -> None:
    """Acts unless it is so already; LXD calls it a failure to start what runs, so the state decides."""

    def so() -> bool:
        return (lxd.state(name, project).status != client.STOPPED) == on

    if so():
        return
    try:
        act()
    except client.LxdError:
        if not so():
            raise


def wait_until_of_use(
    lxd: client.Lxd,
    name: str,
    project: str,
    conditions: Iterable[WaitFor],
    *,
    limit: float,
    poll: float = 1.0,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Waits until all conditions hold for a running instance, which is looked at every `poll` seconds.

    Raises:
        DeadlineError: one doesn't within `limit` seconds; the message says which.
    """
    end = now() + limit
    for condition in conditions:
        if condition.type == "delay":
            sleep(seconds(condition.delay or "0s"))
            continue
        while not _holds(lxd.state(name, project), condition):
            if now() >= end:
                state = lxd.state(name, project)
                raise DeadlineError(
                    f"LXD at {lxd.remote.where}: instance {name} has no {_words(condition)} after {limit:g} s;"
                    f" it is {state.status}"
                )
            sleep(poll)


def _holds(state: client.InstanceState, condition: WaitFor) -> bool:
    if condition.type == "agent":
        return state.running and state.processes >= 0
    if condition.type == "ready":
        return state.status == "Ready"
    family = "inet" if condition.type == "ipv4" else "inet6"
    return bool(addresses(state, family, condition.nic))


def addresses(state: client.InstanceState, family: str, nic: str | None = None) -> list[str]:
    """The addresses by which the instance is reached from outside, of one interface or of all but the loopback."""
    interfaces = [i for name, i in state.interfaces.items() if name == nic or (nic is None and i.type != "loopback")]
    return [a.address for i in interfaces for a in i.addresses if a.family == family and a.scope == "global"]


def _words(condition: WaitFor) -> str:
    if condition.type in ("agent", "ready"):
        return {"agent": "answer from its agent", "ready": "ready signal"}[condition.type]
    where = f" on {condition.nic}" if condition.nic else ""
    return f"{condition.type} address{where}"
