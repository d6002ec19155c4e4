"""How a server comes to be: scheduling, volumes, networking, spawning; and how it ends in error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import faults
from ..neutron import errors as network_errors
from . import attaching, daemons, history, scheduling
from .records import Failure, Nic, Server
from .steps import later, step

if TYPE_CHECKING:
    from .compute import Compute

_EXHAUSTED = "Exhausted all hosts available for retrying build failures for instance"
NO_HOST = "No valid host was found. "
_SCHEDULING, _CLAIMING, _MAPPING, _CONNECTING, _SPAWNING = 0.6, 0.3, 0.3, 0.4, 1.9
"""Seconds."""


def begin(compute: Compute, server: Server) -> None:
    """Starts building a server that was just made."""
    later(compute, server, _SCHEDULING, "schedule")


@step("schedule")
def _schedule(compute: Compute, server: Server) -> None:
    if server.vm_state != "building" or server.task_state == "deleting":
        return
    struck = compute.cloud.fault("no-valid-host", server.name, server.id)
    chosen = None if struck else scheduling.choose(compute, server)
    server.row = compute.store.number("server" if chosen else "unplaced server")
    if chosen is None:
        fail(compute, server, NO_HOST)
        release(compute, server)
        return
    server.host, server.task_state, server.updated = chosen.host, None, compute.now()
    later(compute, server, _CLAIMING, "claim")


@step("claim")
def _claim(compute: Compute, server: Server) -> None:
    if _building(server):
        server.placed, server.root_device = True, attaching.ROOT
        server.task_state = "block_device_mapping" if server.volumes else "networking"
        later(compute, server, _MAPPING, "map")


@step("map")
def _map(compute: Compute, server: Server) -> None:
    if not _building(server):
        return
    try:
        ready = [attaching.prepare(compute, server, each) for each in server.volumes]
    except faults.Fault as refused:
        _abort(compute, server, f"Block Device Mapping is Invalid: {refused.message}")
        return
    if not all(ready):
        later(compute, server, _MAPPING, "map")
        return
    server.task_state = "spawning"
    later(compute, server, _CONNECTING, "connect")  # Nova spawns while it still waits for the network


@step("connect")
def _connect(compute: Compute, server: Server) -> None:
    if not _building(server):
        return
    try:
        for nic in server.nics:
            connect(compute, server, nic)
    except network_errors.Refused:
        _abort(compute, server, "Failed to allocate the network(s), not rescheduling.")
        return
    for attached in server.volumes:
        attaching.complete(compute, server, attached)
    later(compute, server, _SPAWNING, "spawned")


@step("spawned")
def _spawned(compute: Compute, server: Server) -> None:
    if not _building(server):
        return
    if compute.cloud.fault("server-fails", server.name, server.id, server.host or ""):
        fail(compute, server, f"Exceeded maximum number of retries. {_EXHAUSTED} {server.id}.")
        release(compute, server)
        return
    worker = daemons.worker(compute, server.host)
    if worker is None or not daemons.up(compute, worker):
        later(compute, server, _SPAWNING, "spawned")  # its host went down meanwhile: it waits for it
        return
    server.vm_state, server.task_state, server.power_state = "active", None, 1
    server.launched = server.updated = compute.now()
    history.finish(compute, server)


def connect(compute: Compute, server: Server, nic: Nic) -> dict[str, Any]:
    """Connects a server to a network, by the port that was named or one that is made; returns the port.

    Raises:
        network_errors.Refused: Neutron will not.
    """
    network = compute.cloud.network
    if nic.port_id:
        bound: dict[str, Any] = network.bind_port(nic.port_id, device_id=server.id, host=server.host or "")
        return bound
    made: dict[str, Any] = network.make_port(
        project_id=server.project_id,
        network_id=nic.network_id,
        device_id=server.id,
        host=server.host or "",
        fixed_ip=nic.fixed_ip,
        security_groups=server.security_groups or None,
        admin=server.by_admin,
    )
    return made


def _building(server: Server) -> bool:
    return server.vm_state == "building" and server.task_state != "deleting" and server.host is not None


def _abort(compute: Compute, server: Server, why: str) -> None:
    fail(compute, server, f"Build of instance {server.id} aborted: {why}")
    release(compute, server)


def fail(compute: Compute, server: Server, message: str, code: int = 500) -> None:
    """Puts a server into error."""
    server.fault = Failure(code=code, message=message, created=compute.now())
    server.vm_state, server.task_state, server.host, server.placed = "error", None, None, False
    server.updated = compute.now()
    history.finish(compute, server, "Error")


def release(compute: Compute, server: Server) -> None:
    """Gives back the ports and volumes of a server."""
    compute.cloud.network.delete_ports(server.id)
    for attached in list(server.volumes):
        attaching.release(compute, server, attached)
