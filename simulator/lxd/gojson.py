"""Request bodies, decoded as strictly and refused in the same words as Go's encoding/json does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .errors import bad_request

_KINDS: dict[type, str] = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}
_GO: dict[str, str] = {"string": "string", "bool": "bool", "list": "[]string", "config": "map[string]string"}

Fields = Mapping[str, str]
"""Field name to kind: "string", "bool", "list" (of strings), "config" (strings by name), "devices" (configs by name)."""


def decode(text: str, struct: str, fields: Fields) -> dict[str, Any]:
    """Reads a JSON object as Go struct `struct`; unknown fields are ignored, known ones must have their kind."""
    value = _parse(text)
    if not isinstance(value, dict):
        raise bad_request(f"json: cannot unmarshal {_kind(value)} into Go value of type api.{struct}")
    for name, kind in fields.items():
        if value.get(name) is not None:
            _check(value[name], f"{struct}.{name}", kind)
    return {name: item for name, item in value.items() if item is not None}


def _parse(text: str) -> Any:
    if not text.strip():
        raise bad_request("EOF")
    try:
        return json.loads(text)
    except json.JSONDecodeError as exc:
        raise bad_request(_syntax(text, exc)) from exc


def _syntax(text: str, exc: json.JSONDecodeError) -> str:
    rest = text[exc.pos :].lstrip()
    if not rest:
        return "unexpected EOF"
    wanted = "beginning of object key string" if "property name" in exc.msg else "beginning of value"
    return f"invalid character {rest[0]!r} looking for {wanted}"


def _check(value: Any, path: str, kind: str) -> None:
    if kind == "devices":
        _map(value, path, "map[string]map[string]string", "config")
    elif kind == "config":
        _map(value, path, "map[string]string", "string")
    elif kind == "list":
        if not isinstance(value, list):
            raise _mismatch(value, path, "[]string")
        for item in value:
            _check(item, path, "string")
    elif (kind == "bool") != isinstance(value, bool) or (kind == "string" and not isinstance(value, str)):
        raise _mismatch(value, path, _GO[kind])


def _map(value: Any, path: str, go_type: str, inner: str) -> None:
    if not isinstance(value, dict):
        raise _mismatch(value, path, go_type)
    for item in value.values():
        _check(item, path, inner)


def _mismatch(value: Any, path: str, go_type: str) -> Exception:
    return bad_request(f"json: cannot unmarshal {_kind(value)} into Go struct field {path} of type {go_type}")


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "null")
