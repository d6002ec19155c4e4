"""POST /volumes/{id}/action: what can be done to a volume."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import bodies
from ...call import NotModelled, Reply
from ...faults import bad_request, denied, not_found
from ...routes import Request
from .. import lifecycle, quotas
from ..records import Volume
from ..storage import Storage
from ..table import ROUTES

_Action = Callable[[Storage, Volume, Request, Any], None]
EXTEND_IN_USE_SINCE = 42
_STATUSES = ("creating", "available", "deleting", "error", "error_deleting", "attaching", "detaching", "in-use", "maintenance")


@ROUTES.on("POST", "/volumes/{volume_id}/action", schema={"type": "object"})
def act(storage: Storage, request: Request) -> Reply:
    """Does what the body's one key says."""
    if len(request.body) != 1:
        raise bad_request("Malformed request body")
    [(name, given)] = request.body.items()
    if name not in _ACTIONS:
        raise NotModelled(f"volume action {name}")
    bodies.check(_SCHEMAS[name], given, name)
    _ACTIONS[name](storage, storage.volume(request.params["volume_id"], request), request, given)
    return Reply(status=200 if name == "os-set_bootable" else 202, body="", headers={"Content-Type": "application/json"})


def _extend(storage: Storage, volume: Volume, request: Request, given: Any) -> None:
    size = int(given["new_size"])
    allowed = ("available", "in-use") if request.version >= EXTEND_IN_USE_SINCE else ("available",)
    if volume.status not in allowed:
        raise bad_request(f"Invalid volume: Volume {volume.id} status must be {allowed} to extend, currently {volume.status}.")
    if size <= volume.size:
        text = f"New size for extend must be greater than current size. (current: {volume.size}, extended: {size})."
        raise bad_request(f"Invalid input received: {text}")
    quotas.require(storage, volume.project_id, {"gigabytes": size - volume.size})
    lifecycle.extend(storage, volume, size)


def _set_bootable(_storage: Storage, volume: Volume, _request: Request, given: Any) -> None:
    volume.bootable = str(given["bootable"]).lower() in ("true", "1")


def _reset(storage: Storage, volume: Volume, request: Request, given: Any) -> None:
    if not request.admin:
        raise denied("volume_extension:volume_admin_actions:reset_status")
    if given.get("status") not in _STATUSES:
        raise bad_request(f"Must specify a valid status, not {given.get('status')!r}.")
    volume.status, volume.updated = given["status"], storage.now()


def _retype(storage: Storage, volume: Volume, _request: Request, given: Any) -> None:
    found = storage.type_named(str(given["new_type"]))
    if found is None:
        raise not_found(f"Volume type with name {given['new_type']} could not be found.")
    volume.type_id, volume.updated = found.id, storage.now()


def _force_detach(storage: Storage, volume: Volume, request: Request, given: Any) -> None:
    if not request.admin:
        raise denied("volume_extension:volume_admin_actions:force_detach")
    for attachment in lifecycle.attachments(storage, volume):
        if given.get("attachment_id") in (None, attachment.id):
            lifecycle.detach(storage, attachment.id)


_SCHEMAS: dict[str, dict[str, Any]] = {
    "os-extend": {
        "type": "object",
        "properties": {"new_size": {"type": ["integer", "string"], "pattern": "^[0-9]+$", "minimum": 1}},
        "required": ["new_size"],
    },
    "os-set_bootable": {"type": "object", "properties": {"bootable": {"type": ["boolean", "string"]}}, "required": ["bootable"]},
    "os-reset_status": {"type": "object"},
    "os-retype": {"type": "object", "properties": {"new_type": {"type": "string"}}, "required": ["new_type"]},
    "os-force_detach": {"type": "object"},
}
_ACTIONS: dict[str, _Action] = {
    "os-extend": _extend,
    "os-set_bootable": _set_bootable,
    "os-reset_status": _reset,
    "os-retype": _retype,
    "os-force_detach": _force_detach,
}
