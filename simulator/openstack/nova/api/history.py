"""What was done to servers: instance actions and migrations; and what they tell of themselves."""

from __future__ import annotations

from typing import Any

from ... import times
from ...call import Reply
from ...faults import not_found
from ...routes import Request
from ..compute import Compute
from ..identifiers import new_id
from ..records import Event, Migration, Server
from ..table import ROUTES

_ACTIONS = "/servers/{server_id}/os-instance-actions"
_RUNNING = frozenset({"queued", "preparing", "running", "post-migrating"})


@ROUTES.on("GET", _ACTIONS)
def actions(compute: Compute, request: Request) -> Reply:
    """Answers all of them, the newest first."""
    server = _even_deleted(compute, request)
    return Reply(status=200, body={"instanceActions": [_view(server, each, request) for each in reversed(server.events)]})


@ROUTES.on("GET", _ACTIONS + "/{request_id}")
def action(compute: Compute, request: Request) -> Reply:
    """Answers one with its events."""
    server = _even_deleted(compute, request)
    for each in server.events:
        if each.request_id == request.params["request_id"]:
            shown = _view(server, each, request) | ({"events": [_event(each)]} if request.admin or request.version >= 51 else {})
            return Reply(status=200, body={"instanceAction": shown})
    raise not_found(f"Action for request_id {request.params['request_id']} on instance {server.id} not found")


def _even_deleted(compute: Compute, request: Request) -> Server:
    deleted = compute.store.deleted.get(request.params["server_id"])
    if deleted and request.version >= 21 and (request.admin or deleted.project_id == request.project):
        return deleted
    return compute.server(request.params["server_id"], request)


def _view(server: Server, event: Event, request: Request) -> dict[str, Any]:
    shown = {
        "action": event.action,
        "instance_uuid": server.id,
        "request_id": event.request_id,
        "user_id": event.user_id,
        "project_id": event.project_id,
        "start_time": times.seconds(event.start),
        "message": event.message,
    }
    return shown | ({"updated_at": times.seconds(event.updated)} if request.version >= 58 else {})


def _event(event: Event) -> dict[str, Any]:
    return {
        "event": f"compute__do_{event.action}",
        "start_time": times.seconds(event.start),
        "finish_time": times.seconds(event.updated),
        "result": "Error" if event.message else "Success",
    }


@ROUTES.on("GET", "/os-migrations", policy="os_compute_api:os-migrations:index", admin=True)
def migrations(compute: Compute, request: Request) -> Reply:
    """Answers migrations, the newest first."""
    found = [each for each in reversed(compute.store.migrations) if _asked_for(each, request)]
    return Reply(status=200, body={"migrations": [_migration(each, request) for each in found]})


def _asked_for(migration: Migration, request: Request) -> bool:
    host, kind = request.query("host"), request.query("migration_type")
    return (
        request.query("instance_uuid") in (None, migration.server_id)
        and request.query("status") in (None, migration.status)
        and host in (None, migration.source, migration.dest)
        and request.query("source_compute") in (None, migration.source)
        and kind in (None, migration.type)
    )


@ROUTES.on("GET", "/servers/{server_id}/migrations", policy="os_compute_api:servers:migrations:index", admin=True, since=23)
def server_migrations(compute: Compute, request: Request) -> Reply:
    """Answers a server's live migrations that are under way."""
    server = compute.server(request.params["server_id"], request)
    found = [
        e for e in compute.store.migrations if e.server_id == server.id and e.status in _RUNNING and e.type.startswith("live")
    ]
    return Reply(status=200, body={"migrations": [_migration(each, request) for each in found]})


def _migration(migration: Migration, request: Request) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": migration.id,
        "instance_uuid": migration.server_id,
        "source_compute": migration.source,
        "source_node": migration.source,
        "dest_compute": migration.dest,
        "dest_node": migration.dest,
        "dest_host": migration.dest,
        "status": migration.status,
        "old_instance_type_id": 1,
        "new_instance_type_id": 1,
        "created_at": times.seconds(migration.created),
        "updated_at": times.seconds(migration.updated),
    }
    if request.version >= 23:
        shown["migration_type"] = migration.type
    if request.version >= 59:
        shown["uuid"] = migration.uuid
    if request.version >= 80:
        shown |= {"user_id": migration.user_id, "project_id": migration.project_id}
    return shown


@ROUTES.on("POST", "/servers/{server_id}/remote-consoles", since=6, schema={"type": "object", "required": ["remote_console"]})
def console(compute: Compute, request: Request) -> Reply:
    """Answers where a server's screen can be seen."""
    compute.server(request.params["server_id"], request)
    given = request.body["remote_console"]
    host = request.call.base.split("//")[-1].split("/")[0].split(":")[0]
    url = f"http://{host}:6080/vnc_auto.html?path=%3Ftoken%3D{new_id()}"
    return Reply(status=200, body={"remote_console": {"protocol": given["protocol"], "type": given["type"], "url": url}})


@ROUTES.on("GET", "/servers/{server_id}/diagnostics", policy="os_compute_api:os-server-diagnostics", admin=True, since=48)
def diagnostics(compute: Compute, request: Request) -> Reply:
    """Answers what the hypervisor counts of a server; nothing is counted here, so the counters stand at zero."""
    server = compute.server(request.params["server_id"], request)
    running = server.power_state == 1
    ports = compute.cloud.network.ports(server.id)
    counters = (
        "rx_octets",
        "rx_errors",
        "rx_drop",
        "rx_packets",
        "rx_rate",
        "tx_octets",
        "tx_errors",
        "tx_drop",
        "tx_packets",
        "tx_rate",
    )
    disks = ("read_bytes", "read_requests", "write_bytes", "write_requests", "errors_count")
    body = {
        "state": "running" if running else "shutdown",
        "driver": "libvirt",
        "hypervisor": "kvm",
        "hypervisor_os": "linux",
        "uptime": int(compute.now() - server.launched) if running and server.launched else 0,
        "config_drive": server.config_drive,
        "num_cpus": server.flavor.vcpus,
        "num_nics": len(ports),
        "num_disks": 1 + len([each for each in server.volumes if not each.boot]),
        "disk_details": [dict.fromkeys(disks, 0)],
        "cpu_details": [{"id": number, "time": 0, "utilisation": 0} for number in range(server.flavor.vcpus)],
        "nic_details": [{"mac_address": port["mac_address"]} | dict.fromkeys(counters, 0) for port in ports],
        "memory_details": {"maximum": server.flavor.ram * 1024, "used": 0},
    }
    return Reply(status=200, body=body)


@ROUTES.on("GET", "/servers/{server_id}/topology", since=78)
def topology(compute: Compute, request: Request) -> Reply:
    """Answers a server's NUMA nodes: it was given none."""
    compute.server(request.params["server_id"], request)
    return Reply(status=200, body={"nodes": [], "pagesize_kb": None})
