"""Locks: whether somebody else is at the stack."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import pathlib
import socket
from collections.abc import Iterator
from typing import Any

from ..checks import Check
from ..outcome import Finding, failed, ok, skipped
from ..stack import Stack

_HELD = "wait for it to end, or stop it; when it is gone for good, `pulumi cancel` takes its lock away"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lock:
    """A lock on the stack's state; `alive` is None when its process is on another machine."""

    path: pathlib.Path
    who: str
    since: str
    alive: bool | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Locks:
    """The locks of a state that is kept in a folder; `elsewhere` names any other backend."""

    held: tuple[Lock, ...] = ()
    elsewhere: str = ""


def locks(stack: Stack) -> Locks:
    """Reads the locks on a stack whose state is in a folder."""
    backend = os.environ.get("PULUMI_BACKEND_URL", "")
    if not backend.startswith("file://"):
        return Locks(elsewhere=backend or "the backend that the Pulumi CLI is logged in to")
    root = pathlib.Path(backend.removeprefix("file://")).expanduser()
    folder = root / ".pulumi" / "locks" / "organization" / stack.project / stack.name
    return Locks(held=tuple(_lock(path) for path in sorted(folder.glob("*.json"))))


def _lock(path: pathlib.Path) -> Lock:
    try:
        owner: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        owner = {}
    who = f"{owner.get('username', 'somebody')}@{owner.get('hostname', 'somewhere')} (process {owner.get('pid', '?')})"
    local = owner.get("hostname") == socket.gethostname()
    return Lock(path=path, who=who, since=str(owner.get("timestamp", "")), alive=_alive(owner.get("pid")) if local else None)


def _alive(pid: Any) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, TypeError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def unlocked(found: Locks) -> Iterator[Finding]:
    """Nobody else changes this stack now, and nobody who was killed left a lock."""
    if found.elsewhere:
        yield skipped("", f"the state is kept by {found.elsewhere}, which tells of locks itself")
        return
    for lock in found.held:
        text = f"is held by {lock.who} since {_minute(lock.since)}"
        if lock.alive is False:
            yield failed(str(lock.path), f"{text}, which has ended", "take the lock away with `pulumi cancel`")
        else:
            yield failed(str(lock.path), text, _HELD)
    if not found.held:
        yield ok("", "no other run holds the stack")


def _minute(stamp: str) -> str:
    try:
        return f"{datetime.datetime.fromisoformat(stamp):%Y-%m-%d %H:%M}"
    except ValueError:
        return "an unknown time"


CHECKS = (Check(name="stack-lock", title="no other run holds the stack", needs=("locks",), judge=unlocked, owns=("locks",)),)
