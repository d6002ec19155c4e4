"""How a server looks, by version and by who asks."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from .. import times
from ..routes import Request
from . import daemons, flavors, zones
from .records import Server

if TYPE_CHECKING:
    from .compute import Compute

_WITH_PROGRESS = frozenset({"ACTIVE", "BUILD", "REBUILD", "RESIZE", "VERIFY_RESIZE", "MIGRATING"})
_WITH_FAULT = frozenset({"ERROR", "DELETED"})
_BY_TASK = {
    ("active", "rebooting"): "REBOOT",
    ("active", "reboot_pending"): "REBOOT",
    ("active", "reboot_started"): "REBOOT",
    ("active", "rebooting_hard"): "HARD_REBOOT",
    ("active", "migrating"): "MIGRATING",
    ("active", "rebuilding"): "REBUILD",
    ("stopped", "rebuilding"): "REBUILD",
    ("error", "rebuilding"): "REBUILD",
    ("active", "resize_prep"): "RESIZE",
    ("active", "resize_migrating"): "RESIZE",
    ("active", "resize_finish"): "RESIZE",
    ("stopped", "resize_prep"): "RESIZE",
    ("stopped", "resize_finish"): "RESIZE",
    ("resized", "resize_reverting"): "REVERT_RESIZE",
    ("active", "updating_password"): "PASSWORD",
}
_BY_STATE = {
    "building": "BUILD",
    "active": "ACTIVE",
    "stopped": "SHUTOFF",
    "error": "ERROR",
    "resized": "VERIFY_RESIZE",
    "paused": "PAUSED",
    "suspended": "SUSPENDED",
    "rescued": "RESCUE",
    "shelved": "SHELVED",
    "shelved_offloaded": "SHELVED_OFFLOADED",
    "deleted": "DELETED",
}


def status(server: Server) -> str:
    """The status that users see."""
    return _BY_TASK.get((server.vm_state, server.task_state or ""), _BY_STATE[server.vm_state])


def links(server: Server, base: str) -> list[dict[str, str]]:
    """Where it is."""
    return [
        {"rel": "self", "href": f"{base}/v2.1/servers/{server.id}"},
        {"rel": "bookmark", "href": f"{base}/servers/{server.id}"},
    ]


def brief(server: Server, request: Request) -> dict[str, Any]:
    """As the short list shows it."""
    return {"id": server.id, "name": server.name, "links": links(server, request.call.base)}


def whole(compute: Compute, server: Server, request: Request, *, listed: bool = False) -> dict[str, Any]:
    """All that a caller sees of it; a list leaves the server groups out."""
    shown = _core(compute, server, request) | _extended(compute, server, request)
    shown |= _newer(server, request)
    if request.admin:
        shown |= _for_admin(compute, server, request)
    if request.version >= 71 and not listed:
        shown["server_groups"] = [server.group_id] if server.group_id else []
    return shown


def host_id(server: Server) -> str:
    """A host's name as users see it: the same for two servers of a project on one host, and nothing else."""
    if not server.placed or server.host is None:
        return ""
    return hashlib.sha224(f"{server.project_id}{server.host}".encode()).hexdigest()


def _core(compute: Compute, server: Server, request: Request) -> dict[str, Any]:
    state, base = status(server), request.call.base
    shown: dict[str, Any] = {
        "id": server.id,
        "name": server.name,
        "status": state,
        "tenant_id": server.project_id,
        "user_id": server.user_id,
        "metadata": dict(server.metadata),
        "hostId": host_id(server),
        "image": _image(server, base),
        "flavor": flavors.embedded(server.flavor) if request.version >= 47 else _flavor(server, base),
        "created": times.short(server.created),
        "updated": times.short(server.updated),
        "addresses": addresses(compute, server),
        "accessIPv4": "",
        "accessIPv6": "",
        "links": links(server, base),
        "OS-DCF:diskConfig": "MANUAL",
    }
    if state in _WITH_PROGRESS:
        shown["progress"] = 0
    if state in _WITH_FAULT and server.fault and server.vm_state != "deleted":
        shown["fault"] = _fault(server, request)
    return shown


def addresses(compute: Compute, server: Server) -> dict[str, list[dict[str, Any]]]:
    """The addresses by network; a server has none before it runs."""
    if server.vm_state in ("building", "deleted"):
        return {}
    found: dict[str, list[dict[str, Any]]] = compute.cloud.network.addresses(server.id)
    return found


def _image(server: Server, base: str) -> Any:
    if not server.image_id:
        return ""
    return {"id": server.image_id, "links": [{"rel": "bookmark", "href": f"{base}/images/{server.image_id}"}]}


def _flavor(server: Server, base: str) -> dict[str, Any]:
    return {"id": server.flavor.id, "links": flavors.links(server.flavor.id, base)[1:]}


def _fault(server: Server, request: Request) -> dict[str, Any]:
    assert server.fault is not None  # noqa: S101 the caller asked for one that has it
    shown = {"code": server.fault.code, "created": times.short(server.fault.created), "message": server.fault.message}
    return shown | ({"details": "Traceback (most recent call last): …"} if request.admin else {})


def _extended(compute: Compute, server: Server, request: Request) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "OS-EXT-AZ:availability_zone": zone(compute, server),
        "config_drive": "True" if server.config_drive else "",
        "key_name": server.key_name,
        "OS-SRV-USG:launched_at": times.seconds(server.launched),
        "OS-SRV-USG:terminated_at": times.seconds(server.terminated),
        "OS-EXT-STS:task_state": server.task_state,
        "OS-EXT-STS:vm_state": server.vm_state,
        "OS-EXT-STS:power_state": server.power_state,
        "os-extended-volumes:volumes_attached": _volumes(server, request),
    }
    if request.version >= 96:
        shown["pinned_availability_zone"] = server.zone
    if compute.cloud.network.ports(server.id):
        shown["security_groups"] = [{"name": name} for name in server.security_groups or ["default"]]
    return shown


def zone(compute: Compute, server: Server) -> str:
    """The availability zone of a server's host, nothing while it has none."""
    worker = daemons.worker(compute, server.host)
    return zones.of(compute, worker) if worker else ""


def _volumes(server: Server, request: Request) -> list[dict[str, Any]]:
    shown = [each for each in server.volumes if each.volume_id and server.placed]
    if request.version < 3:
        return [{"id": each.volume_id} for each in shown]
    return [{"id": each.volume_id, "delete_on_termination": each.delete_on_termination} for each in shown]


def _newer(server: Server, request: Request) -> dict[str, Any]:
    added: list[tuple[int, str, Any]] = [
        (9, "locked", server.locked),
        (73, "locked_reason", server.locked_reason),
        (19, "description", server.description),
        (26, "tags", list(server.tags)),
        (63, "trusted_image_certificates", None),
        (90, "OS-EXT-SRV-ATTR:hostname", server.hostname),
    ]
    return {name: value for since, name, value in added if request.version >= since}


def _for_admin(compute: Compute, server: Server, request: Request) -> dict[str, Any]:
    host = server.host if server.placed else None
    prefix = "OS-EXT-SRV-ATTR:"
    shown: dict[str, Any] = {
        f"{prefix}host": host,
        f"{prefix}instance_name": f"instance-{server.row:08x}",
        f"{prefix}hypervisor_hostname": host,
    }
    if request.version >= 3:
        shown |= {
            f"{prefix}reservation_id": server.reservation_id,
            f"{prefix}launch_index": server.launch_index,
            f"{prefix}hostname": server.hostname,
            f"{prefix}kernel_id": "",
            f"{prefix}ramdisk_id": "",
            f"{prefix}root_device_name": server.root_device,
            f"{prefix}user_data": server.user_data,
        }
    if request.version >= 16:
        running = host and server.vm_state != "deleted"
        shown["host_status"] = daemons.status_of_host(compute, server) if running else ""
    return shown


def state_of(server: Server) -> dict[str, Any]:
    """What other services see of a server."""
    return {
        "id": server.id,
        "name": server.name,
        "project_id": server.project_id,
        "user_id": server.user_id,
        "status": status(server),
        "vm_state": server.vm_state,
        "task_state": server.task_state,
        "host": server.host,
    }
