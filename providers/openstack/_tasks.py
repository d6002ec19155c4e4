"""Actions of charms as steps of a bigger job: run, waited for, their output returned or their reason told."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from clients import juju
from clients.juju import actions

from .._base import ExpectedError

EXEC: Final = "juju-exec"
DEAD: Final = frozenset({"lost", "failed", ""})
"""How the agent of a unit stands that nobody can ask."""


def run(
    model: juju.Model, unit: str, name: str, parameters: Mapping[str, Any] | None = None, *, seconds: float = 1800
) -> dict[str, Any]:
    """Runs an action on a unit, or "APPLICATION/leader", and returns its output.

    Raises:
        ExpectedError: when it fails, or isn't done in time.
    """
    target = _unit(model, unit)
    if not lives(model, target):
        raise ExpectedError(f"{name} can't be run on {target}: its agent doesn't answer")
    id_, end = model.actions.run(target, name, dict(parameters or {})).id, time.monotonic() + seconds
    while (ended := model.actions.get(id_)).status not in actions.FINAL:
        if time.monotonic() > end:
            raise ExpectedError(
                f"the action {name} on {target} is still {ended.status} after {seconds:g} s: `juju show-task {id_}`"
            )
        time.sleep(0.2)
    if ended.status != "completed":
        raise ExpectedError(f"the action {name} on {target} ended as {ended.status}: {ended.message or 'no reason given'}")
    return dict(ended.output)


def execute(model: juju.Model, unit: str, command: str, *, seconds: float = 300) -> str:
    """Runs a command on a unit's machine and returns what it printed.

    Raises:
        ExpectedError: when it fails.
    """
    output = run(model, unit, EXEC, {"command": command, "timeout": int(seconds * 1e9)}, seconds=seconds)
    if int(output.get("return-code") or 0) != 0:
        raise ExpectedError(f"`{command}` on {unit} failed: {str(output.get('stderr') or 'it printed nothing').strip()}")
    return str(output.get("stdout") or "")


def lives(model: juju.Model, unit: str) -> bool:
    """Whether a unit's agent is there to be asked."""
    found = model.status().units.get(unit)
    return found is not None and not found.dying and found.agent.current not in DEAD


def _unit(model: juju.Model, name: str) -> str:
    application, _, which = name.rpartition("/")
    if which != "leader":
        return name
    leader = next((u.name for u in model.status().units_of(application) if u.leader), None)
    if leader is None:
        raise ExpectedError(f"{application} has no leader: wait until the model has settled, then run again")
    return leader
