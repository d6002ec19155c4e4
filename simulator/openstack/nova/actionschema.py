"""What a request for an action on a server may say."""

from __future__ import annotations

from typing import Any

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 255}
_HOST: dict[str, Any] = {"type": ["string", "null"], "minLength": 1, "maxLength": 255}
_BOOLEAN: dict[str, Any] = {"type": ["boolean", "string"]}
_NOTHING: dict[str, Any] = {"type": ["null", "object", "string"]}
_REBOOTS = ["HARD", "Hard", "hard", "SOFT", "Soft", "soft"]


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


_SCHEMAS: dict[str, dict[str, Any]] = {
    "reboot": _object(["type"], type={"type": "string", "enum": _REBOOTS}),
    "rebuild": _object(["imageRef"], imageRef={"type": "string", "format": "uuid"}, name=_TEXT),
    "lock": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"locked_reason": _TEXT}}]},
    "createImage": _object(["name"], name=_TEXT, metadata={"type": ["object", "null"]}),
    "os-resetState": _object(["state"], state={"type": "string", "enum": ["active", "error"]}),
    "os-getConsoleOutput": {"anyOf": [{"type": "null"}, _object([], length={"type": ["integer", "string", "null"]})]},
    "resize": _object(["flavorRef"], flavorRef={"type": ["string", "integer"], "minLength": 1}),
    "migrate": {"anyOf": [{"type": "null"}, _object([], host=_HOST)]},
    "os-migrateLive": _object(["host", "block_migration"], host=_HOST, block_migration=_BOOLEAN),
    "evacuate": _object([], host=_HOST),
    "addSecurityGroup": _object(["name"], name=_TEXT),
    "removeSecurityGroup": _object(["name"], name=_TEXT),
    "addFloatingIp": _object(["address"], address=_TEXT),
    "removeFloatingIp": _object(["address"], address=_TEXT),
}


def of(action: str) -> dict[str, Any]:
    """The schema of what stands behind an action's name."""
    return _SCHEMAS.get(action, _NOTHING)
