"""Volumes at a server."""

from __future__ import annotations

from typing import Any

from ...call import Reply
from ...faults import bad_request, not_found
from ...routes import Request
from .. import attaching, history, transitions
from ..compute import Compute
from ..identifiers import new_id
from ..records import Attached, Server
from ..table import ROUTES

_PATH = "/servers/{server_id}/os-volume_attachments"
_STATES = frozenset({"active", "paused", "stopped", "suspended", "resized"})


def _schema(version: int) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "volumeId": {"type": "string", "format": "uuid"},
        "device": {"type": ["string", "null"]},
    }
    if version >= 49:
        properties["tag"] = {"type": "string"}
    if version >= 79:
        properties["delete_on_termination"] = {"type": ["boolean", "string"]}
    inner = {"type": "object", "properties": properties, "required": ["volumeId"], "additionalProperties": False}
    wrapped = {"type": "object", "properties": {"volumeAttachment": inner}, "required": ["volumeAttachment"]}
    return wrapped | {"additionalProperties": False}


@ROUTES.on("GET", _PATH)
def index(compute: Compute, request: Request) -> Reply:
    """Answers all of them."""
    server = compute.server(request.params["server_id"], request)
    shown = [_view(server, each, request) for each in server.volumes if each.attachment_id]
    return Reply(status=200, body={"volumeAttachments": shown})


@ROUTES.on("GET", _PATH + "/{volume_id}")
def show(compute: Compute, request: Request) -> Reply:
    """Answers one."""
    server = compute.server(request.params["server_id"], request)
    return Reply(status=200, body={"volumeAttachment": _view(server, _find(server, request), request)})


@ROUTES.on("POST", _PATH, schema=_schema)
def create(compute: Compute, request: Request) -> Reply:
    """Begins to attach one."""
    server, given = compute.server(request.params["server_id"], request), request.body["volumeAttachment"]
    volume_id = given["volumeId"]
    volume = compute.cloud.volume.record(volume_id)
    if volume is None or not (request.admin or volume["project_id"] == request.project):
        raise not_found(f"Volume {volume_id} could not be found.")
    transitions.require(server, "attach_volume", _STATES)
    _require_free(server, volume_id)
    attached = Attached(
        volume_id=volume_id,
        device=attaching.device_after(server.volumes, given.get("device")),
        delete_on_termination=str(given.get("delete_on_termination", False)).lower() in ("true", "1"),
        tag=given.get("tag"),
        bdm_uuid=new_id(),
    )
    attaching.attach(compute, server, attached)
    history.note(compute, server, "attach_volume", request.caller)
    shown: dict[str, Any] = {
        "id": volume_id,
        "serverId": server.id,
        "volumeId": volume_id,
        "device": attached.device,
    }
    return Reply(status=200, body={"volumeAttachment": shown | _newer(attached, request)})


def _require_free(server: Server, volume_id: str) -> None:
    if any(each.volume_id == volume_id for each in server.volumes):
        raise bad_request(f"Invalid volume: volume {volume_id} is already attached to instances: {server.id}")


@ROUTES.on("DELETE", _PATH + "/{volume_id}")
def delete(compute: Compute, request: Request) -> Reply:
    """Begins to detach one."""
    server = compute.server(request.params["server_id"], request)
    attached = _find(server, request)
    if attached.boot:
        raise bad_request("Cannot detach a root device volume")
    if attached.detaching:
        raise bad_request(f"Invalid volume: Volume {attached.volume_id} is detaching already.")
    transitions.require(server, "detach_volume", _STATES)
    attaching.detach(compute, server, attached)
    history.note(compute, server, "detach_volume", request.caller)
    return Reply(status=202)


def _find(server: Server, request: Request) -> Attached:
    wanted = request.params["volume_id"]
    for each in server.volumes:
        if each.volume_id == wanted:
            return each
    raise not_found(f"Instance {server.id} is not attached to volume {wanted}")


def _newer(attached: Attached, request: Request) -> dict[str, Any]:
    added = {"tag": attached.tag} if request.version >= 70 else {}
    return added | ({"delete_on_termination": attached.delete_on_termination} if request.version >= 79 else {})


def _view(server: Server, attached: Attached, request: Request) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": attached.volume_id} if request.version < 89 else {}
    shown |= {"volumeId": attached.volume_id, "serverId": server.id, "device": attached.device} | _newer(attached, request)
    if request.version >= 89:
        shown |= {"attachment_id": attached.attachment_id, "bdm_uuid": attached.bdm_uuid}
    return shown
