"""Pulumi's lock files: one JSON file a process under ``.pulumi/locks``."""

from __future__ import annotations

import contextlib
import datetime
import getpass
import json
import os
import pathlib
import socket
import uuid
from typing import Any

from engine.errors import EngineError


class StackLock:
    """Holds one stack for one process; a context manager."""

    def __init__(self, folder: pathlib.Path):
        self._folder = folder
        self._path = folder / f"{uuid.uuid4()}.json"

    def __enter__(self) -> StackLock:
        self._check()
        self._folder.mkdir(parents=True, exist_ok=True)
        now = datetime.datetime.now(datetime.UTC).isoformat()
        owner = {"pid": os.getpid(), "username": _user(), "hostname": socket.gethostname(), "timestamp": now}
        self._path.write_text(json.dumps(owner))
        try:
            self._check()
        except EngineError:
            self._path.unlink(missing_ok=True)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._folder.rmdir()

    def _check(self) -> None:
        others = [path for path in held(self._folder) if path != self._path]
        if others:
            raise EngineError(
                f"the stack is currently locked by {len(others)} lock(s). Either wait for the other process(es)"
                " to end or delete the lock file with `pulumi cancel`."
                + "".join(f"\n  {path.as_uri()}: {_describe(path)}" for path in others)
            )


def held(folder: pathlib.Path) -> list[pathlib.Path]:
    """Returns the lock files in ``folder``."""
    return sorted(folder.glob("*.json"))


def release_all(folder: pathlib.Path) -> int:
    """Deletes all locks; returns their number."""
    found = held(folder)
    for path in found:
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()
    return len(found)


def is_stale(path: pathlib.Path) -> bool:
    """Tells whether the process that holds a lock was one of this host and has ended."""
    try:
        owner: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return False
    return owner.get("hostname") == socket.gethostname() and not _alive(owner.get("pid"))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return str(os.getuid())


def _describe(path: pathlib.Path) -> str:
    try:
        owner: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return "cannot be read"
    text = f"created by {owner.get('username')}@{owner.get('hostname')} (pid {owner.get('pid')}) at {owner.get('timestamp')}"
    if is_stale(path):
        text += "; that process is no longer running, so the lock is stale: `cancel` removes it"
    return text


def _alive(pid: Any) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, TypeError, ValueError):
        return False
    except PermissionError:
        return True
    return True
