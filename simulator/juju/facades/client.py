"""Client and AllWatcher: the state of a whole model, at once or as it changes."""

from __future__ import annotations

from typing import Any

from ..errors import ApiError
from ..facade import Call, Facade, each
from ..fullstatus import FullStatus
from ..records import Status
from ..store import HISTORY, machine, unit
from ..watcher import AllWatcher
from ..wire import detailed, untag

facade = Facade("Client", 6, 7, 8)
watcher = Facade("AllWatcher", 3)


@facade.reads("FullStatus")
def full_status(call: Call) -> dict[str, Any]:
    """The whole model."""
    patterns, storage = call.params.get("patterns"), bool(call.params.get("include-storage"))
    return FullStatus(call.parts.store, call.model, patterns, storage=storage).wire()


@facade.reads("WatchAll")
def watch_all(call: Call) -> dict[str, Any]:
    """A watcher that belongs to this connection."""
    number = str(len(call.connection.watchers) + 1)
    call.connection.watchers[number] = AllWatcher(call.parts.store, call.model.uuid)
    return {"watcher-id": number}


@facade.reads("StatusHistory")
def status_history(call: Call) -> dict[str, Any]:
    """What is known of earlier statuses, newest last: some of a unit, the present one of a machine."""

    def one(request: dict[str, Any]) -> dict[str, Any]:
        size = int((request.get("filter") or {}).get("size") or request.get("size") or HISTORY)
        shown = [detailed(status) | {"kind": kind} for kind, status in _known(call, request)]
        return {"history": {"statuses": shown[-size:]}}

    return each(call.params.get("requests") or [], one)


@watcher.reads("Next")
async def next_deltas(call: Call) -> dict[str, Any]:
    """Waits for changes; other requests are answered meanwhile."""
    return {"deltas": await _watcher(call).next()}


@watcher.reads("Stop")
def stop(call: Call) -> None:
    """Ends a watcher."""
    _watcher(call).stop()
    del call.connection.watchers[call.id]


def _watcher(call: Call) -> AllWatcher:
    if call.id not in call.connection.watchers:
        raise ApiError("unknown watcher id", "not found")
    return call.connection.watchers[call.id]


def _known(call: Call, request: dict[str, Any]) -> list[tuple[str, Status]]:
    kind, tag = request["historyKind"], request["tag"]
    if kind in ("unit", "juju-unit", "workload"):
        past = unit(call.model, untag(tag, "unit")).history
        return [(of, status) for of, status in past if kind in ("unit", of)]
    if kind in ("machine", "juju-machine", "container", "juju-container"):
        host = machine(call.model, untag(tag, "machine"))
        return [(kind, host.agent if kind.startswith("juju-") else host.instance)]
    return []
