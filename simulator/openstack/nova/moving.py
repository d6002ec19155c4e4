"""Servers that change hosts: resize and cold migration, live migration, evacuation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..faults import bad_request
from ..routes import Request
from . import daemons, history, identifiers, scheduling, transitions
from .records import Flavor, Migration, Server
from .steps import later, step

if TYPE_CHECKING:
    from .compute import Compute

_COLD, _LIVE, _EVACUATION, _CONFIRMING = 4.0, 6.0, 5.0, 1.0
"""Seconds."""
_MOVABLE = frozenset({"active", "stopped"})


def resize(compute: Compute, server: Server, request: Request, flavor: Flavor | None, host: str | None = None) -> None:
    """Begins to move a server to another host (that may be its own for another flavor); it is to be confirmed then.

    Raises:
        Fault: 400, no host is valid.
    """
    what = "resize" if flavor else "cold migrate"
    candidate = server.model_copy(update={"flavor": flavor or server.flavor})
    chosen = scheduling.choose(compute, candidate, avoid=() if flavor else (server.host,), host=host)
    if chosen is None:
        raise bad_request(f"No valid host was found. No valid host found for {what}")
    migration = _note(compute, server, request, "resize" if flavor else "migration", chosen.host)
    server.old_flavor, server.task_state = server.flavor, "resize_prep"
    server.updated = compute.now()
    new = flavor.model_dump() if flavor else None
    later(compute, server, _COLD, "resized", host=chosen.host, flavor=new, migration=migration.id)


@step("resized")
def _resized(compute: Compute, server: Server, host: str, flavor: dict[str, object] | None, migration: int) -> None:
    if server.task_state != "resize_prep":
        return
    server.old_host, server.host = server.host, host
    if flavor:
        server.flavor = Flavor.model_validate(flavor)
    _close(compute, migration, "finished")
    server.vm_state, server.task_state, server.updated = "resized", None, compute.now()
    _rebind(compute, server)
    history.finish(compute, server)


def confirm(compute: Compute, server: Server) -> None:
    """Lets go of what a resized server was before."""
    server.old_host = server.old_flavor = None
    _close_last(compute, server, "confirmed")
    transitions.arrive(compute, server, "active")


def revert(compute: Compute, server: Server) -> None:
    """Begins to put a resized server back."""
    server.task_state = "resize_reverting"
    later(compute, server, _CONFIRMING, "reverted")


@step("reverted")
def _reverted(compute: Compute, server: Server) -> None:
    if server.old_host and server.old_flavor:
        server.host, server.flavor = server.old_host, server.old_flavor
    server.old_host = server.old_flavor = None
    _close_last(compute, server, "reverted")
    _rebind(compute, server)
    transitions.arrive(compute, server, "active")


def live_migrate(compute: Compute, server: Server, request: Request, host: str | None) -> None:
    """Begins to move a running server.

    From 2.34 on Nova answers before it looks for a host: where there is none, the migration ends in error and the server
    stays where it is.

    Raises:
        Fault: 400, the server's own nova-compute is down, or (before 2.34) no host is valid.
    """
    source = daemons.worker(compute, server.host)
    if source is None or not daemons.up(compute, source):
        raise bad_request(f"Compute service of {server.host} is unavailable at this time.")
    if host and daemons.worker(compute, host) is None:
        raise bad_request(f"Compute host {host} could not be found.")
    chosen = scheduling.choose(compute, server, avoid=(server.host,), host=host)
    if chosen is None and request.version < 34:
        raise bad_request("No valid host was found. There are not enough hosts available.")
    migration = _note(compute, server, request, "live-migration", chosen.host if chosen else host)
    server.task_state, server.updated = "migrating", compute.now()
    later(compute, server, _LIVE if chosen else _CONFIRMING, "moved", host=chosen.host if chosen else "", migration=migration.id)


@step("moved")
def _moved(compute: Compute, server: Server, host: str, migration: int) -> None:
    if server.task_state != "migrating":
        return
    target = daemons.worker(compute, host)
    struck = compute.cloud.fault("live-migration-fails", server.name, server.id, server.host or "")
    if struck or target is None or not daemons.up(compute, target):
        _close(compute, migration, "error")
        server.task_state, server.updated = None, compute.now()
        history.finish(compute, server, "Error")
        return
    server.host = host
    _close(compute, migration, "completed")
    _rebind(compute, server)
    transitions.arrive(compute, server, server.vm_state)


def evacuate(compute: Compute, server: Server, request: Request, host: str | None) -> None:
    """Begins to build a server of a dead host anew on another.

    Raises:
        Fault: 400, the host is alive, or no other is valid.
    """
    source = daemons.worker(compute, server.host)
    if source is not None and daemons.up(compute, source):
        raise bad_request(f"Compute service of {server.host} is still in use.")
    chosen = scheduling.choose(compute, server, avoid=(server.host,), host=host)
    if chosen is None:
        raise bad_request("No valid host was found. There are not enough hosts available.")
    migration = _note(compute, server, request, "evacuation", chosen.host)
    server.task_state, server.updated = "rebuilding", compute.now()
    later(compute, server, _EVACUATION, "evacuated", host=chosen.host, migration=migration.id)


@step("evacuated")
def _evacuated(compute: Compute, server: Server, host: str, migration: int) -> None:
    server.host = host
    _close(compute, migration, "done")
    _rebind(compute, server)
    transitions.arrive(compute, server, "stopped" if server.vm_state == "stopped" else "active")


def require_movable(server: Server, name: str, *, also: frozenset[str] = frozenset()) -> None:
    """Refuses to move a server that is in no state for it.

    Raises:
        Fault: 409.
    """
    transitions.require(server, name, _MOVABLE | also)


def _rebind(compute: Compute, server: Server) -> None:
    for port in compute.cloud.network.ports(server.id):
        compute.cloud.network.move_port(port["id"], server.host)


def _note(compute: Compute, server: Server, request: Request, kind: str, dest: str | None) -> Migration:
    migration = Migration(
        id=compute.store.number("migration"),
        uuid=identifiers.new_id(),
        server_id=server.id,
        type=kind,
        status="running",
        source=server.host or "",
        dest=dest,
        created=compute.now(),
        user_id=request.caller.user_id,
        project_id=request.project,
    )
    compute.store.migrations.append(migration)
    return migration


def _close(compute: Compute, migration: int, status: str) -> None:
    for each in compute.store.migrations:
        if each.id == migration:
            each.status, each.updated = status, compute.now()


def _close_last(compute: Compute, server: Server, status: str) -> None:
    last = next((each for each in reversed(compute.store.migrations) if each.server_id == server.id), None)
    if last:
        _close(compute, last.id, status)
