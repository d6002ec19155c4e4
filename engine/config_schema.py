"""The configuration that a project declares: defaults, required keys and types."""

from __future__ import annotations

import json
from typing import Any

from engine.config import is_secure
from engine.errors import EngineError

_DECLARATION = {"type", "default", "value", "description", "secret", "items"}


def apply(schema: dict[str, Any], config: dict[str, Any], project: str, stack: str) -> dict[str, Any]:
    """Returns ``config`` completed with the project's values; refuses what contradicts the schema."""
    result = dict(config)
    missing = []
    for key, entry in schema.items():
        full = key if ":" in key else f"{project}:{key}"
        declaration = _declaration(entry)
        if full not in result:
            supplied = declaration.get("value", declaration.get("default"))
            if supplied is None:
                missing.append(key.removeprefix(f"{project}:"))
                continue
            result[full] = supplied
        _check_type(key.removeprefix(f"{project}:"), declaration, result[full], stack)
    if missing:
        raise EngineError(f"validating stack config: Stack '{stack}' is missing configuration {_listed(missing)}")
    return result


def _declaration(entry: Any) -> dict[str, Any]:
    if isinstance(entry, dict) and entry and set(entry) <= _DECLARATION:
        return entry
    return {"value": entry}


def _listed(keys: list[str]) -> str:
    quoted = [f"'{key}'" for key in keys]
    if len(quoted) == 1:
        return f"value {quoted[0]}"
    return f"values {', '.join(quoted[:-1])} and {quoted[-1]}"


def _check_type(key: str, declaration: dict[str, Any], value: Any, stack: str) -> None:
    wanted = declaration.get("type")
    if wanted and not is_secure(value) and not _matches(wanted, declaration.get("items"), value):
        raise EngineError(
            f"validating stack config: Stack '{stack}' with configuration key '{key}' must be of type"
            f" '{_type_name(wanted, declaration.get('items'))}'"
        )


def _type_name(wanted: str, items: Any) -> str:
    if wanted == "array" and isinstance(items, dict):
        return f"array<{_type_name(str(items.get('type')), items.get('items'))}>"
    return wanted


def _matches(wanted: str, items: Any, value: Any) -> bool:
    if wanted == "string":
        return isinstance(value, str) or not isinstance(value, dict | list)
    if wanted == "integer":
        return _parses(value, int)
    if wanted == "number":
        return _parses(value, float)
    if wanted == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if wanted in ("array", "object"):
        return _matches_container(wanted, items, value)
    return True


def _matches_container(wanted: str, items: Any, value: Any) -> bool:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return False
    if wanted == "object":
        return isinstance(value, dict)
    inner = items if isinstance(items, dict) else {}
    return isinstance(value, list) and all(
        not inner.get("type") or _matches(inner["type"], inner.get("items"), item) for item in value
    )


def _parses(value: Any, kind: type[int] | type[float]) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    try:
        kind(value)
    except ValueError:
        return False
    return kind is float or not isinstance(value, float)
