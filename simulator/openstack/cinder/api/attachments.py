"""Attachments: where volumes are."""

from __future__ import annotations

from typing import Any

from ... import times
from ...call import Reply
from ...faults import not_found
from ...routes import Request
from .. import lifecycle
from ..records import Attachment
from ..storage import Storage
from ..table import ROUTES

SINCE = 27


@ROUTES.on("GET", "/attachments", since=SINCE)
def index(storage: Storage, request: Request) -> Reply:
    """Answers the short list."""
    return Reply(status=200, body={"attachments": [_brief(each) for each in _chosen(storage, request)]})


@ROUTES.on("GET", "/attachments/detail", since=SINCE)
def detail(storage: Storage, request: Request) -> Reply:
    """Answers the long list."""
    return Reply(status=200, body={"attachments": [_whole(each) for each in _chosen(storage, request)]})


@ROUTES.on("GET", "/attachments/{attachment_id}", since=SINCE)
def show(storage: Storage, request: Request) -> Reply:
    """Answers one."""
    return Reply(status=200, body={"attachment": _whole(_find(storage, request))})


@ROUTES.on("DELETE", "/attachments/{attachment_id}", since=SINCE)
def delete(storage: Storage, request: Request) -> Reply:
    """Takes a volume off a server; answers what is left of its attachments."""
    attachment = _find(storage, request)
    volume = lifecycle.find(storage, attachment.volume_id)
    lifecycle.detach(storage, attachment.id)
    return Reply(status=200, body={"attachments": [_brief(each) for each in lifecycle.attachments(storage, volume)]})


def _chosen(storage: Storage, request: Request) -> list[Attachment]:
    everywhere = request.admin and request.flag("all_tenants")
    mine = {each.id for each in storage.store.volumes.values() if everywhere or each.project_id == request.project}
    return [
        each
        for each in storage.store.attachments.values()
        if each.volume_id in mine
        and request.query("volume_id") in (None, each.volume_id)
        and request.query("instance_id") in (None, each.server_id)
    ]


def _find(storage: Storage, request: Request) -> Attachment:
    wanted = request.params["attachment_id"]
    found = storage.store.attachments.get(wanted)
    volume = storage.store.volumes.get(found.volume_id) if found else None
    if found is None or volume is None or not (request.admin or volume.project_id == request.project):
        raise not_found(f"Volume attachment could not be found with filter: attachment_id = {wanted}.")
    return found


def _brief(attachment: Attachment) -> dict[str, Any]:
    return {
        "id": attachment.id,
        "status": attachment.status,
        "instance": attachment.server_id,
        "volume_id": attachment.volume_id,
    }


def _whole(attachment: Attachment) -> dict[str, Any]:
    return _brief(attachment) | {
        "attached_at": times.seconds(attachment.attached) or "",
        "detached_at": "",
        "attach_mode": "rw",
        "connection_info": {},
    }
