"""The bodies that Keystone takes, and what it says of others: jsonschema's words with the schema printed below them."""

from __future__ import annotations

import pprint
import re
from collections.abc import Iterator
from typing import Any

from .errors import refusal

Schema = dict[str, Any]

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

_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}
Problem = tuple[list[str], list[str], str, str, Schema, Any]


def check(schema: Schema, value: Any) -> None:
    """Refuses a body that a schema does not hold for.

    Raises:
        Refusal: 400, with the first thing that is wrong.
    """
    for path, where, keyword, message, part, instance in _problems(schema, value, [], []):
        place = "".join(f"[{key!r}]" for key in where)
        text = f"{message}\n\nFailed validating {keyword!r} in schema{place}:\n    {_shown(part)}"
        text += f"\n\nOn instance{''.join(f'[{key!r}]' for key in path)}:\n    {_shown(instance)}"
        raise refusal(400, f"Invalid input for field '{'/'.join(path)}': {text}" if path else text)


def _problems(schema: Schema, value: Any, path: list[str], where: list[str]) -> Iterator[Problem]:
    kinds = schema.get("type", [])
    names = [kinds] if isinstance(kinds, str) else kinds
    if names and not isinstance(value, tuple(kind for name in names for kind in _PYTHON[name])):
        yield path, where, "type", f"{value!r} is not of type {', '.join(map(repr, names))}", schema, value
        return
    if "enum" in schema and value not in schema["enum"]:
        yield path, where, "enum", f"{value!r} is not one of {schema['enum']!r}", schema, value
    if isinstance(value, str):
        for keyword, message in _text_problems(schema, value):
            yield path, where, keyword, message, schema, value
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                yield path, where, "required", f"{name!r} is a required property", schema, value
        for name, part in schema.get("properties", {}).items():
            if name in value:
                yield from _problems(part, value[name], [*path, name], [*where, "properties", name])


def _text_problems(schema: Schema, value: str) -> Iterator[tuple[str, str]]:
    if len(value) < schema.get("minLength", 0):
        yield "minLength", f"{value!r} is too short"
    if len(value) > schema.get("maxLength", len(value)):
        yield "maxLength", f"{value!r} is too long"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield "pattern", f"{value!r} does not match {schema['pattern']!r}"


def _shown(value: Any) -> str:
    return pprint.pformat(value, width=72).replace("\n", "\n    ")
