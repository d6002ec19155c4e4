"""Actions on units."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from . import naming, replies

FINAL: Final = frozenset({"completed", "failed", "cancelled", "aborted", "error"})
"""How an action ends; libjuju knows the first two and waits for ever on the others."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Action:
    """An action on one unit; `output` may hold secrets."""

    id: str
    status: str
    message: str
    output: Mapping[str, Any] = dataclasses.field(repr=False, default_factory=dict)
    log: tuple[str, ...] = ()

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> Action:
        tag = (data.get("action") or {}).get("tag") or ""
        return cls(
            id=tag.removeprefix("action-"),
            status=data.get("status") or "",
            message=data.get("message") or "",
            output=dict(data.get("output") or {}),
            log=tuple(line.get("message") or "" for line in data.get("log") or ()),
        )


class Actions:
    """Enqueues actions and reads how they stand."""

    def __init__(self, call: replies.Call) -> None:
        self._call = call

    def run(self, unit: str, name: str, parameters: Mapping[str, Any]) -> Action:
        """Enqueues an action on a unit; `parameters` are stored by Juju in clear."""
        action = {"receiver": naming.unit_tag(unit), "name": name, "parameters": dict(parameters), "tag": ""}
        reply = self._call("Action", "EnqueueOperation", {"actions": [action]})
        return Action._from_dict(replies.first(reply, f"the action {name} on {unit}", "actions"))

    def get(self, id_: str) -> Action:
        """How an action stands."""
        reply = self._call("Action", "Actions", replies.entities(f"action-{id_}"))
        return Action._from_dict(replies.first(reply, f"reading action {id_}"))

    def of_charm(self, application: str) -> Mapping[str, Any]:
        """The actions that an application's charm has, with their parameters' schema."""
        reply = self._call("Action", "ApplicationsCharmsActions", replies.entities(f"application-{application}"))
        return dict(replies.first(reply, f"listing the actions of {application}").get("actions") or {})
