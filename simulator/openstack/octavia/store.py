"""Octavia's database, and the work of its controller: what is asked for is done some virtual seconds later."""

from __future__ import annotations

import copy
import datetime
import uuid
from collections.abc import Callable, Iterator
from typing import Any

Row = dict[str, Any]
ACTIVE, ERROR, DELETING = "ACTIVE", "ERROR", "PENDING_DELETE"


class Store:
    """All rows, by table and id.

    Args:
        now: the virtual time in POSIX seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self._tables: dict[str, dict[str, Row]] = {}

    def table(self, name: str) -> dict[str, Row]:
        """The rows of a table by id."""
        return self._tables.setdefault(name, {})

    def stamp(self) -> str:
        """The time as rows carry it."""
        return datetime.datetime.fromtimestamp(int(self.now()), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S")

    def born(self, table: str, values: Row) -> Row:
        """Puts a new row into a table."""
        row = {"id": str(uuid.uuid4()), **values, "created_at": self.stamp(), "updated_at": None}
        self.table(table)[row["id"]] = row
        return row

    def children(self, balancer: str) -> Iterator[tuple[str, Row]]:
        """Everything that belongs to a load balancer, with its table."""
        for table in ("listeners", "pools", "members", "healthmonitors"):
            for row in list(self.table(table).values()):
                if row["balancer"] == balancer:
                    yield table, row

    def dump(self) -> dict[str, Any]:
        """The state as JSON values."""
        return {"tables": copy.deepcopy(self._tables)}

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back."""
        self._tables = copy.deepcopy(data["tables"])
