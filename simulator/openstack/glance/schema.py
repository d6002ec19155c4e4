"""The schema of an image, as Glance publishes it and checks bodies with it."""

from __future__ import annotations

from typing import Any

from ..schemawords import Schema, problems
from .errors import Problem

_UUID = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$"
STATES = ["queued", "saving", "active", "killed", "deleted", "uploading", "importing", "pending_delete", "deactivated"]
VISIBILITIES = ["community", "public", "private", "shared"]
CONTAINERS = [None, "ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"]
DISKS = [None, "ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"]
PATCHES = ("application/openstack-images-v2.1-json-patch", "application/openstack-images-v2.0-json-patch")


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description} | more


def _maybe(kind: str, description: str, **more: Any) -> Schema:
    return {"type": ["null", kind], "description": description} | more


def _fixed(description: str, **more: Any) -> Schema:
    return _text(description, readOnly=True, **more)


_VALIDATION: Schema = {
    "description": (
        "Values to be used to populate the corresponding image properties. If the image status is not 'queued', values must "
        "exactly match those already contained in the image properties."
    ),
    "type": "object",
    "writeOnly": True,
    "additionalProperties": False,
    "properties": {
        "checksum": {"type": "string", "minLength": 32, "maxLength": 32},
        "os_hash_algo": {"type": "string", "maxLength": 64},
        "os_hash_value": {"type": "string", "maxLength": 128},
    },
    "required": ["os_hash_algo", "os_hash_value"],
}
_LOCATION: Schema = {
    "type": "object",
    "properties": {
        "url": {"type": "string", "maxLength": 255},
        "metadata": {"type": "object"},
        "validation_data": _VALIDATION,
    },
    "required": ["url", "metadata"],
}
_IN_STORE = "file kept in external store"
_STORES = (
    "Store in which image data resides.  Only present when the operator has enabled multiple stores.  May be a comma-separated "
    "list of store identifiers."
)

PROPERTIES: dict[str, Schema] = {
    "id": _text("An identifier for the image", pattern=_UUID),
    "name": _maybe("string", "Descriptive name for the image", maxLength=255),
    "status": _fixed("Status of the image", enum=STATES),
    "visibility": _text("Scope of image accessibility", enum=VISIBILITIES),
    "protected": {"type": "boolean", "description": "If true, image will not be deletable."},
    "os_hidden": {"type": "boolean", "description": "If true, image will not appear in default image list response."},
    "checksum": _maybe("string", "md5 hash of image contents.", maxLength=32, readOnly=True),
    "os_hash_algo": _maybe("string", "Algorithm to calculate the os_hash_value", maxLength=64, readOnly=True),
    "os_hash_value": _maybe(
        "string",
        "Hexdigest of the image contents using the algorithm specified by the os_hash_algo",
        maxLength=128,
        readOnly=True,
    ),
    "owner": _maybe("string", "Owner of the image", maxLength=255),
    "size": _maybe("integer", "Size of image file in bytes", readOnly=True),
    "virtual_size": _maybe("integer", "Virtual size of image in bytes", readOnly=True),
    "container_format": _maybe("string", "Format of the container", enum=CONTAINERS),
    "disk_format": _maybe("string", "Format of the disk", enum=DISKS),
    "created_at": _fixed("Date and time of image registration"),
    "updated_at": _fixed("Date and time of the last image modification"),
    "tags": {
        "type": "array",
        "description": "List of strings related to the image",
        "items": {"type": "string", "maxLength": 255},
    },
    "direct_url": _fixed(f"URL to access the image {_IN_STORE}"),
    "min_ram": {"type": "integer", "description": "Amount of ram (in MB) required to boot image."},
    "min_disk": {"type": "integer", "description": "Amount of disk space (in GB) required to boot image."},
    "self": _fixed("An image self url"),
    "file": _fixed("An image file url"),
    "stores": _fixed(_STORES),
    "schema": _fixed("An image schema url"),
    "locations": {"type": "array", "items": _LOCATION, "description": f"A set of URLs to access the image {_IN_STORE}"},
}
_LINKS = [{"rel": "self", "href": "{self}"}, {"rel": "enclosure", "href": "{file}"}, {"rel": "describedby", "href": "{schema}"}]
_MEMBER: Schema = {
    "created_at": _text("Date and time of image member creation"),
    "image_id": _text("An identifier for the image", pattern=_UUID),
    "member_id": _text("An identifier for the image member (tenantId)"),
    "status": _text("The status of this image member", enum=["pending", "accepted", "rejected"]),
    "updated_at": _text("Date and time of last modification of image member"),
    "schema": {"type": "string", "readOnly": True},
}
IMAGE: Schema = {"name": "image", "properties": PROPERTIES, "additionalProperties": {"type": "string"}, "links": _LINKS}


def _many(name: str, item: Schema) -> Schema:
    found: Schema = {name: {"type": "array", "items": item}, "schema": {"type": "string"}}
    return {"name": name, "properties": found, "links": [{"rel": "describedby", "href": "{schema}"}]}


MEMBER: Schema = {"name": "member", "properties": _MEMBER}
PUBLISHED: dict[str, Schema] = {
    "image": IMAGE,
    "images": _many("images", IMAGE),
    "member": MEMBER,
    "members": _many("members", MEMBER),
}
READ_ONLY = frozenset(name for name, part in PROPERTIES.items() if part.get("readOnly"))


def check(value: dict[str, Any]) -> None:
    """Refuses an image that the schema does not hold for.

    Raises:
        Problem: 400.
    """
    for problem in problems({**IMAGE, "type": "object"}, value):
        raise Problem(400, f"Provided object does not match schema 'image': {problem}")
