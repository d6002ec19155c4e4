"""Servers: list, show, create, change, delete."""

from __future__ import annotations

import re
import secrets
import string
from typing import Any

from ...call import Reply
from ...faults import bad_request, conflict
from ...paging import page
from ...routes import Request
from .. import attaching, building, daemons, history, ordering, serverschema, views
from ..compute import Compute
from ..records import Server
from ..steps import later, step
from ..table import ROUTES

_DELETING = 0.8
"""Seconds."""
_REMEMBERED = 100
"""Deleted servers whose rows are kept; the oldest are archived."""


@ROUTES.on("GET", "/servers")
def index(compute: Compute, request: Request) -> Reply:
    """Answers the short list."""
    shown, more = page(_chosen(compute, request), request, lambda each: each.id, "/v2.1/servers")
    body: dict[str, Any] = {"servers": [views.brief(each, request) for each in shown]}
    return Reply(status=200, body=body | ({"servers_links": more} if more else {}))


@ROUTES.on("GET", "/servers/detail")
def detail(compute: Compute, request: Request) -> Reply:
    """Answers the long list."""
    shown, more = page(_chosen(compute, request), request, lambda each: each.id, "/v2.1/servers/detail")
    body: dict[str, Any] = {"servers": [views.whole(compute, each, request, listed=True) for each in shown]}
    return Reply(status=200, body=body | ({"servers_links": more} if more else {}))


def _chosen(compute: Compute, request: Request) -> list[Server]:
    deleted = request.admin and request.flag("deleted")
    every = compute.store.deleted if deleted else compute.store.servers
    found = [each for each in every.values() if _asked_for(compute, each, request)]
    key = {"display_name": "name", "created_at": "created"}.get(request.query("sort_key") or "", request.query("sort_key") or "")
    if key in ("name", "created", "id", "host"):
        found.sort(key=lambda each: str(getattr(each, key)), reverse=request.query("sort_dir") != "asc")
        return found
    newest_first = found[::-1]
    return sorted(newest_first, key=lambda each: -each.created)


def _asked_for(compute: Compute, server: Server, request: Request) -> bool:
    everywhere = request.admin and (request.flag("all_tenants") or request.query("project_id") is not None)
    if not everywhere and server.project_id != request.project:
        return False
    name, ip = request.query("name"), request.query("ip")
    if name is not None and not _matches(name, server.name):
        return False
    if ip is not None and not any(_matches(ip, e["addr"]) for each in views.addresses(compute, server).values() for e in each):
        return False
    return all(_equal(request.query(query), value) for query, value in _filters(server, request).items())


def _filters(server: Server, request: Request) -> dict[str, str | None]:
    filters: dict[str, str | None] = {
        "status": views.status(server),
        "image": server.image_id,
        "flavor": server.flavor.id,
        "key_name": server.key_name,
        "uuid": server.id,
        "user_id": server.user_id,
        "reservation_id": server.reservation_id,
        "vm_state": server.vm_state,
    }
    if request.admin:
        filters |= {"host": server.host, "hypervisor_hostname": server.host, "project_id": server.project_id}
        filters |= {"tenant_id": server.project_id, "node": server.host}
    return filters


def _equal(wanted: str | None, value: str | None) -> bool:
    return wanted is None or wanted.lower() == (value or "").lower()


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


@ROUTES.on("POST", "/servers", schema=serverschema.create)
def create(compute: Compute, request: Request) -> Reply:
    """Begins to make servers."""
    made = ordering.servers(compute, request)
    for server in made:
        compute.store.servers[server.id] = server
        history.note(compute, server, "create", request.caller)
        building.begin(compute, server)
    if str(request.body["server"].get("return_reservation_id", False)).lower() in ("true", "1"):
        return Reply(status=202, body={"reservation_id": made[0].reservation_id})
    first = made[0]
    links = views.links(first, request.call.base)
    shown = {
        "id": first.id,
        "links": links,
        "OS-DCF:diskConfig": "MANUAL",
        "security_groups": [{"name": name} for name in first.security_groups or ["default"]],
        "adminPass": request.body["server"].get("adminPass") or password(),
    }
    return Reply(status=202, body={"server": shown}, headers={"Location": links[0]["href"]})


def password() -> str:
    """A password as Nova makes them up."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(12))


@ROUTES.on("GET", "/servers/{server_id}")
def show(compute: Compute, request: Request) -> Reply:
    """Answers one."""
    return Reply(status=200, body={"server": views.whole(compute, compute.server(request.params["server_id"], request), request)})


@ROUTES.on("PUT", "/servers/{server_id}", schema=serverschema.update)
def update(compute: Compute, request: Request) -> Reply:
    """Changes name, hostname or description."""
    server, given = compute.server(request.params["server_id"], request), request.body["server"]
    for name in ("name", "hostname", "description"):
        if name in given:
            setattr(server, name, given[name])
    server.updated = compute.now()
    return Reply(status=200, body={"server": views.whole(compute, server, request)})


@ROUTES.on("DELETE", "/servers/{server_id}")
def delete(compute: Compute, request: Request) -> Reply:
    """Begins to delete a server."""
    server = compute.server(request.params["server_id"], request)
    if server.locked and not request.admin:
        raise conflict(f"Instance {server.id} is locked")
    begin_deletion(compute, server, request)
    return Reply(status=204)


def begin_deletion(compute: Compute, server: Server, request: Request) -> None:
    """Has a server go: at once where no daemon has a part in it, else after a moment."""
    history.note(compute, server, "delete", request.caller)
    server.task_state, server.updated = "deleting", compute.now()
    worker = daemons.worker(compute, server.host)
    if worker is None or not daemons.up(compute, worker):
        _gone(compute, server)
        return
    later(compute, server, _DELETING, "gone")


@step("gone")
def _gone(compute: Compute, server: Server) -> None:
    compute.cloud.network.delete_ports(server.id)
    for attached in list(server.volumes):
        attaching.release(compute, server, attached, server_goes=True)
    server.vm_state, server.task_state, server.power_state, server.fault = "deleted", None, 0, None
    server.metadata = {}
    server.terminated = server.updated = compute.now()
    history.finish(compute, server)
    for group in compute.store.groups.values():
        if server.group_id == group.id:
            server.group_id = None
    compute.store.deleted[server.id] = compute.store.servers.pop(server.id)
    while len(compute.store.deleted) > _REMEMBERED:
        del compute.store.deleted[next(iter(compute.store.deleted))]


_METADATA_PATH = "/servers/{server_id}/metadata"


@ROUTES.on("GET", _METADATA_PATH)
def metadata(compute: Compute, request: Request) -> Reply:
    """Answers a server's metadata."""
    return Reply(status=200, body={"metadata": dict(compute.server(request.params["server_id"], request).metadata)})


@ROUTES.on("POST", _METADATA_PATH, schema=serverschema.METADATA)
def add_metadata(compute: Compute, request: Request) -> Reply:
    """Adds to it."""
    server = compute.server(request.params["server_id"], request)
    server.metadata |= request.body["metadata"]
    return Reply(status=200, body={"metadata": dict(server.metadata)})


@ROUTES.on("PUT", _METADATA_PATH, schema=serverschema.METADATA)
def replace_metadata(compute: Compute, request: Request) -> Reply:
    """Replaces it."""
    server = compute.server(request.params["server_id"], request)
    server.metadata = dict(request.body["metadata"])
    return Reply(status=200, body={"metadata": dict(server.metadata)})


@ROUTES.on("PUT", _METADATA_PATH + "/{name}", schema=serverschema.META)
def set_meta(compute: Compute, request: Request) -> Reply:
    """Sets one item of it."""
    server, given = compute.server(request.params["server_id"], request), request.body["meta"]
    if list(given) != [request.params["name"]]:
        raise bad_request("Request body and URI mismatch")
    server.metadata |= given
    return Reply(status=200, body={"meta": given})


@ROUTES.on("DELETE", _METADATA_PATH + "/{name}")
def delete_meta(compute: Compute, request: Request) -> Reply:
    """Takes one item away."""
    server = compute.server(request.params["server_id"], request)
    server.metadata.pop(request.params["name"], None)
    return Reply(status=204)
