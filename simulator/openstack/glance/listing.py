"""The list of images: filters, order, pages."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable
from typing import Any

from ..call import Call
from ..keystone import Token
from .errors import Problem
from .records import Image
from .shelf import Shelf

_PAGING = {"limit", "marker", "sort_key", "sort_dir", "sort", "member_status"}
_DEFAULT_LIMIT, _MAXIMUM = 25, 1000
_SORTABLE = {"name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at", "owner", "visibility"}
_SIZES: dict[str, Callable[[int, int], bool]] = {
    "size_min": lambda size, limit: size >= limit,
    "size_max": lambda size, limit: size <= limit,
}


def page(shelf: Shelf, call: Call, token: Token) -> dict[str, Any]:
    """The answer to GET /v2/images.

    Raises:
        Problem: 400, an argument is none.
    """
    views = [shelf.view(image) for image in shelf.state.images.values() if _listed(image, call, token)]
    found = _ordered([view for view in views if _matches(view, call)], call)
    marker, limit = call.query.get("marker"), _limit(call)
    if marker:
        ids = [view["id"] for view in found]
        if marker not in ids:
            raise Problem(400, "Invalid marker. Image could not be found.")
        found = found[ids.index(marker) + 1 :]
    shown = found[:limit]
    query = [(key, value) for key, value in call.query.items() if key != "marker"]
    body: dict[str, Any] = {"images": shown, "first": _path(query), "schema": "/v2/schemas/images"}
    if shown and len(shown) == limit:
        body["next"] = _path([*query, ("marker", shown[-1]["id"])])
    return body


def _path(query: list[tuple[str, str]]) -> str:
    return "/v2/images" + (f"?{urllib.parse.urlencode(query)}" if query else "")


def _listed(image: Image, call: Call, token: Token) -> bool:
    """Whether an image is in the list at all: a community image only when asked for, a shared one only when accepted."""
    if token.is_admin or image.owner == token.project_id:
        return image.visibility != "community" or image.owner == token.project_id or _asks(call, "community")
    if image.visibility == "community":
        return _asks(call, "community")
    accepted = any(member.member_id == token.project_id and member.status == "accepted" for member in image.members)
    return image.visibility == "public" or (image.visibility == "shared" and accepted)


def _asks(call: Call, visibility: str) -> bool:
    return call.query.get("visibility") in (visibility, "all")


def _matches(view: dict[str, Any], call: Call) -> bool:
    if view["os_hidden"] is not (call.query.get("os_hidden", "false").lower() == "true"):
        return False
    return all(_holds(view, name, value) for name, value in call.query.items() if name not in _PAGING | {"os_hidden"})


def _holds(view: dict[str, Any], name: str, wanted: str) -> bool:
    if name == "tag":
        return wanted in view["tags"]
    if name == "visibility" and wanted == "all":
        return True
    if name in _SIZES:
        return _SIZES[name](view["size"] or 0, int(wanted))
    if wanted.startswith("in:"):
        return str(view.get(name)) in [part.strip('"') for part in wanted.removeprefix("in:").split(",")]
    found = view.get(name)
    if isinstance(found, bool):
        return found is (wanted.lower() == "true")
    return name in view and found is not None and str(found) == wanted


def _limit(call: Call) -> int:
    text = call.query.get("limit", str(_DEFAULT_LIMIT))
    if not text.lstrip("-").isdigit():
        raise Problem(400, "limit param must be an integer")
    if int(text) < 0:
        raise Problem(400, "limit param must be positive")
    return min(int(text), _MAXIMUM)


def _ordered(views: list[dict[str, Any]], call: Call) -> list[dict[str, Any]]:
    """In the asked order; what is equal in that by time and id, in the asked direction where there is but one."""
    directions = call.query.getall("sort_dir", [])
    default = directions[0] if len(directions) == 1 else "desc"
    pairs = [(key, way or "desc") for key, _, way in (part.partition(":") for part in _words(call.query.get("sort", "")))]
    for number, key in enumerate(call.query.getall("sort_key", [])):
        pairs.append((key, directions[number] if number < len(directions) else default))
    pairs += [(key, default) for key in ("created_at", "id") if key not in dict(pairs)]
    found = list(views)
    for key, direction in reversed(pairs):
        _check_sortable(key)
        found.sort(key=lambda view: (view.get(key) is not None, view.get(key)), reverse=direction != "asc")
    return found


def _words(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _check_sortable(key: str) -> None:
    if key not in _SORTABLE:
        raise Problem(400, f"Invalid sort key: {key}. It must be one of the following: {', '.join(sorted(_SORTABLE))}.")
