"""Recorded exchanges: files of `{"note", "exchanges": [{"label", "method", "path", "request", "auth", "status", …}]}`."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from typing import Any

ROOT = "/MAAS/api/2.0/"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and what a real region answered."""

    file: str
    number: int
    label: str
    method: str
    path: str
    query: dict[str, Any]
    request: Any
    auth: str | None
    encoding: str
    status: int
    headers: dict[str, str]
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


def _exchange(file: str, number: int, each: dict[str, Any]) -> Exchange:
    path = each["path"]
    return Exchange(
        file=file,
        number=number,
        label=each.get("label") or "",
        method=each["method"],
        path=path[path.index("/MAAS/") :],
        query=each.get("query") or {},
        request=each.get("request"),
        auth=each.get("auth"),
        encoding=each.get("encoding") or "multipart",
        status=each["status"],
        headers=each.get("response_headers") or {},
        response=each.get("response"),
    )


def read_all(directory: pathlib.Path) -> dict[str, list[Exchange]]:
    """The exchanges of every file of a folder, by file."""
    found = {path.stem: read(path) for path in sorted(directory.glob("*.json"))}
    return {name: exchanges for name, exchanges in found.items() if exchanges}
