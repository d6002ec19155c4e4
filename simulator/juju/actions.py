"""Actions: tasks that a unit's agent runs between its hooks, with what the charms of the catalogue answer.

An answer is a table entry: a function of the parts, the model and the action that returns the output or refuses.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from . import cephactions, cephtree, clusteractions, computeactions, passwordactions, serviceactions, software, vault
from .charmactions import ActionError
from .charmactions import Answer as FullAnswer
from .errors import ApiError, not_found
from .parts import Parts
from .records import Action, Model, Unit
from .store import application, charm_for, leader_of, next_number
from .store import unit as find_unit

Answer = Callable[[Model, Unit, dict[str, Any]], dict[str, Any]]
EXEC = "juju-exec"


class Actions:
    """Queues, runs and cancels actions."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._vault = vault.Charm(parts).answers()

    def enqueue(self, model: Model, receiver: str, name: str, parameters: dict[str, Any], operation: str) -> Action:
        """Queues an action on a unit; "APPLICATION/leader" is its leader.

        Args:
            model: where.
            receiver: a unit's name.
            name: of an action of the charm, or "juju-exec".
            parameters: as the charm's schema has them.
            operation: id of the operation that it belongs to.

        Raises:
            ApiError: no such unit or action, or a parameter is missing.
        """
        unit = self._receiver(model, receiver)
        if name != EXEC:
            _check(model, unit, name, parameters)
        action = Action(
            id=str(next_number(model, "task")),
            operation=operation,
            receiver=f"unit-{unit.name.replace('/', '-')}",
            name=name,
            parameters=parameters,
            enqueued=self._parts.clock.now(),
        )
        model.actions[action.id] = action
        self._parts.hooks.add(model, unit, f"action {action.id}")
        return action

    def begin(self, model: Model, action_id: str) -> None:
        """Notes that an action runs."""
        action = model.actions.get(action_id)
        if action:
            action.status, action.started = "running", self._parts.clock.now()

    def end(self, model: Model, action_id: str) -> None:
        """Works out what an action that has run gives."""
        action = model.actions.get(action_id)
        if action is None or action.status != "running":
            return
        unit = model.units["/".join(action.receiver.removeprefix("unit-").rsplit("-", 1))]
        try:
            output = self._run(model, unit, action)
            action.status, action.output = "completed", {"return-code": 0} | output
        except ActionError as exc:
            action.status, action.message, action.output = "failed", str(exc), {"return-code": 0} | exc.output
        action.completed = self._parts.clock.now()
        self._parts.settle.refresh(model, unit.application)

    def cancel(self, model: Model, action_id: str) -> Action:
        """Cancels an action that does not run yet, and aborts one that does."""
        action = model.actions.get(action_id)
        if action is None:
            raise not_found("action", action_id)
        if action.status == "pending":
            action.status, action.completed = "cancelled", self._parts.clock.now()
            for unit in model.units.values():
                unit.queue = [entry for entry in unit.queue if entry != f"action {action_id}"]
        elif action.status == "running":
            action.status = "aborting"
        return action

    def _receiver(self, model: Model, receiver: str) -> Unit:
        name, _, number = receiver.rpartition("/")
        if number == "leader":
            application(model, name)
            leader = leader_of(model, name)
            if not leader:
                raise ApiError(f'could not determine leader for "{name}"', "not found")
            return model.units[leader]
        return find_unit(model, receiver)

    def _run(self, model: Model, unit: Unit, action: Action) -> dict[str, Any]:
        charm = model.applications[unit.application].charm
        if action.name == EXEC:
            command = str(action.parameters.get("command", ""))
            if charm == "ceph-mon" and tuple(command.split()) == cephtree.COMMAND:
                return {"stdout": cephtree.tree(self._parts.world, model)}
            if charm == "ceph-mon" and tuple(command.split()) == serviceactions.DASHBOARD_USERS:
                return {"stdout": serviceactions.dashboard_users(model)}
            return _shell(model, unit, command)
        full = CHARMS.get((charm, action.name)) or CHARMS.get(("*", action.name))
        if full:
            return full(self._parts, model, unit, action.parameters)
        answer = self._vault.get((charm, action.name)) or ANSWERS.get((charm, action.name)) or ANSWERS.get(("*", action.name))
        return answer(model, unit, action.parameters) if answer else {"outcome": "success"}


def new_operation(model: Model) -> str:
    """The id of a new operation."""
    return str(next_number(model, "task"))


def password_of(model: Model, name: str, what: str) -> str:
    """A password that a charm makes once and keeps."""
    state = model.applications[name].state
    return str(state.setdefault(what, secrets.token_urlsafe(12)))


def admin_password(model: Model, name: str) -> str:
    """The password of a keystone application's user admin: the operator's option, or one that the charm made."""
    given = model.applications[name].options.get("admin-password")
    return str(given) if given not in (None, "", "None") else password_of(model, name, "admin-password")


def _check(model: Model, unit: Unit, name: str, parameters: dict[str, Any]) -> None:
    known = charm_for(model, model.applications[unit.application]).actions
    if name not in known:
        raise ApiError(f'action "{name}" not defined on unit "{unit.name}"', "not found")
    for wanted in known[name]["required"]:
        if wanted not in parameters:
            raise ApiError(
                f'validation failed: (root) : "{wanted}" property is missing and required, given {parameters}', "bad request"
            )


def _shell(model: Model, unit: Unit, command: str) -> dict[str, Any]:
    if command.split() == ["leader-get", "admin_passwd"]:
        return {"stdout": admin_password(model, unit.application) + "\n"}
    if command.split() == ["hostname"]:
        return {"stdout": model.machines[unit.machine].hostname + "\n"}
    if command.split() == ["unit-get", "public-address"]:
        return {"stdout": model.machines[unit.machine].address + "\n"}
    return {"return-code": 127, "stderr": f"simulator: command {command!r} is not modelled\n"}


def _admin_password(model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
    return {"admin-password": admin_password(model, unit.application)}


def _rotate_admin_password(model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
    app = model.applications[unit.application]
    if app.leader != unit.name:
        raise ActionError("Only the leader may rotate the admin password: run the action on it")
    if app.options.get("admin-password") not in (None, "", "None"):
        raise ActionError("Unable to rotate the admin password when 'admin-password' is set in the charm's configuration")
    app.state["admin-password"] = secrets.token_urlsafe(12)
    return {}


def _pause(model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
    unit.paused = True
    return {"outcome": "success"}


def _resume(model: Model, unit: Unit, parameters: dict[str, Any]) -> dict[str, Any]:
    unit.paused = False
    return {"outcome": "success"}


ANSWERS: dict[tuple[str, str], Answer] = {
    ("*", "pause"): _pause,
    ("*", "resume"): _resume,
    ("keystone", "get-admin-password"): _admin_password,
    ("keystone", "rotate-admin-password"): _rotate_admin_password,
}
CHARMS: dict[tuple[str, str], FullAnswer] = {
    **cephactions.ANSWERS,
    **clusteractions.ANSWERS,
    **computeactions.ANSWERS,
    **passwordactions.ANSWERS,
    **serviceactions.ANSWERS,
    ("*", "openstack-upgrade"): lambda parts, model, unit, asked: software.upgrade_action(model, unit),
}
