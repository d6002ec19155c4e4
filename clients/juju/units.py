"""Units of a model's applications."""

from __future__ import annotations

from typing import Any

from . import naming, replies


class Units:
    """Adds and removes units, one at a time."""

    def __init__(self, call: replies.Call) -> None:
        self._call = call

    def add(self, application: str, machine: str | None = None) -> str:
        """Puts one more unit of an application on a machine or container that is there, or a new one; returns its name."""
        placement = [{"scope": "#", "directive": machine}] if machine else []  # "#": a machine of this model
        params = {"application": application, "num-units": 1, "placement": placement, "attach-storage": []}
        return str(self._call("Application", "AddUnits", params)["units"][0])

    def destroy(self, name: str, *, destroy_storage: bool = False, force: bool = False, max_wait: float = 60) -> None:
        """Asks for a unit's end; its storage is detached and kept unless `destroy_storage`."""
        unit: dict[str, Any] = {"unit-tag": naming.unit_tag(name), "destroy-storage": destroy_storage, "force": force}
        if force:
            unit["max-wait"] = replies.nanoseconds(max_wait)
        reply = self._call("Application", "DestroyUnit", {"units": [unit]})
        replies.first(reply, f"the removal of {name}")

    def resolve(self, name: str, *, retry: bool) -> None:
        """Takes a unit out of a hook error, by running the hook again or by passing over it."""
        params = {"all": False, "retry": retry, "tags": replies.entities(naming.unit_tag(name))}
        replies.first(self._call("Application", "ResolveUnitErrors", params), f"resolving {name}")

    def history(self, name: str, size: int = 5) -> list[dict[str, Any]]:
        """The last statuses of a unit, newest last: {status, info, since}."""
        tag = naming.unit_tag(name)
        request = {"historyKind": "unit", "size": size, "filter": {"size": size}, "tag": tag}
        result = replies.first(self._call("Client", "StatusHistory", {"requests": [request]}), f"the history of {name}")
        return list((result.get("history") or {}).get("statuses") or [])
