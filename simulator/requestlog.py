"""The record of every request that a service answered: one JSON line each in DIR/requests.jsonl.

Tests count requests there ("the second run changed nothing"), so a line is written before the answer goes out.
"""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any

from .clock import Clock

FILE = "requests.jsonl"


class RequestLog:
    """Appends to DIR/requests.jsonl; every service has its own on the same file."""

    def __init__(self, directory: pathlib.Path, service: str, clock: Clock) -> None:
        self._path = directory / FILE
        self._service = service
        self._clock = clock

    def record(self, method: str, path: str, *, mutates: bool, status: int) -> None:
        """Writes one line; `t` is virtual POSIX seconds."""
        line = {"service": self._service, "method": method, "path": path, "mutates": mutates, "status": status}
        line["t"] = round(self._clock.now(), 3)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a") as stream:
            stream.write(json.dumps(line) + "\n")


def read(directory: pathlib.Path) -> list[dict[str, Any]]:
    """All lines so far, oldest first; none when nothing was asked yet."""
    path = directory / FILE
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def clear(directory: pathlib.Path) -> None:
    """Starts the record afresh."""
    (directory / FILE).unlink(missing_ok=True)
