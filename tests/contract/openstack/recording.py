"""Recorded exchanges: files of `{"note", "exchanges": [{"label", "method", "path", "request", "auth", "status", …}]}`."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import urllib.parse
from typing import Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and what a real service answered; `auth` is None or a masked token."""

    file: str
    number: int
    label: str
    method: str
    path: str
    query: list[tuple[str, str]]
    request: Any
    request_headers: dict[str, str]
    auth: str | None
    via: str | None
    status: int
    headers: dict[str, Any]
    response: Any

    @property
    def name(self) -> str:
        """How it is called in reports and in explained.md."""
        return f"{self.file}#{self.number}"


def read(path: pathlib.Path) -> list[Exchange]:
    """The exchanges of a file; none when it holds something else."""
    data = json.loads(path.read_text())
    if not isinstance(data, dict) or not isinstance(data.get("exchanges"), list):
        return []
    return [_exchange(path.stem, number, each) for number, each in enumerate(data["exchanges"])]


def read_all(directory: pathlib.Path) -> dict[str, list[Exchange]]:
    """The exchanges of every file of a folder, by file."""
    found = {path.stem: read(path) for path in sorted(directory.glob("*.json"))}
    return {name: exchanges for name, exchanges in found.items() if exchanges}


def _exchange(file: str, number: int, each: dict[str, Any]) -> Exchange:
    query = each.get("query") or ""
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True) if isinstance(query, str) else list(query.items())
    return Exchange(
        file=file,
        number=number,
        label=each.get("label") or "",
        method=each["method"],
        path=each["path"],
        query=pairs,
        request=each.get("request"),
        request_headers=each.get("request_headers") or {},
        auth=each.get("auth"),
        via=each.get("via"),
        status=each["status"],
        headers=each.get("response_headers") or {},
        response=each.get("response"),
    )
