"""What projects used of the hosts, in hours."""

from __future__ import annotations

import datetime
from typing import Any

from ... import times
from ...call import Reply
from ...faults import bad_request, denied
from ...routes import Request
from .. import views
from ..compute import Compute
from ..records import Server
from ..table import ROUTES

_POLICY = "os_compute_api:os-simple-tenant-usage"


@ROUTES.on("GET", "/os-simple-tenant-usage", policy=f"{_POLICY}:list", admin=True)
def index(compute: Compute, request: Request) -> Reply:
    """Answers all projects that had servers."""
    start, stop = _period(compute, request)
    every = [each for each in (*compute.store.servers.values(), *compute.store.deleted.values()) if _hours(each, start, stop) > 0]
    projects = sorted({each.project_id for each in every})
    shown = [_usage(project, [each for each in every if each.project_id == project], start, stop) for project in projects]
    return Reply(status=200, body={"tenant_usages": shown})


@ROUTES.on("GET", "/os-simple-tenant-usage/{project_id}")
def show(compute: Compute, request: Request) -> Reply:
    """Answers one project, with its servers."""
    project = request.params["project_id"]
    if project != request.project and not request.admin:
        raise denied(f"{_POLICY}:show")
    start, stop = _period(compute, request)
    every = [each for each in (*compute.store.servers.values(), *compute.store.deleted.values()) if each.project_id == project]
    mine = [each for each in every if _hours(each, start, stop) > 0]
    if not mine:
        return Reply(status=200, body={"tenant_usage": {}})
    servers = [_server(compute, each, start, stop) for each in mine]
    return Reply(status=200, body={"tenant_usage": _usage(project, mine, start, stop) | {"server_usages": servers}})


def _period(compute: Compute, request: Request) -> tuple[float, float]:
    return _time(compute, request.query("start")), _time(compute, request.query("end"))


def _time(compute: Compute, given: str | None) -> float:
    if given is None:
        return compute.now()
    try:
        return datetime.datetime.fromisoformat(given).replace(tzinfo=datetime.UTC).timestamp()
    except ValueError:
        raise bad_request(f"Datetime is in invalid format: {given}") from None


def _hours(server: Server, start: float, stop: float) -> float:
    if server.launched is None:
        return 0.0
    begun, ended = max(server.launched, start), min(server.terminated or stop, stop)
    # a period of no length is given a moment, since Nova reads its clock twice
    return max(0.0, ended - begun) / 3600 if stop > start else (1e-8 if server.terminated is None else 0.0)


def _usage(project: str, servers: list[Server], start: float, stop: float) -> dict[str, Any]:
    hours = {each.id: _hours(each, start, stop) for each in servers}
    return {
        "tenant_id": project,
        "total_local_gb_usage": sum((each.flavor.disk + each.flavor.ephemeral) * hours[each.id] for each in servers),
        "total_vcpus_usage": sum(each.flavor.vcpus * hours[each.id] for each in servers),
        "total_memory_mb_usage": sum(each.flavor.ram * hours[each.id] for each in servers),
        "total_hours": sum(hours.values()),
        "start": times.exact(start),
        "stop": times.exact(stop),
    }


def _server(compute: Compute, server: Server, start: float, stop: float) -> dict[str, Any]:
    return {
        "instance_id": server.id,
        "name": server.name,
        "hours": _hours(server, start, stop),
        "tenant_id": server.project_id,
        "flavor": server.flavor.name,
        "vcpus": server.flavor.vcpus,
        "memory_mb": server.flavor.ram,
        "local_gb": server.flavor.disk,
        "started_at": times.seconds(server.launched),
        "ended_at": times.seconds(server.terminated),
        "state": views.status(server).lower(),
        "uptime": int(compute.now() - (server.launched or compute.now())),
    }
