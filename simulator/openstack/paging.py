"""Pages of a list: `limit`, `marker`, and the link to the next one."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from .faults import bad_request
from .routes import Request

Item = TypeVar("Item")
MAXIMUM = 1000


def page(
    items: Sequence[Item], request: Request, key: Callable[[Item], str], path: str
) -> tuple[list[Item], list[dict[str, Any]]]:
    """The part of a list that is asked for, and the link to what follows (nothing at the end).

    Args:
        items: the whole list, in order.
        request: its query says `limit` and `marker`.
        key: an item's name as a marker.
        path: of the list, for the link.

    Raises:
        Fault: 400, the limit is no number, or nothing has the marker's name.
    """
    start, limit = _start(items, request.query("marker"), key), _limit(request.query("limit"))
    shown = list(items[start : start + limit])
    if len(shown) < limit or not shown:  # a full page has a link even when it was the last: nobody counts what follows
        return shown, []
    return shown, [{"rel": "next", "href": f"{request.call.base}{path}?{_following(request, key(shown[-1]))}"}]


def _start(items: Sequence[Item], marker: str | None, key: Callable[[Item], str]) -> int:
    if marker is None:
        return 0
    for number, item in enumerate(items):
        if key(item) == marker:
            return number + 1
    raise bad_request(f"marker [{marker}] not found")


def _limit(given: str | None) -> int:
    if given is None:
        return MAXIMUM
    if not given.isdigit():
        raise bad_request("limit param must be an integer")
    return min(int(given), MAXIMUM)


def _following(request: Request, marker: str) -> str:
    query = {name: value for name, value in request.call.query.items() if name not in ("marker", "limit")}
    return urllib.parse.urlencode({**query, "limit": request.query("limit") or MAXIMUM, "marker": marker})
