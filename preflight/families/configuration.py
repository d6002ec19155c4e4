"""The stack itself: its site, its secrets, and whether somebody else is at it."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import pathlib
import socket
from collections.abc import Iterator
from typing import Any

import config

from ..checks import Check
from ..outcome import Finding, failed, ok, skipped, warning
from ..stack import Stack

_SECRETS = ("maas:apiKey", "juju:password", "lxd:key")
_HELD = "wait for it to end, or stop it; when it is gone for good, `pulumi cancel` takes its lock away"


def site(stack: Stack, found: config.SiteSpec) -> Iterator[Finding]:
    """A site that can be read at all has passed its own cross-checks."""
    count = len(found.workers) + len(found.controller.vms())
    yield ok(f"Pulumi.{stack.name}.yaml", f"{count} machines on {len(found.networks.items())} networks")


def secrets(stack: Stack, found: config.SiteSpec) -> Iterator[Finding]:
    """Keys and passwords are there, and encrypted."""
    for key in _SECRETS:
        if stack.get(key) and key not in stack.secret:
            yield warning(
                key, "lies in the stack's file in clear", f"`pulumi config set --secret {key} …`, and change it: it was seen"
            )
    key = f"{stack.project}:site"
    if key not in stack.secret:
        yield warning(key, "the BMCs' passwords lie in the stack's file in clear", _set_password(0))
    for index, worker in enumerate(found.workers):
        if worker.bmc.power_type != "manual" and not worker.bmc.password.get_secret_value().strip():
            yield failed(f"workers[{index}].bmc.password", "is empty", _set_password(index))
    yield ok("", f"{', '.join(sorted(stack.secret)) or 'nothing'} held secret, and this passphrase opens it")


def _set_password(index: int) -> str:
    return f"`pulumi config set --secret --path 'openstack-on-metal:site.workers[{index}].bmc.password' …`"


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


CHECKS = (
    Check(name="stack", title="the stack's configuration can be read", needs=("stack",), judge=lambda stack: (), owns=("stack",)),
    Check(name="site", title="the site is complete and fits together", needs=("stack", "site"), judge=site, owns=("site",)),
    Check(name="secrets", title="keys and passwords are set and encrypted", needs=("stack", "site"), judge=secrets),
    Check(name="stack-lock", title="no other run holds the stack", needs=("locks",), judge=unlocked, owns=("locks",)),
)
