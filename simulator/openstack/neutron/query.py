"""Lists as the caller asked for them: filters, order, pages, fields."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Collection, Iterable
from typing import Any

from multidict import MultiMapping

from .attributes import boolean
from .errors import Refused, bad, bad_resource
from .store import Row

CONTROL = frozenset({"fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir"})
TAGS: dict[str, Callable[[set[str], set[str]], bool]] = {
    "tags": lambda wanted, tags: wanted <= tags,
    "tags-any": lambda wanted, tags: bool(wanted & tags),
    "not-tags": lambda wanted, tags: not wanted <= tags,
    "not-tags-any": lambda wanted, tags: not wanted & tags,
}
NESTED = frozenset({"fixed_ips"})
"""Lists of dictionaries; their filter is key=value of one entry."""


def check(query: MultiMapping[str], attributes: Collection[str]) -> None:
    """Refuses filters and sort keys that the resource hasn't."""
    known = {*attributes, *CONTROL, *TAGS, "tenant_id", "project_id"}
    unknown = [name for name in dict.fromkeys(query.keys()) if name not in known]
    if unknown:
        raise bad(f"{unknown} is invalid attribute for filtering")
    keys = [key for key in query.getall("sort_key", []) if key not in {*attributes, "tenant_id"}]
    if keys:
        raise bad(f"{keys} is invalid attribute for sort keys")
    directions = [value for value in query.getall("sort_dir", []) if value not in {"asc", "desc"}]
    if directions:
        raise bad(f"{directions} is invalid value for sort dirs, valid value is 'asc' and 'desc'")


def matching(rows: Iterable[Row], query: MultiMapping[str]) -> list[Row]:
    """The rows that every filter lets through."""
    filters = {name: query.getall(name) for name in query if name not in CONTROL}
    return [row for row in rows if all(_matches(row, name, values) for name, values in filters.items())]


def ordered(rows: Iterable[Row], query: MultiMapping[str]) -> list[Row]:
    """The rows by the keys that were asked for, and by id."""
    found = sorted(rows, key=lambda row: str(row.get("id", "")))
    keys, directions = query.getall("sort_key", []), query.getall("sort_dir", [])
    for index in reversed(range(len(keys))):
        falling = index < len(directions) and directions[index] == "desc"
        found.sort(key=lambda row, key=keys[index]: _sortable(row.get(key)), reverse=falling)  # type: ignore[misc] # a default binds the key
    return found


def page(rows: list[Row], query: MultiMapping[str], plural: str, url: str) -> tuple[list[Row], list[dict[str, str]]]:
    """The page that was asked for, and its links; without a limit all rows and no links.

    Args:
        rows: all of them, in order.
        query: of the request.
        plural: the collection's name, for the refusal of a marker.
        url: of the list, without a query.
    """
    limit = _limit(query)
    back = query.get("page_reverse", "").lower() in {"true", "1"}
    marker = query.get("marker")
    if marker:
        rows = _beyond(rows, marker, plural, back=back)
    if not limit:
        return rows, []
    chosen = rows[-limit:] if back else rows[:limit]
    return chosen, _links(chosen, query, url, full=len(chosen) == limit, back=back)


def picked(row: Row, query: MultiMapping[str]) -> Row:
    """The fields that were asked for; all of them when none was."""
    fields = query.getall("fields", [])
    return {name: row[name] for name in row if name in fields} if fields else row


def _limit(query: MultiMapping[str]) -> int:
    said = query.get("limit", "0")
    if not said.isdecimal():
        raise bad_resource("list", f"Limit must be an integer 0 or greater and not '{said}'")
    return int(said)


def _beyond(rows: list[Row], marker: str, plural: str, *, back: bool) -> list[Row]:
    position = next((index for index, row in enumerate(rows) if row["id"] == marker), None)
    if position is None:
        raise Refused(404, "HTTPNotFound", f"The marker {marker} of {plural} could not be found.")
    return rows[:position] if back else rows[position + 1 :]


def _links(rows: list[Row], query: MultiMapping[str], url: str, *, full: bool, back: bool) -> list[dict[str, str]]:
    if not rows:
        return []
    kept = [(name, value) for name, value in query.items() if name not in {"marker", "page_reverse"}]
    links = []
    if full or back:
        links.append({"rel": "next", "href": _href(url, kept, rows[-1]["id"])})
    if full or not back:
        links.append({"rel": "previous", "href": _href(url, kept, rows[0]["id"]) + "&page_reverse=True"})
    return links


def _href(url: str, kept: list[tuple[str, str]], marker: str) -> str:
    return f"{url}?{urllib.parse.urlencode([*kept, ('marker', marker)])}"


def _matches(row: Row, name: str, values: list[str]) -> bool:
    if name in TAGS:
        wanted = {tag for value in values for tag in value.split(",")}
        return TAGS[name](wanted, set(row.get("tags", ())))
    found = row.get("project_id" if name == "tenant_id" else name)
    if name in NESTED:
        entries = [{f"{key}={value}" for key, value in entry.items()} for entry in found or ()]
        return all(any(value in entry for entry in entries) for value in values)
    return any(_equal(found, value) for value in values)


def _equal(found: Any, wanted: str) -> bool:
    if isinstance(found, bool):
        return found == boolean(wanted)
    if isinstance(found, list):
        return wanted in found
    return wanted in {"", "None", "null"} if found is None else str(found) == wanted


def _sortable(value: Any) -> tuple[bool, Any]:
    return value is not None, value if isinstance(value, int) else str(value)
