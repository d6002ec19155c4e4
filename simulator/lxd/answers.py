"""The three forms of an answer (sync, async, error) and the ETag, byte for byte as Go would hash it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from aiohttp import web

from .errors import LxdError


def sync(metadata: Any, etag: Any = None) -> web.Response:
    """A finished request; `etag` is what the tag is a hash of, None for no tag."""
    headers = {} if etag is None else {"Etag": f'"{digest(etag)}"'}
    return _json(200, _body("sync", metadata, status="Success", status_code=200), headers)


def done() -> web.Response:
    """A finished request with nothing to tell."""
    return sync({})


def created(location: str) -> web.Response:
    """Something is there now, at `location`."""
    return _json(201, _body("sync", None, status="Success", status_code=200), {"Location": location})


def accepted(operation: dict[str, Any]) -> web.Response:
    """A background operation has begun; `operation` is its rendering."""
    url = f"/1.0/operations/{operation['id']}"
    body = _body("async", operation, status="Operation created", status_code=100, operation=url)
    return _json(202, body, {"Location": url})


def error(refusal: LxdError) -> web.Response:
    """A refusal in LXD's form."""
    body = _body("error", None, status="", status_code=0, error_code=refusal.status, error=str(refusal))
    return _json(refusal.status, body, {"X-Content-Type-Options": "nosniff"})


def digest(value: Any) -> str:
    """The hash that the daemon makes of `value`: SHA-256 of Go's JSON with sorted map keys where the caller sorted them."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return hashlib.sha256(f"{text}\n".encode()).hexdigest()


def _body(kind: str, metadata: Any, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "operation": "", "error_code": 0, "error": "", **fields, "metadata": metadata}


def _json(status: int, body: dict[str, Any], headers: dict[str, str]) -> web.Response:
    response = web.json_response(body, status=status, headers=headers)
    response.headers["Content-Type"] = "application/json"  # LXD names no charset
    return response
