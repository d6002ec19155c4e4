"""Checks JSON against a schema and says what is wrong in jsonschema's words, with the schema printed below them."""

from __future__ import annotations

import dataclasses
import pprint
import re
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "integer": (int,),
    "null": (type(None),),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong: with what, by which part of the schema, at which place of the value."""

    message: str
    keyword: str
    part: Schema
    instance: Any
    place: tuple[str, ...] = ()
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The whole text, as jsonschema's errors print."""
        place = "".join(f"[{key!r}]" for key in self.place)
        path = "".join(f"[{key!r}]" for key in self.path)
        text = f"{self.message}\n\nFailed validating {self.keyword!r} in schema{place}:\n    {_shown(self.part)}"
        return f"{text}\n\nOn instance{path}:\n    {_shown(self.instance)}"


def problems(schema: Schema, value: Any, path: tuple[str, ...] = (), place: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Everything that is wrong with a value, outer things first."""
    for keyword, message in _own(schema, value):
        yield Problem(message=message, keyword=keyword, part=schema, instance=value, place=place, path=path)
        if keyword == "type":
            return
    if not isinstance(value, dict):
        return
    properties = schema.get("properties", {})
    for name, part in properties.items():
        if name in value:
            yield from problems(part, value[name], (*path, name), (*place, "properties", name))
    other = schema.get("additionalProperties")
    for name in [name for name in value if name not in properties] if isinstance(other, dict) else []:
        yield from problems(other or {}, value[name], (*path, name), (*place, "additionalProperties"))


def _own(schema: Schema, value: Any) -> Iterator[tuple[str, str]]:
    kinds = schema.get("type", [])
    names = [kinds] if isinstance(kinds, str) else kinds
    if names and not any(_is(value, name) for name in names):
        yield "type", f"{value!r} is not of type {', '.join(map(repr, names))}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield "enum", f"{value!r} is not one of {schema['enum']!r}"
    if isinstance(value, str):
        yield from _text(schema, value)
    if isinstance(value, dict):
        for name in [name for name in schema.get("required", []) if name not in value]:
            yield "required", f"{name!r} is a required property"


def _text(schema: Schema, value: str) -> Iterator[tuple[str, str]]:
    if len(value) < schema.get("minLength", 0):
        yield "minLength", f"{value!r} is too short"
    if len(value) > schema.get("maxLength", len(value)):
        yield "maxLength", f"{value!r} is too long"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield "pattern", f"{value!r} does not match {schema['pattern']!r}"


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _PYTHON[name]) and not (name == "integer" and isinstance(value, bool))


def _shown(value: Any) -> str:
    return pprint.pformat(value, width=72).replace("\n", "\n    ")
