"""What a request for servers may say, by version."""

from __future__ import annotations

from typing import Any

_NAME = {"type": "string", "minLength": 1, "maxLength": 255, "format": "name"}
_STRING: dict[str, Any] = {"type": "string"}
_BOOLEAN: dict[str, Any] = {"type": ["boolean", "string"]}
_INTEGER: dict[str, Any] = {"type": ["integer", "string"], "pattern": "^[0-9]+$"}
_UUID = {"type": "string", "format": "uuid"}
_METADATA = {"type": "object", "additionalProperties": {"type": "string", "maxLength": 255}}
_NETWORK = {
    "type": "object",
    "properties": {
        "uuid": _UUID,
        "port": {"anyOf": [_UUID, {"type": "null"}]},
        "fixed_ip": _STRING,
        "tag": _STRING,
    },
    "additionalProperties": False,
}
_NETWORKS = {"type": "array", "items": _NETWORK}
_BLOCK_DEVICE = {
    "type": "object",
    "properties": {
        "boot_index": {"type": ["integer", "string", "null"]},
        "uuid": _STRING,
        "source_type": {"type": "string", "enum": ["volume", "image", "snapshot", "blank"]},
        "destination_type": {"type": "string", "enum": ["volume", "local"]},
        "volume_size": _INTEGER,
        "volume_type": {"type": ["string", "null"]},
        "delete_on_termination": _BOOLEAN,
        "device_name": _STRING,
        "device_type": _STRING,
        "disk_bus": _STRING,
        "guest_format": _STRING,
        "tag": _STRING,
        "no_device": _BOOLEAN,
    },
    "additionalProperties": False,
}
_HINTS = {
    "type": "object",
    "properties": {"group": _UUID, "different_host": {}, "same_host": {}, "query": {}},
}
_ALWAYS: dict[str, Any] = {
    "name": _NAME,
    "flavorRef": {"type": ["string", "integer"], "minLength": 1},
    "imageRef": {"oneOf": [_UUID, {"type": "string", "enum": [""]}]},
    "metadata": _METADATA,
    "key_name": {"type": "string", "minLength": 1, "maxLength": 255},
    "security_groups": {
        "type": "array",
        "items": {"type": "object", "properties": {"name": _STRING}, "additionalProperties": False},
    },
    "user_data": {"type": "string", "format": "base64", "maxLength": 65535},
    "availability_zone": {"type": ["string", "null"], "minLength": 1, "maxLength": 255},
    "config_drive": _BOOLEAN,
    "adminPass": _STRING,
    "accessIPv4": _STRING,
    "accessIPv6": _STRING,
    "OS-DCF:diskConfig": {"type": "string", "enum": ["AUTO", "MANUAL"]},
    "min_count": {**_INTEGER, "minimum": 1},
    "max_count": {**_INTEGER, "minimum": 1},
    "return_reservation_id": _BOOLEAN,
    "block_device_mapping_v2": {"type": "array", "items": _BLOCK_DEVICE},
    "os:scheduler_hints": _HINTS,
}
_SINCE: list[tuple[int, str, dict[str, Any]]] = [
    (19, "description", {"type": ["string", "null"], "maxLength": 255}),
    (52, "tags", {"type": "array", "items": _STRING}),
    (74, "host", _STRING),
    (74, "hypervisor_hostname", _STRING),
    (90, "hostname", {"type": "string", "minLength": 2, "maxLength": 255}),
]
NETWORKS_SINCE = 37


def create(version: int) -> dict[str, Any]:
    """The schema of POST /servers."""
    properties = _ALWAYS | {name: schema for since, name, schema in _SINCE if version >= since}
    if version < NETWORKS_SINCE:
        properties["networks"] = _NETWORKS
    else:
        properties["networks"] = {"oneOf": [_NETWORKS, {"type": "string", "enum": ["auto", "none"]}]}
    required = ["name", "flavorRef"] + (["networks"] if version >= NETWORKS_SINCE else [])
    inner = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {
        "type": "object",
        "properties": {"server": inner, "os:scheduler_hints": _HINTS, "OS-SCH-HNT:scheduler_hints": _HINTS},
        "required": ["server"],
        "additionalProperties": False,
    }


def update(version: int) -> dict[str, Any]:
    """The schema of PUT /servers/{id}."""
    names = ["name", "OS-DCF:diskConfig", "accessIPv4", "accessIPv6"]
    properties = {name: _ALWAYS[name] for name in names}
    properties |= {name: schema for since, name, schema in _SINCE if version >= since and name in ("description", "hostname")}
    inner = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"type": "object", "properties": {"server": inner}, "required": ["server"], "additionalProperties": False}


METADATA = {"type": "object", "properties": {"metadata": _METADATA}, "required": ["metadata"], "additionalProperties": False}
META = {"type": "object", "properties": {"meta": _METADATA}, "required": ["meta"], "additionalProperties": False}
