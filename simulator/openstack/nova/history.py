"""What was done to a server: its instance actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import identifiers
from .records import Event, Server

if TYPE_CHECKING:
    from ..routes import Caller
    from .compute import Compute


def note(compute: Compute, server: Server, action: str, caller: Caller) -> None:
    """Notes that somebody began something."""
    event = Event(
        action=action,
        request_id=identifiers.request(),
        user_id=caller.user_id,
        project_id=caller.project_id or server.project_id,
        start=compute.now(),
        updated=compute.now(),
    )
    server.events.append(event)


def finish(compute: Compute, server: Server, message: str | None = None) -> None:
    """Notes that the newest action is over, and how where it went wrong."""
    if server.events:
        server.events[-1].updated = compute.now()
        server.events[-1].message = message
