"""Recorded exchanges: files of `{"note", "exchanges": [{"label", "method", "path", "request", "auth", "status", …}]}`."""

from __future__ import annotations

import abc
import dataclasses
import json
import pathlib
from typing import Any, Self, TypeVar


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exchange(abc.ABC):
    """One request and what a real service answered; `auth` is None, a name or a masked token."""

    file: str
    number: int
    label: str
    method: str
    path: str
    query: Any
    request: Any
    auth: str | None
    status: int
    headers: dict[str, Any]
    response: Any

    @classmethod
    @abc.abstractmethod
    def own(cls, recorded: dict[str, Any]) -> dict[str, Any]:
        """The fields that a room reads in its own way."""

    @classmethod
    def of(cls, file: str, number: int, recorded: dict[str, Any]) -> Self:
        """An exchange of a file."""
        common: dict[str, Any] = {
            "file": file,
            "number": number,
            "label": recorded.get("label") or "",
            "method": recorded["method"],
            "path": recorded["path"],
            "request": recorded.get("request"),
            "auth": recorded.get("auth"),
            "status": recorded["status"],
            "headers": recorded.get("response_headers") or {},
            "response": recorded.get("response"),
        }
        return cls(**{**common, **cls.own(recorded)})

    @property
    def name(self) -> str:
        """How it is called in reports and in explained.md."""
        return f"{self.file}#{self.number}"

    @property
    def asked(self) -> str:
        """What was asked, for the reader."""
        return f"{self.method} {self.path} {self.query or ''} [{self.label}]"


ExchangeT = TypeVar("ExchangeT", bound=Exchange)


def read(kind: type[ExchangeT], path: pathlib.Path) -> list[ExchangeT]:
    """The exchanges of a file; none when it holds something else."""
    data = json.loads(path.read_text())
    if not isinstance(data, dict) or not isinstance(data.get("exchanges"), list):
        return []
    return [kind.of(path.stem, number, each) for number, each in enumerate(data["exchanges"])]


def read_all(kind: type[ExchangeT], directory: pathlib.Path) -> dict[str, list[ExchangeT]]:
    """The exchanges of every file of a folder, by file."""
    found = {path.stem: read(kind, path) for path in sorted(directory.glob("*.json"))}
    return {name: exchanges for name, exchanges in found.items() if exchanges}
