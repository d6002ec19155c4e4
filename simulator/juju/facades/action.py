"""Action: operations with their tasks on units."""

from __future__ import annotations

from typing import Any

from .. import store
from ..actions import EXEC, new_operation
from ..errors import ApiError, not_found
from ..facade import Call, Facade, each, tags
from ..records import Action
from ..store import charm_for
from ..wire import tag as make_tag
from ..wire import time, untag
from .charms import action_spec

facade = Facade("Action", 7)
_ORDER = ("error", "failed", "cancelled", "aborted", "running", "aborting", "pending", "completed")


@facade.writes("EnqueueOperation")
def enqueue(call: Call) -> dict[str, Any]:
    """Queues actions on units."""
    operation = new_operation(call.model)

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        receiver = asked["receiver"]
        name = untag(receiver, "unit") if receiver.startswith("unit-") else receiver
        parameters = asked.get("parameters") or {}
        return _wire(call.parts.actions.enqueue(call.model, name, asked["name"], parameters, operation))

    return {"operation": f"operation-{operation}"} | each(call.params["actions"], one, "actions")


@facade.writes("Run", "admin")
def run(call: Call) -> dict[str, Any]:
    """Queues a command on units and on all units of applications."""
    names = list(call.params.get("units") or [])
    for app in call.params.get("applications") or []:
        names += [unit.name for unit in store.units_of(call.model, store.application(call.model, app).name)]
    return _run(call, names)


@facade.writes("RunOnAllMachines", "admin")
def run_everywhere(call: Call) -> dict[str, Any]:
    """Queues a command on one unit of every machine."""
    first = {unit.machine: unit.name for unit in reversed(list(call.model.units.values()))}
    return _run(call, list(first.values()))


@facade.reads("Actions")
def actions(call: Call) -> dict[str, Any]:
    """Tasks with what came of them."""
    return each(tags(call.params), lambda tag: _wire(store.action(call.model, untag(tag, "action"))))


@facade.writes("Cancel")
def cancel(call: Call) -> dict[str, Any]:
    """Cancels tasks."""
    return each(tags(call.params), lambda tag: _wire(call.parts.actions.cancel(call.model, untag(tag, "action"))))


@facade.reads("ApplicationsCharmsActions")
def charm_actions(call: Call) -> dict[str, Any]:
    """The actions that applications' charms have."""

    def one(tag: str) -> dict[str, Any]:
        try:
            app = store.application(call.model, untag(tag, "application"))
        except ApiError as exc:
            return {"application-tag": tag, "error": exc.wire()}
        known = charm_for(call.model, app).actions
        return {"application-tag": tag, "actions": {name: action_spec(name, facts) for name, facts in known.items()}}

    return each(tags(call.params), one)


@facade.reads("ListOperations")
def list_operations(call: Call) -> dict[str, Any]:
    """Operations, those that match the filters."""
    wanted = set(call.params.get("units") or [])
    names, statuses = set(call.params.get("actions") or []), set(call.params.get("status") or [])
    apps = set(call.params.get("applications") or [])
    found = []
    for number in dict.fromkeys(action.operation for action in call.model.actions.values()):
        shown = _operation(call, number)
        tasks = _tasks(call, number)
        units = {untag(task.receiver, "unit") for task in tasks}
        fits = (
            (not wanted or units & wanted)
            and (not names or {task.name for task in tasks} & names)
            and (not apps or {unit.rpartition("/")[0] for unit in units} & apps)
            and (not statuses or shown["status"] in statuses)
        )
        if fits:
            found.append(shown)
    first, count = int(call.params.get("offset") or 0), int(call.params.get("limit") or len(found))
    return {"results": found[first : first + count], "truncated": first + count < len(found)}


@facade.reads("Operations")
def operations(call: Call) -> dict[str, Any]:
    """Operations with their tasks."""
    return each(tags(call.params), lambda tag: _operation(call, untag(tag, "operation")))


def _run(call: Call, names: list[str]) -> dict[str, Any]:
    operation = new_operation(call.model)
    parameters = {"command": call.params["commands"], "timeout": int(call.params.get("timeout") or 0)}

    def one(name: str) -> dict[str, Any]:
        return _wire(call.parts.actions.enqueue(call.model, name, EXEC, parameters, operation))

    return {"operation": f"operation-{operation}"} | each(names, one, "actions")


def _tasks(call: Call, operation: str) -> list[Action]:
    return [action for action in call.model.actions.values() if action.operation == operation]


def _operation(call: Call, number: str) -> dict[str, Any]:
    tasks = _tasks(call, number)
    if not tasks:
        raise not_found("operation", number)
    status = min((task.status for task in tasks), key=_ORDER.index)
    ended = [task.completed for task in tasks]
    return {
        "operation": make_tag("operation", number),
        "summary": f"{tasks[0].name} run on {', '.join(untag(task.receiver, 'unit') for task in tasks)}",
        "enqueued": time(min(task.enqueued for task in tasks)),
        "started": time(min((task.started for task in tasks if task.started), default=None)),
        "completed": time(max(end for end in ended if end) if all(ended) else None),
        "status": status,
        "actions": [_wire(task) for task in tasks],
    }


def _wire(action: Action) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "action": {
            "tag": f"action-{action.id}",
            "receiver": action.receiver,
            "name": action.name,
            "parameters": action.parameters,
        },
        "enqueued": time(action.enqueued),
        "status": action.status,
        "message": action.message,
        "log": [],
        "output": action.output,
    }
    return shown | {key: time(when) for key, when in (("started", action.started), ("completed", action.completed)) if when}
