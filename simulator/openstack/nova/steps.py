"""What happens to servers in the course of time: a table of steps, each run by a timer of the cloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import daemons

if TYPE_CHECKING:
    from .compute import Compute
    from .records import Server

TIMER = "compute.step"
Step = Callable[..., None]
"""Called with Nova, the server, and the step's own arguments by name."""

STEPS: dict[str, Step] = {}


def step(name: str) -> Callable[[Step], Step]:
    """Registers a step."""

    def register(function: Step) -> Step:
        STEPS[name] = function
        return function

    return register


def later(compute: Compute, server: Server, seconds: float, name: str, **args: Any) -> None:
    """Has a step happen to a server in some seconds; `args` are JSON values."""
    compute.cloud.after(seconds, TIMER, server=server.id, step=name, args=args)


def run(compute: Compute, server: str, step: str, args: dict[str, Any]) -> None:
    """Runs a step that is due; of a server that has gone meanwhile nothing is left to do."""
    daemons.report(compute)
    found = compute.store.servers.get(server)
    if found is not None:
        STEPS[step](compute, found, **args)
