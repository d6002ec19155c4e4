"""The bodies that Keystone takes."""

from __future__ import annotations

from typing import Any

from ..schemawords import Schema, problems
from .errors import refusal

_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"[\S]+"}
_LONG_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"[\S]+"}
_TEXT: Schema = {"type": ["string", "null"]}
_BOOLEAN: Schema = {"type": "boolean", "enum": [True, False, None]}
_ID: Schema = {"type": "string"}
_NULL_ID: Schema = {"type": ["string", "null"]}
_TAG: Schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[^,/]*$"}
_TAGS: Schema = {"type": "array", "items": _TAG, "required": [], "maxItems": 80, "uniqueItems": True}
_URL: Schema = {"type": "string", "minLength": 0, "maxLength": 225, "pattern": r"^[a-zA-Z0-9+.-]+:.+"}


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": True}
    return found | ({"required": list(required)} if required else {})


_DOMAIN: dict[str, Schema] = {"name": _NAME, "description": _TEXT, "enabled": _BOOLEAN, "tags": _TAGS}
_PROJECT = _DOMAIN | {"domain_id": _NULL_ID, "is_domain": _BOOLEAN, "parent_id": _NULL_ID}
_USER: dict[str, Schema] = {
    "name": _LONG_NAME,
    "default_project_id": _NULL_ID,
    "description": _TEXT,
    "domain_id": _ID,
    "enabled": _BOOLEAN,
    "password": _TEXT,
}
_GROUP: dict[str, Schema] = {"name": _NAME, "description": _TEXT, "domain_id": _ID}
_ROLE: dict[str, Schema] = {"name": _LONG_NAME, "description": _TEXT}
_SERVICE: dict[str, Schema] = {"name": _LONG_NAME, "type": _LONG_NAME, "enabled": _BOOLEAN}
_INTERFACE: Schema = {"type": "string", "enum": ["admin", "internal", "public"]}
_ENDPOINT: dict[str, Schema] = {"interface": _INTERFACE, "region_id": _ID, "service_id": _ID, "url": _URL, "enabled": _BOOLEAN}
_CREDENTIAL: dict[str, Schema] = {"name": _LONG_NAME, "description": _TEXT, "unrestricted": {"type": ["boolean", "null"]}}

CREATE: dict[str, Schema] = {
    "domain": _object(("name",), **_DOMAIN),
    "project": _object(("name",), **_PROJECT),
    "user": _object(("name",), **_USER),
    "group": _object(("name",), **_GROUP),
    "role": _object(("name",), **_ROLE),
    "service": _object(("type",), **_SERVICE),
    "endpoint": _object(("interface", "service_id", "url"), **_ENDPOINT),
    "application_credential": _object(("name",), **_CREDENTIAL),
    "region": _object(id=_ID, description=_TEXT, parent_region_id=_NULL_ID),
}
UPDATE: dict[str, Schema] = {kind: {**schema, "required": []} for kind, schema in CREATE.items()}


def _plain(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


_NAMED = _plain(id={"type": "string"}, name={"type": "string"})
_AUTH_USER = _plain(id={"type": "string"}, name={"type": "string"}, password={"type": "string"}, domain=_NAMED)
AUTH: Schema = {
    "type": "object",
    "properties": {
        "identity": {
            "type": "object",
            "properties": {
                "methods": {"type": "array", "items": {"type": "string"}},
                "password": _plain(user=_AUTH_USER),
                "token": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
            },
            "required": ["methods"],
        },
        "scope": {
            "type": ["object", "string"],
            "properties": {
                "project": _plain(id={"type": "string"}, name={"type": "string"}, domain=_NAMED),
                "domain": _NAMED,
                "OS-TRUST:trust": _plain(id={"type": "string"}),
                "system": _plain(all=_BOOLEAN),
            },
        },
    },
    "required": ["identity"],
}


def check(schema: Schema, value: Any) -> None:
    """Refuses a body that a schema does not hold for.

    Raises:
        Refusal: 400, with the first thing that is wrong.
    """
    for problem in problems(schema, value):
        raise refusal(400, f"Invalid input for field '{'/'.join(problem.path)}': {problem}" if problem.path else str(problem))
