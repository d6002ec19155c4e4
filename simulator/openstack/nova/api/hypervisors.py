"""Hypervisors: the hosts of nova-compute and what is free on them."""

from __future__ import annotations

import re
from typing import Any

from ...call import Reply
from ...faults import not_found
from ...routes import Request
from .. import daemons
from ..compute import Compute
from ..records import Service
from ..table import ROUTES

_POLICY = "os_compute_api:os-hypervisors"
_CPU = {
    "arch": "x86_64",
    "model": "Cascadelake-Server",
    "vendor": "Intel",
    "features": ["pge", "clflush", "sse", "sse2", "vmx"],
}
UUIDS_SINCE, BRIEF_SINCE, STRUCTURED_SINCE = 53, 88, 28


@ROUTES.on("GET", "/os-hypervisors", policy=f"{_POLICY}:list", admin=True)
def index(compute: Compute, request: Request) -> Reply:
    """Answers the short list."""
    return Reply(status=200, body={"hypervisors": [_brief(compute, each, request) for each in _chosen(compute, request)]})


@ROUTES.on("GET", "/os-hypervisors/detail", policy=f"{_POLICY}:list-detail", admin=True)
def detail(compute: Compute, request: Request) -> Reply:
    """Answers the long list."""
    return Reply(status=200, body={"hypervisors": [_whole(compute, each, request) for each in _chosen(compute, request)]})


@ROUTES.on("GET", "/os-hypervisors/statistics", policy=f"{_POLICY}:statistics", admin=True, until=87)
def statistics(compute: Compute, request: Request) -> Reply:
    """Answers the sums over all that are up."""
    rows = [_sizes(compute, each) for each in daemons.workers(compute) if daemons.up(compute, each) and not each.disabled]
    sums = {name: sum(row[name] for row in rows) for name in (rows[0] if rows else ())}
    return Reply(status=200, body={"hypervisor_statistics": {"count": len(rows)} | sums})


@ROUTES.on("GET", "/os-hypervisors/{hypervisor_id}", policy=f"{_POLICY}:show", admin=True)
def show(compute: Compute, request: Request) -> Reply:
    """Answers one."""
    wanted = request.params["hypervisor_id"]
    for each in daemons.workers(compute):
        if wanted == str(_id(each, request)):
            return Reply(status=200, body={"hypervisor": _whole(compute, each, request)})
    raise not_found(f"Hypervisor with ID '{wanted}' could not be found.")


@ROUTES.on("GET", "/os-hypervisors/{hypervisor_id}/uptime", policy=f"{_POLICY}:uptime", admin=True, until=87)
def uptime(compute: Compute, request: Request) -> Reply:
    """Answers a hypervisor's name and how long it runs."""
    shown: dict[str, Any] = show(compute, request).body["hypervisor"]
    keys = ("id", "hypervisor_hostname", "state", "status")
    return Reply(status=200, body={"hypervisor": {key: shown[key] for key in keys} | {"uptime": None}})


def _chosen(compute: Compute, request: Request) -> list[Service]:
    every = sorted(daemons.workers(compute), key=lambda each: each.hypervisor_row)
    pattern = request.query("hypervisor_hostname_pattern")
    if pattern is None:
        return every
    found = [each for each in every if re.search(re.escape(pattern), each.host)]
    if not found:
        raise not_found(f"No hypervisor matching '{pattern}' could be found.")
    return found


def _id(service: Service, request: Request) -> str | int:
    return service.hypervisor_id if request.version >= UUIDS_SINCE else service.hypervisor_row


def _brief(compute: Compute, service: Service, request: Request) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": _id(service, request),
        "hypervisor_hostname": service.host,
        "state": "up" if daemons.up(compute, service) else "down",
        "status": "disabled" if service.disabled else "enabled",
    }
    if request.flag("with_servers"):
        shown["servers"] = [{"uuid": each.id, "name": each.name} for each in daemons.guests(compute, service.host)]
    return shown


def _whole(compute: Compute, service: Service, request: Request) -> dict[str, Any]:
    service_id = service.id if request.version >= UUIDS_SINCE else service.row
    shown = _brief(compute, service, request) | {
        "hypervisor_type": "QEMU",
        "hypervisor_version": 8002002,
        "host_ip": service.address,
        "service": {"id": service_id, "host": service.host, "disabled_reason": service.disabled_reason},
    }
    if request.version >= BRIEF_SINCE:
        return shown | {"uptime": None}
    cpu: Any = _CPU | {"topology": {"cores": max(1, service.vcpus // 2), "threads": 2, "sockets": 1}}
    return shown | _sizes(compute, service) | {"cpu_info": cpu if request.version >= STRUCTURED_SINCE else str(cpu)}


def _sizes(compute: Compute, service: Service) -> dict[str, int]:
    used = daemons.usage(compute, service.host)
    memory = used.memory_mib + daemons.RESERVED_MIB
    return {
        "vcpus": service.vcpus,
        "memory_mb": service.memory_mib,
        "local_gb": service.disk_gib,
        "vcpus_used": used.vcpus,
        "memory_mb_used": memory,
        "local_gb_used": used.disk_gib,
        "free_ram_mb": service.memory_mib - memory,
        "free_disk_gb": service.disk_gib - used.disk_gib,
        "current_workload": 0,
        "running_vms": used.servers,
        "disk_available_least": service.disk_gib - used.disk_gib,
    }
