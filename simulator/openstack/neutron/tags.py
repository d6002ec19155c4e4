"""Tags of a row: PUT, GET and DELETE below /tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .bodies import Values
from .caller import Caller
from .collection import Collection
from .errors import Refused, bad
from .store import Row

Answer = tuple[int, Any]
"""Status and body."""


@dataclass(frozen=True)
class Change:
    """A request: its method, the tag that its path names, and its body."""

    method: str
    tag: str | None
    body: Values


def answer(asked: Change, collection: Collection, row: Row, caller: Caller) -> Answer | None:
    """Carries one request out; None for a method that there isn't."""
    if asked.method != "GET":
        collection.own(row, caller, "update")
    work = {"GET": _get, "PUT": _put, "DELETE": _delete}.get(asked.method)
    if work is None:
        return None
    before = list(row["tags"])
    answered = work(row, asked.tag, asked.body)
    if row["tags"] != before:
        collection.plant.store.touch(row)
    return answered


def _get(row: Row, tag: str | None, body: Values) -> Answer:
    if tag is None:
        return 200, {"tags": row["tags"]}
    _known(row, tag)
    return 204, None


def _put(row: Row, tag: str | None, body: Values) -> Answer:
    if tag is not None:
        row["tags"] = sorted({*row["tags"], tag})
        return 201, "null"
    wanted = body.get("tags")
    if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
        raise bad("Invalid input for tags. Reason: a list of strings is required.")
    row["tags"] = sorted(set(wanted))
    return 200, {"tags": row["tags"]}


def _delete(row: Row, tag: str | None, body: Values) -> Answer:
    if tag is not None:
        _known(row, tag)
    row["tags"] = [one for one in row["tags"] if tag is not None and one != tag]
    return 204, None


def _known(row: Row, tag: str) -> None:
    if tag not in row["tags"]:
        raise Refused(404, "TagNotFound", f"Tag {tag} could not be found.")
