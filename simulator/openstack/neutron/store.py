"""Neutron's database: tables of rows, each with its standard attributes."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


class Store:
    """All rows, by table and id.

    Args:
        now: the virtual time in POSIX seconds.
        new_id: gives the id of a new row of a table.
    """

    def __init__(self, now: Callable[[], float], new_id: Callable[[str], str]) -> None:
        self.now = now
        self._new_id = new_id
        self._tables: dict[str, dict[str, Row]] = {}
        self._attributes = 0

    def table(self, name: str) -> dict[str, Row]:
        """The rows of a table by id, in the order in which they were made."""
        return self._tables.setdefault(name, {})

    def stamp(self) -> str:
        """The time as rows carry it."""
        return datetime.datetime.fromtimestamp(int(self.now()), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def born(self, table: str, project_id: str, *, revision: int = 1, **values: Any) -> Row:
        """Puts a new row with its standard attributes into a table.

        `standard_attr_id` counts over all tables, as Neutron's table of standard attributes does.
        """
        self._attributes += 1
        row: Row = {"id": self._new_id(table), "project_id": project_id, "description": "", "tags": [], **values}
        row |= {"created_at": self.stamp(), "updated_at": self.stamp(), "revision_number": revision}
        row["standard_attr_id"] = self._attributes
        self.table(table)[row["id"]] = row
        return row

    def touch(self, row: Row, times: int = 1) -> None:
        """Marks a row as changed; some operations write it several times, which shows in its revision."""
        row["revision_number"] += times
        row["updated_at"] = self.stamp()

    def dump(self) -> dict[str, Any]:
        """The state as JSON values."""
        return {"tables": copy.deepcopy(self._tables), "attributes": self._attributes}

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back."""
        self._tables, self._attributes = copy.deepcopy(data["tables"]), data["attributes"]
