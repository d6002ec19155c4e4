"""What happens to volumes and snapshots in the course of time, and what Nova has done to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..faults import bad_request, not_found
from .records import Attachment, Snapshot, Volume
from .storage import new_id

if TYPE_CHECKING:
    from .storage import Storage

TIMER = "volume.step"
_SCHEDULING, _CREATING, _DELETING, _EXTENDING = 0.3, 0.7, 0.8, 0.5
"""Seconds."""
NOT_DELETABLE = (
    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must "
    "not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots "
    "after volume transfer."
)
_DELETABLE = frozenset({"available", "error", "error_restoring", "error_extending", "error_managing", "error_deleting"})


def create(storage: Storage, volume: Volume) -> None:
    """Begins to make a volume."""
    storage.store.volumes[volume.id] = volume
    _later(storage, _SCHEDULING, "scheduled", volume.id)


def create_snapshot(storage: Storage, snapshot: Snapshot) -> None:
    """Begins to make a snapshot."""
    storage.store.snapshots[snapshot.id] = snapshot
    _later(storage, _SCHEDULING, "snapped", snapshot.id)


def delete(storage: Storage, volume: Volume, *, force: bool = False) -> None:
    """Begins to delete a volume.

    Raises:
        Fault: 400, it is in no state for it.
    """
    snapped = any(each.volume_id == volume.id for each in storage.store.snapshots.values())
    attached = attachments(storage, volume)
    if snapped or attached or (volume.status not in _DELETABLE and not force):
        raise bad_request(NOT_DELETABLE)
    _turn(storage, volume, "deleting")
    _later(storage, _DELETING, "gone", volume.id)


def delete_snapshot(storage: Storage, snapshot: Snapshot) -> None:
    """Begins to delete a snapshot."""
    snapshot.status, snapshot.updated = "deleting", storage.now()
    _later(storage, _DELETING, "unsnapped", snapshot.id)


def extend(storage: Storage, volume: Volume, size: int) -> None:
    """Begins to make a volume larger."""
    before = volume.status
    _turn(storage, volume, "extending")
    _later(storage, _EXTENDING, "extended", volume.id, size=size, before=before)


def attachments(storage: Storage, volume: Volume) -> list[Attachment]:
    """Where a volume is, or is kept for."""
    return [each for each in storage.store.attachments.values() if each.volume_id == volume.id]


def reserve(storage: Storage, volume_id: str, server_id: str) -> Attachment:
    """Keeps a volume for a server.

    Raises:
        Fault: 400 or 404.
    """
    volume = find(storage, volume_id)
    if volume.status != "available" and not (volume.multiattach and volume.status == "in-use"):
        text = f"volume '{volume.id}' status must be 'available'. Currently in '{volume.status}' status"
        raise bad_request(f"Invalid volume: {text}")
    attachment = Attachment(id=new_id(), volume_id=volume.id, server_id=server_id)
    storage.store.attachments[attachment.id] = attachment
    _turn(storage, volume, "reserved")
    return attachment


def attach(storage: Storage, attachment_id: str, device: str) -> None:
    """Has a volume that was kept for a server be in use there."""
    attachment = storage.store.attachments.get(attachment_id)
    if attachment is None:
        return
    attachment.status, attachment.device, attachment.attached = "attached", device, storage.now()
    _turn(storage, find(storage, attachment.volume_id), "in-use")


def begin_detaching(storage: Storage, volume_id: str) -> None:
    """Marks a volume as about to be taken off a server.

    Raises:
        Fault: 400 or 404.
    """
    volume = find(storage, volume_id)
    if volume.status != "in-use":
        wanted = "Volume status must be 'in-use' and attach_status must be 'attached' to detach."
        raise bad_request(f"Invalid volume: Unable to detach volume. {wanted}")
    _turn(storage, volume, "detaching")


def detach(storage: Storage, attachment_id: str) -> None:
    """Takes a volume off a server; one that has gone is no error."""
    attachment = storage.store.attachments.pop(attachment_id, None)
    volume = storage.store.volumes.get(attachment.volume_id) if attachment else None
    if volume:
        _turn(storage, volume, "in-use" if attachments(storage, volume) else "available")


def find(storage: Storage, volume_id: str) -> Volume:
    """A volume by id, whoever asks.

    Raises:
        Fault: 404.
    """
    found = storage.store.volumes.get(volume_id)
    if found is None:
        raise not_found(f"Volume {volume_id} could not be found.")
    return found


def run(storage: Storage, step: str, item: str, args: dict[str, Any]) -> None:
    """Runs a step that is due; of what has gone meanwhile nothing is left to do."""
    rows: dict[str, Any] = {**storage.store.volumes, **storage.store.snapshots}
    if item in rows:
        _STEPS[step](storage, rows[item], **args)


def _later(storage: Storage, seconds: float, step: str, item: str, **args: Any) -> None:
    storage.cloud.after(seconds, TIMER, step=step, item=item, args=args)


def _turn(storage: Storage, volume: Volume, status: str) -> None:
    volume.status, volume.updated = status, storage.now()


def _scheduled(storage: Storage, volume: Volume) -> None:
    storage.report()
    wanted = storage.store.types[volume.type_id].extra_specs.get("volume_backend_name")
    backends = storage.cloud.facts.volume_backends()
    usable = [each for each in backends if wanted in (None, each.partition("#")[2], each.partition("#")[0].partition("@")[2])]
    usable = [each for each in usable if _enabled(storage, each.partition("#")[0])]
    if not usable:
        _turn(storage, volume, "error")
        return
    volume.host, volume.updated = usable[0], storage.now()
    _later(storage, _CREATING, "created", volume.id)


def _enabled(storage: Storage, host: str) -> bool:
    return any(each.host == host and not each.disabled and storage.up(each) for each in storage.store.services.values())


def _created(storage: Storage, volume: Volume) -> None:
    if volume.status != "creating":
        return
    if storage.cloud.fault("volume-fails", volume.name or "", volume.id):
        _turn(storage, volume, "error")
        return
    host = (volume.host or "").partition("#")[0]
    volume.service_id = next((each.id for each in storage.store.services.values() if each.host == host), None)
    volume.bootable = volume.bootable or volume.image_id is not None
    _turn(storage, volume, "available")


def _snapped(storage: Storage, snapshot: Snapshot) -> None:
    snapshot.status, snapshot.updated = "available", storage.now()


def _unsnapped(storage: Storage, snapshot: Snapshot) -> None:
    storage.store.snapshots.pop(snapshot.id, None)


def _extended(storage: Storage, volume: Volume, size: int, before: str) -> None:
    volume.size = size
    if volume.status == "extending":
        _turn(storage, volume, before)


def _gone(storage: Storage, volume: Volume) -> None:
    storage.store.volumes.pop(volume.id, None)


_STEPS: dict[str, Callable[..., None]] = {
    "scheduled": _scheduled,
    "created": _created,
    "snapped": _snapped,
    "unsnapped": _unsnapped,
    "extended": _extended,
    "gone": _gone,
}
