"""The JSON patches of PATCH /v2/images/ID."""

from __future__ import annotations

from typing import Any

from . import schema
from .errors import Problem
from .records import Image

_RESERVED = frozenset({"locations", "tasks", "deleted", "deleted_at", "is_public"})
_FORMATS = ("disk_format", "container_format")
_CONFLICT = "There was a conflict when trying to complete your request."


def patched(image: Image, changes: Any) -> dict[str, Any]:
    """The fields of an image that a patch changes, with their new values.

    Raises:
        Problem: 400, 403 or 409.
    """
    if not isinstance(changes, list):
        raise Problem(400, "Request body must be a JSON array of operation objects.")
    wanted = {name: getattr(image, name) for name in Image.model_fields if name in schema.PROPERTIES}
    extra = dict(image.extra)
    for change in changes:
        operation, name = _parts(change)
        _check(image, name, operation)
        if operation == "remove":
            _remove(extra, name)
            continue
        known = name in wanted or name in extra
        if operation == "replace" and not known:
            raise Problem(409, _CONFLICT, f"Property {name} does not exist.")
        (wanted if name in schema.PROPERTIES else extra)[name] = change["value"]
    fields = {name: value for name, value in wanted.items() if name not in schema.READ_ONLY | {"id"}}
    schema.check(fields | extra)
    return fields | {"extra": extra}


def _parts(change: Any) -> tuple[str, str]:
    if not isinstance(change, dict):
        raise Problem(400, "Operations must be JSON objects.")
    operation, path = change.get("op"), change.get("path")
    if operation not in ("add", "replace", "remove"):
        raise Problem(400, "Operations must be `add`, `replace` or `remove`.")
    if not isinstance(path, str) or not path.startswith("/"):
        raise Problem(400, f"Pointer `{path}` does not start with '/'.")
    if operation != "remove" and "value" not in change:
        raise Problem(400, f'Operation "{operation}" requires a member named "value".')
    return operation, path[1:].replace("~1", "/").replace("~0", "~")


def _check(image: Image, name: str, operation: str) -> None:
    if name in schema.READ_ONLY or name == "id":
        raise Problem(403, f"Attribute '{name}' is read-only.")
    if name in _RESERVED:
        raise Problem(403, f"Attribute '{name}' is reserved.")
    if name in _FORMATS and operation != "remove" and image.status != "queued":
        raise Problem(403, f"Attribute {name} can be only replaced for a queued image.")


def _remove(extra: dict[str, Any], name: str) -> None:
    if name in schema.PROPERTIES:
        raise Problem(403, f"Property {name} may not be removed.")
    if name not in extra:
        raise Problem(409, _CONFLICT, f"Property {name} does not exist.")
    del extra[name]
