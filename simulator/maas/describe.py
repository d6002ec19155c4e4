"""describe/: the route table told to clients, in the form from which python-libmaas makes its classes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from .routing import ROOT, Action, Resource

DOC = "MAAS API"
_ANY_NODE = "AnonNodesHandler"


def description(resources: Iterable[Resource], base: str) -> dict[str, Any]:
    """The whole description.

    Args:
        resources: the route table.
        base: scheme and host under which the asking client knows us.
    """
    shown = [_resource(each, base) for each in sorted(resources, key=lambda each: each.name) if each.listed]
    handlers = [each[side] for each in shown for side in ("anon", "auth") if each[side]]
    return {"doc": DOC, "handlers": handlers, "hash": digest(shown), "resources": shown}


def digest(shown: list[dict[str, Any]]) -> str:
    """A hash that changes with the API, not with the address it is asked at."""
    text = json.dumps([[each["name"], _shape(each["auth"]), _shape(each["anon"])] for each in shown], sort_keys=True)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _shape(side: dict[str, Any] | None) -> Any:
    return [side["path"], side["actions"]] if side else None


def _resource(resource: Resource, base: str) -> dict[str, Any]:
    own = resource.name == resource.anonymous
    told = [action for action in resource.actions if action.told_users]
    auth = None if own else _side(resource, resource.name, told, base)
    return {"anon": _anonymous(resource, base), "auth": auth, "name": resource.name}


def _anonymous(resource: Resource, base: str) -> dict[str, Any] | None:
    if not resource.anonymous:
        return None
    public = [action for action in resource.actions if action.anonymous]
    side = _side(resource, resource.anonymous, public, base)
    if resource.anonymous == _ANY_NODE:  # one handler answers the anonymous for all kinds of nodes, and tells its own path
        side |= {"path": ROOT + "nodes/", "uri": f"{base}{ROOT}nodes/"}
    return side


def _side(resource: Resource, name: str, actions: list[Action], base: str) -> dict[str, Any]:
    return {
        "actions": [_action(action) for action in sorted(actions, key=lambda action: action.name)],
        "doc": resource.doc,
        "name": name,
        "params": resource.params,
        "path": resource.path,
        "uri": base + resource.path,
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "doc": action.doc,
        "method": action.method,
        "name": action.name,
        "op": action.op,
        "restful": action.op is None,
    }
