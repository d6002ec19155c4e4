"""Checks JSON against a schema and words what is wrong as Nova and Cinder do.

The part of JSON Schema that their request schemas use, with jsonschema's words; what lies shallow is found first.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from .faults import bad_request

_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
Found = tuple[str, Any, str]
"""Name of the field, its value, what is wrong with it."""


def check(schema: dict[str, Any], value: Any, name: str = "") -> None:
    """Refuses a value that the schema does not hold for; `name` is the field that it stands in, nothing for the whole.

    Raises:
        Fault: 400, in jsonschema's words.
    """
    for field, wrong, text in _problems(schema, value, name):
        if field == "!":
            raise bad_request(text)
        raise bad_request(f"Invalid input for field/attribute {field}. Value: {wrong}. {text}" if field else text)


def _problems(schema: dict[str, Any], value: Any, name: str) -> Iterator[Found]:
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_TYPES[kind](value) for kind in kinds):
        yield name, value, f"{value!r} is not of type " + ", ".join(repr(kind) for kind in kinds)
        return
    options = schema.get("anyOf") or schema.get("oneOf")
    if options and not any(_holds(option, value, name) for option in options):
        yield name, value, f"{value!r} is not valid under any of the given schemas"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield name, value, f"{value!r} is not one of {schema['enum']!r}"
    if isinstance(value, str):
        yield from _text(schema, value, name)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        yield from _number(schema, value, name)
    if isinstance(value, list):
        yield from _items(schema, value, name)
    if isinstance(value, dict):
        yield from _object(schema, value, name)


def _holds(schema: dict[str, Any], value: Any, name: str) -> bool:
    return next(_problems(schema, value, name), None) is None


def _text(schema: dict[str, Any], value: str, name: str) -> Iterator[Found]:
    if len(value) > schema.get("maxLength", len(value)):
        yield name, value, f"{value!r} is too long"
    if len(value) < schema.get("minLength", 0):
        yield name, value, f"{value!r} is too short" if value else "'' should be non-empty"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield name, value, f"{value!r} does not match {schema['pattern']!r}"
    form = schema.get("format")
    if form in _WORDED and not _WORDED[form][0](value):
        yield "!", value, f"An invalid 'name' value was provided. The name must be: {_WORDED[form][1]}"
    if form in _FORMS and not _FORMS[form](value):
        yield name, value, f"{value!r} is not a {form!r}"


def _number(schema: dict[str, Any], value: str | float, name: str) -> Iterator[Found]:
    if "minimum" not in schema and "maximum" not in schema:
        return
    try:
        number = float(value)
    except ValueError:
        return
    if number < schema.get("minimum", number):
        yield name, value, f"{value} is less than the minimum of {schema['minimum']}"
    if number > schema.get("maximum", number):
        yield name, value, f"{value} is greater than the maximum of {schema['maximum']}"


def _items(schema: dict[str, Any], value: list[Any], name: str) -> Iterator[Found]:
    if len(value) < schema.get("minItems", 0):
        yield name, value, f"{value!r} is too short" if value else "[] should be non-empty"
    for number, item in enumerate(value):
        yield from _problems(schema.get("items", {}), item, str(number))


def _object(schema: dict[str, Any], value: dict[str, Any], name: str) -> Iterator[Found]:
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for needed in schema.get("required", ()):
        if needed not in value:
            yield name, value, f"{needed!r} is a required property"
    unknown = [key for key in value if key not in properties]
    if unknown and others is False:
        names, verb = ", ".join(repr(key) for key in unknown), "was" if len(unknown) == 1 else "were"
        yield name, value, f"Additional properties are not allowed ({names} {verb} unexpected)"
    for key, item in value.items():
        inner = properties.get(key, others if isinstance(others, dict) else {})
        yield from _problems(inner, item, key)


def _base64(value: str) -> bool:
    try:
        base64.b64decode(value.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _uuid(value: str) -> bool:
    try:
        return str(uuid.UUID(value)).replace("-", "") == value.lower().replace("-", "")
    except ValueError:
        return False


_FORMS: dict[str, Callable[[str], bool]] = {"base64": _base64, "uuid": _uuid}
_KEYPAIR = "@._- 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WORDED: dict[str, tuple[Callable[[str], bool], str]] = {
    "name": (
        lambda value: value == value.strip() and value.isprintable(),
        "printable characters. Can not start or end with whitespace.",
    ),
    "keypair_name": (lambda value: set(value) <= set(_KEYPAIR), f"Only expected characters: [{_KEYPAIR}]"),
}
