"""What can be done to a server in which state, and what becomes of it.

One row an action: the states it is allowed in, the task while it lasts, how long, and the state after it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ..faults import conflict
from . import daemons, history
from .records import Server
from .steps import later, step

if TYPE_CHECKING:
    from .compute import Compute

RUNNING, OFF, PAUSED, NO_POWER = 1, 4, 3, 0
_POWER = {"active": RUNNING, "stopped": OFF, "paused": PAUSED, "suspended": OFF, "rescued": RUNNING}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Transition:
    """A change of state: `name` is what refusals and the instance actions call it."""

    name: str
    allowed: frozenset[str]
    task: str
    becomes: str
    seconds: float = 2.0


def _row(name: str, allowed: str, task: str, becomes: str, seconds: float = 2.0) -> Transition:
    states = frozenset(allowed.split())
    return Transition(name=name, allowed=states, task=task, becomes=becomes, seconds=seconds)


TRANSITIONS = {
    "os-start": _row("start", "stopped", "powering-on", "active"),
    "os-stop": _row("stop", "active error", "powering-off", "stopped"),
    "pause": _row("pause", "active", "pausing", "paused", 0.5),
    "unpause": _row("unpause", "paused", "unpausing", "active", 0.5),
    "suspend": _row("suspend", "active", "suspending", "suspended"),
    "resume": _row("resume", "suspended", "resuming", "active"),
    "reboot-soft": _row("reboot", "active", "rebooting", "active", 3.0),
    "reboot-hard": _row("reboot", "active stopped paused suspended error", "rebooting_hard", "active", 3.0),
    "rebuild": _row("rebuild", "active stopped error", "rebuilding", "active", 4.0),
}


def begin(compute: Compute, server: Server, transition: Transition) -> None:
    """Begins a change of state.

    Raises:
        Fault: 409, the server is in no state for it.
    """
    require(server, transition.name, transition.allowed)
    server.task_state, server.updated = transition.task, compute.now()
    becomes = server.vm_state if transition.name == "rebuild" and server.vm_state == "stopped" else transition.becomes
    later(compute, server, transition.seconds, "turned", task=transition.task, becomes=becomes)


def require(server: Server, name: str, allowed: frozenset[str]) -> None:
    """Refuses what a server is in no state for.

    Raises:
        Fault: 409.
    """
    if server.task_state is not None:
        raise conflict(f"Cannot '{name}' instance {server.id} while it is in task_state {server.task_state}")
    if server.vm_state not in allowed:
        raise conflict(f"Cannot '{name}' instance {server.id} while it is in vm_state {server.vm_state}")


@step("turned")
def _turned(compute: Compute, server: Server, task: str, becomes: str) -> None:
    if server.task_state != task:
        return
    worker = daemons.worker(compute, server.host)
    if worker is None or not daemons.up(compute, worker):
        later(compute, server, daemons.SILENCE, "turned", task=task, becomes=becomes)  # its nova-compute must do it
        return
    arrive(compute, server, becomes)


def arrive(compute: Compute, server: Server, state: str) -> None:
    """Puts a server into a state at the end of what was done to it."""
    if server.vm_state != state and "stopped" in (server.vm_state, state):
        (compute.cloud.network.unplug_ports if state == "stopped" else compute.cloud.network.plug_ports)(server.id)
    server.vm_state, server.task_state, server.power_state = state, None, _POWER.get(state, NO_POWER)
    server.fault, server.updated = None, compute.now()
    history.finish(compute, server)
