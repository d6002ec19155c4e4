"""A request for a volume, checked against everything that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..faults import Fault, bad_request, not_found
from . import quotas
from .records import Snapshot, Volume, VolumeType
from .storage import new_id

if TYPE_CHECKING:
    from .storage import Storage

_GIB = 1 << 30
_ZONE = "nova"
# fmt: off
_HIDDEN = frozenset((
    "id", "name", "owner", "status", "visibility", "protected", "checksum", "container_format", "disk_format", "min_disk",
    "min_ram", "size", "created_at", "updated_at", "tags", "file", "schema", "self", "os_hash_algo", "os_hash_value",
    "os_hidden", "virtual_size", "direct_url", "locations", "stores",
))
# fmt: on
"""What of an image's fields are no properties of its own."""


def volume(storage: Storage, given: dict[str, Any], *, project: str, user: str) -> Volume:
    """The volume that a request asks for, kept nowhere yet.

    Raises:
        Fault: 400, 404 or 413.
    """
    kind = _type(storage, given.get("volume_type"))
    snapshot, source = _snapshot(storage, given.get("snapshot_id"), project), _source(storage, given.get("source_volid"), project)
    size = given.get("size") or (snapshot.size if snapshot else source.size if source else None)
    if size is None:
        raise bad_request("The server could not comply with the request since it is either malformed or otherwise incorrect.")
    zone = given.get("availability_zone") or _ZONE
    if zone != _ZONE:
        raise bad_request(f"Availability zone '{zone}' is invalid.")
    image = _image(storage, given.get("imageRef") or given.get("image_id"), int(size))
    quotas.require(storage, project, {"gigabytes": int(size), "volumes": 1})
    return Volume(
        id=new_id(),
        name=given.get("name") or given.get("display_name"),
        description=given.get("description"),
        size=int(size),
        project_id=project,
        user_id=user,
        type_id=kind.id,
        zone=zone,
        multiattach="True" in kind.extra_specs.get("multiattach", ""),
        metadata=given.get("metadata") or {},
        image_metadata=_image_metadata(image) if image else source.image_metadata if source else {},
        image_id=image["id"] if image else None,
        bootable=bool(source and source.bootable),
        snapshot_id=snapshot.id if snapshot else None,
        source_id=source.id if source else None,
        created=storage.now(),
    )


def _type(storage: Storage, wanted: str | None) -> VolumeType:
    if not wanted:
        return storage.default_type()
    found = storage.type_named(wanted)
    if found is None:
        raise not_found(f"Volume type with name {wanted} could not be found.")
    return found


def _snapshot(storage: Storage, wanted: str | None, project: str) -> Snapshot | None:
    if not wanted:
        return None
    found = storage.store.snapshots.get(wanted)
    if found is None or found.project_id != project:
        raise not_found(f"Snapshot {wanted} could not be found.")
    return found


def _source(storage: Storage, wanted: str | None, project: str) -> Volume | None:
    if not wanted:
        return None
    found = storage.store.volumes.get(wanted)
    if found is None or found.project_id != project:
        raise not_found(f"Volume {wanted} could not be found.")
    return found


def _image(storage: Storage, wanted: str | None, size: int) -> dict[str, Any] | None:
    if not wanted:
        return None
    found: dict[str, Any] | None = storage.cloud.image.record(wanted)
    if found is None:
        raise bad_request("Invalid image identifier or unable to access requested image.")
    if found["status"] != "active":
        raise bad_request(f"Invalid input received: Image {wanted} is not active.")
    if size * _GIB < int(found.get("size") or 0):
        raise Fault(400, f"Invalid input received: Size of specified image {found['size']} is larger than volume size {size}GB.")
    if size < int(found.get("min_disk") or 0):
        text = f"Volume size {size}GB cannot be smaller than the image minDisk size {found['min_disk']}GB."
        raise bad_request(f"Invalid input received: {text}")
    return found


def _image_metadata(image: dict[str, Any]) -> dict[str, str]:
    own = {name: str(value) for name, value in image.items() if name not in _HIDDEN and not name.startswith("owner_specified")}
    kept = ("checksum", "container_format", "disk_format", "min_disk", "min_ram", "size")
    return own | {"image_id": image["id"], "image_name": str(image["name"])} | {name: str(image[name]) for name in kept}
