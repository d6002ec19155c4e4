"""How volumes, snapshots and types look, by version and by who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import times
from ..routes import Request
from . import lifecycle
from .records import Attachment, Snapshot, Volume, VolumeType

if TYPE_CHECKING:
    from .storage import Storage

_SHOWN_TO_ALL = frozenset({"multiattach", "RESKEY:availability_zones", "replication_enabled", "cacheable"})


def links(volume: Volume, request: Request) -> list[dict[str, str]]:
    """Where it is."""
    base, project = request.call.base, request.project
    return [
        {"rel": "self", "href": f"{base}/v3/{project}/volumes/{volume.id}"},
        {"rel": "bookmark", "href": f"{base}/{project}/volumes/{volume.id}"},
    ]


def brief(volume: Volume, request: Request) -> dict[str, Any]:
    """As the short list shows it."""
    return {"id": volume.id, "name": volume.name, "links": links(volume, request)}


def whole(storage: Storage, volume: Volume, request: Request, *, fresh: bool = False) -> dict[str, Any]:
    """All that a caller sees of it; the answer to its creation or change (`fresh`) leaves the extensions out."""
    kind = storage.store.types.get(volume.type_id)
    shown: dict[str, Any] = {
        "id": volume.id,
        "status": volume.status,
        "size": volume.size,
        "availability_zone": volume.zone,
        "created_at": times.seconds(volume.created),
        "updated_at": times.seconds(volume.updated),
        "name": volume.name,
        "description": volume.description,
        "volume_type": kind.name if kind else None,
        "snapshot_id": volume.snapshot_id,
        "source_volid": volume.source_id,
        "metadata": dict(volume.metadata),
        "links": links(volume, request),
        "user_id": volume.user_id,
        "bootable": str(volume.bootable).lower(),
        "encrypted": False,
        "replication_status": None,
        "consistencygroup_id": None,
        "multiattach": volume.multiattach,
        "attachments": [_attached(each, request) for each in lifecycle.attachments(storage, volume) if each.attached],
    }
    shown |= {name: value for since, name, value in _newer(volume) if request.version >= since}
    if request.admin:
        shown |= {"migration_status": None}
        shown |= {name: None for since, name in ((21, "provider_id"), (61, "cluster_name")) if request.version >= since}
    return shown if fresh else shown | _extended(volume, request)


def _newer(volume: Volume) -> list[tuple[int, str, Any]]:
    return [
        (13, "group_id", None),
        (48, "shared_targets", volume.service_id is None),
        (48, "service_uuid", volume.service_id),
        (63, "volume_type_id", volume.type_id),
        (65, "consumes_quota", True),
    ]


def _attached(attachment: Attachment, request: Request) -> dict[str, Any]:
    return {
        "id": attachment.volume_id,
        "attachment_id": attachment.id,
        "volume_id": attachment.volume_id,
        "server_id": attachment.server_id,
        "host_name": attachment.host if request.admin else None,
        "device": attachment.device,
        "attached_at": times.seconds(attachment.attached),
    }


def _extended(volume: Volume, request: Request) -> dict[str, Any]:
    shown: dict[str, Any] = {"os-vol-tenant-attr:tenant_id": volume.project_id}
    if request.admin:
        shown |= {
            "os-vol-mig-status-attr:migstat": None,
            "os-vol-mig-status-attr:name_id": None,
            "os-vol-host-attr:host": volume.host,
        }
    if volume.bootable and volume.image_metadata:
        shown["volume_image_metadata"] = dict(volume.image_metadata)
    return shown


def snapshot(row: Snapshot, request: Request, *, fresh: bool = False) -> dict[str, Any]:
    """A snapshot; the answer to its creation (`fresh`) leaves the extensions out."""
    shown: dict[str, Any] = {
        "id": row.id,
        "created_at": times.exact(row.created) if fresh else times.seconds(row.created),
        "updated_at": times.seconds(row.updated),
        "name": row.name,
        "description": row.description,
        "volume_id": row.volume_id,
        "status": row.status,
        "size": row.size,
        "metadata": dict(row.metadata),
    }
    added: list[tuple[int, str, Any]] = [
        (14, "group_snapshot_id", None),
        (41, "user_id", row.user_id),
        (65, "consumes_quota", True),
    ]
    shown |= {name: value for since, name, value in added if request.version >= since}
    if fresh:
        return shown
    prefix = "os-extended-snapshot-attributes"
    progress = "100%" if row.status == "available" else "0%"
    return shown | {f"{prefix}:project_id": row.project_id, f"{prefix}:progress": progress}


def volume_type(row: VolumeType, request: Request, *, access: bool = True) -> dict[str, Any]:
    """A type; members see only those extra specs that matter to them."""
    specs = row.extra_specs if request.admin else {k: v for k, v in row.extra_specs.items() if k in _SHOWN_TO_ALL}
    shown: dict[str, Any] = {
        "id": row.id,
        "name": row.name,
        "is_public": row.is_public,
        "description": row.description,
        "extra_specs": dict(specs),
    }
    return shown | ({"os-volume-type-access:is_public": row.is_public} if access else {})
