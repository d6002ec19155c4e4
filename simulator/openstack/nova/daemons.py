"""Nova's daemons: who has registered, who is heard of, what their hosts have.

A daemon reports itself as long as it runs; one that has been silent for a minute counts as down. Its row stays until somebody
deletes it, and comes back with a new id when the daemon is started again: one that runs on does not register anew.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from . import zones
from .identifiers import new_id
from .records import Server, Service

if TYPE_CHECKING:
    from ..facts import Compute as Running
    from .compute import Compute

SILENCE = 60.0
"""Seconds (`service_down_time`)."""
CONTROL = ("nova-scheduler", "nova-conductor")
CPU_RATIO, RAM_RATIO, DISK_RATIO = 2.0, 0.98, 1.0
"""The nova-compute charm's allocation ratios."""
RESERVED_MIB = 512


@dataclasses.dataclass(frozen=True, kw_only=True)
class Usage:
    """What the servers of a host take: cores, MiB, GiB, and their number."""

    vcpus: int
    memory_mib: int
    disk_gib: int
    servers: int


def report(compute: Compute) -> None:
    """Lets every daemon that runs report itself."""
    compute.heard = set()
    for host in compute.cloud.facts.hosts("nova-cloud-controller"):
        for binary in CONTROL:
            _heard(compute, binary, host)
    running = [each for each in compute.cloud.facts.computes() if each.up]
    there = {_process(each) for each in running}
    compute.store.silenced = [process for process in compute.store.silenced if process in there]
    for each in running:
        if _process(each) not in compute.store.silenced:
            service = _heard(compute, "nova-compute", each.hostname)
            service.vcpus, service.memory_mib, service.disk_gib = each.vcpus, each.memory_mib, each.disk_gib
            service.address = each.address


def _process(running: Running) -> str:
    """A nova-compute that runs: another unit on a host of the same name is another one, and registers."""
    return f"{running.hostname} {running.unit}"


def _heard(compute: Compute, binary: str, host: str) -> Service:
    found = next((each for each in compute.store.services.values() if (each.binary, each.host) == (binary, host)), None)
    if found is None:
        found = _register(compute, binary, host)
    found.seen = compute.now()
    compute.heard.add(found.id)
    return found


def _register(compute: Compute, binary: str, host: str) -> Service:
    worker = binary == "nova-compute"
    service = Service(
        row=compute.store.number("service"),
        id=new_id(),
        binary=binary,
        host=host,
        zone=zones.DEFAULT if worker else zones.INTERNAL,
        seen=compute.now(),
        hypervisor_id=new_id() if worker else "",
        hypervisor_row=compute.store.number("hypervisor") if worker else 0,
    )
    compute.store.services[service.id] = service
    return service


def up(compute: Compute, service: Service) -> bool:
    """Whether a daemon counts as up; on a fast clock a minute is over while a request is answered."""
    silent = service.id not in compute.heard and compute.now() - service.seen > SILENCE
    return not service.forced_down and not silent


def workers(compute: Compute) -> list[Service]:
    """The nova-compute daemons."""
    return [each for each in compute.store.services.values() if each.binary == "nova-compute"]


def worker(compute: Compute, host: str | None) -> Service | None:
    """The nova-compute of a host, None when it isn't registered."""
    return next((each for each in workers(compute) if each.host == host), None)


def forget(compute: Compute, service: Service) -> None:
    """Deletes a daemon's row, and its host from the aggregates."""
    if service.binary == "nova-compute":
        compute.store.silenced += [_process(e) for e in compute.cloud.facts.computes() if e.up and e.hostname == service.host]
        for aggregate in compute.store.aggregates.values():
            aggregate.hosts = [host for host in aggregate.hosts if host != service.host]
    del compute.store.services[service.id]


def guests(compute: Compute, host: str) -> list[Server]:
    """The servers of a host, also those that are moving in or waiting to be confirmed away."""
    return [each for each in compute.store.servers.values() if host in (each.host, each.old_host)]


def usage(compute: Compute, host: str) -> Usage:
    """What the servers of a host take of it."""
    here = guests(compute, host)
    return Usage(
        vcpus=sum(each.flavor.vcpus for each in here),
        memory_mib=sum(each.flavor.ram for each in here),
        disk_gib=sum(disk(each) for each in here),
        servers=len(here),
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hypervisor:
    """A host of nova-compute: its id, its name, what it has and what of that is taken."""

    id: str
    host: str
    disabled: bool
    vcpus: int
    memory_mib: int
    disk_gib: int
    used: Usage


@dataclasses.dataclass(frozen=True, kw_only=True)
class Allocation:
    """What a server takes of a host."""

    server_id: str
    project_id: str
    user_id: str
    hypervisor_id: str
    vcpus: int
    memory_mib: int
    disk_gib: int


def hypervisors(compute: Compute) -> list[Hypervisor]:
    """All hosts of nova-compute."""
    return [
        Hypervisor(
            id=each.hypervisor_id,
            host=each.host,
            disabled=each.disabled,
            vcpus=each.vcpus,
            memory_mib=each.memory_mib,
            disk_gib=each.disk_gib,
            used=usage(compute, each.host),
        )
        for each in workers(compute)
    ]


def allocations(compute: Compute) -> list[Allocation]:
    """What every server takes."""
    return [
        Allocation(
            server_id=server.id,
            project_id=server.project_id,
            user_id=server.user_id,
            hypervisor_id=each.hypervisor_id,
            vcpus=server.flavor.vcpus,
            memory_mib=server.flavor.ram,
            disk_gib=disk(server),
        )
        for each in workers(compute)
        for server in guests(compute, each.host)
    ]


def disk(server: Server) -> int:
    """GiB of its host's disk that a server takes: none for a root disk that is a volume."""
    root = 0 if any(each.boot for each in server.volumes) else server.flavor.disk
    return root + server.flavor.ephemeral + server.flavor.swap // 1024


def status_of_host(compute: Compute, server: Server) -> str:
    """What an administrator sees of a server's host."""
    service = worker(compute, server.host)
    if service is None:
        return ""
    if service.disabled:
        return "MAINTENANCE"
    return "UP" if up(compute, service) else "UNKNOWN" if not service.forced_down else "DOWN"
