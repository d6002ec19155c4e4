"""Where a server goes: the hosts that are enabled, up, in the right zone and have room; of these the emptiest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import daemons, zones
from .records import Flavor, Server, Service

if TYPE_CHECKING:
    from .compute import Compute


def choose(compute: Compute, server: Server, *, avoid: tuple[str | None, ...] = (), host: str | None = None) -> Service | None:
    """The nova-compute that takes a server, None when no host is valid.

    Args:
        compute: Nova.
        server: what is to be placed; its flavor says how large it is.
        avoid: hosts that are out of the question.
        host: the only host that will do, where somebody named one.
    """
    wanted = host or (None if avoid else server.wanted_host)  # a move forgets where the server was once forced to
    valid = [
        each
        for each in daemons.workers(compute)
        if each.host not in avoid and wanted in (None, each.host) and _takes(compute, each, server)
    ]
    valid.sort(key=lambda each: (_crowd(compute, each, server), -_free_memory(compute, each), -each.row))
    return valid[0] if valid else None


def _takes(compute: Compute, service: Service, server: Server) -> bool:
    usable = not service.disabled and daemons.up(compute, service)
    in_zone = server.zone in (None, zones.of(compute, service))
    return usable and in_zone and fits(compute, service, server.flavor, server) and _with_its_group(compute, service, server)


def fits(compute: Compute, service: Service, flavor: Flavor, server: Server) -> bool:
    """Whether a host has room for a server of this size, by the allocation ratios."""
    used = daemons.usage(compute, service.host)
    disk = flavor.disk if not any(each.boot for each in server.volumes) else 0
    return (
        used.vcpus + flavor.vcpus <= service.vcpus * daemons.CPU_RATIO
        and flavor.vcpus <= service.vcpus
        and used.memory_mib + flavor.ram <= (service.memory_mib - daemons.RESERVED_MIB) * daemons.RAM_RATIO
        and used.disk_gib + disk + flavor.ephemeral <= service.disk_gib * daemons.DISK_RATIO
    )


def _with_its_group(compute: Compute, service: Service, server: Server) -> bool:
    group = compute.store.groups.get(server.group_id or "")
    others = _others(compute, server)
    if group is None or not others:
        return True
    if group.policy == "affinity":
        return all(each.host == service.host for each in others)
    if group.policy == "anti-affinity":
        here = sum(each.host == service.host for each in others)
        return here < group.rules.get("max_server_per_host", 1)
    return True


def _crowd(compute: Compute, service: Service, server: Server) -> int:
    """How badly a soft policy is broken on a host."""
    group = compute.store.groups.get(server.group_id or "")
    if group is None or not group.policy.startswith("soft-"):
        return 0
    here = sum(each.host == service.host for each in _others(compute, server))
    return here if group.policy == "soft-anti-affinity" else -here


def _others(compute: Compute, server: Server) -> list[Server]:
    if server.group_id is None:
        return []
    return [e for e in compute.store.servers.values() if e.group_id == server.group_id and e.id != server.id and e.host]


def _free_memory(compute: Compute, service: Service) -> int:
    return service.memory_mib - daemons.usage(compute, service.host).memory_mib
