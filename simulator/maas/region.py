"""The region that handlers work on: its database, the rack it stands in, and the time."""

from __future__ import annotations

import pathlib
import random
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from ..clock import Clock
from ..world import World
from .records.node import Event, Node
from .store import Store

if TYPE_CHECKING:
    from .imports import Imports
    from .lifecycle import Lifecycle

_ID_LETTERS = "abcdefghkmnpqrstwxy346789"


class Region:
    """What one region controller knows and can do.

    Args:
        world: the rack.
        peers: the other services (power of LXD machines goes through one of them).
        directory: where keys are kept.
    """

    lifecycle: Lifecycle
    imports: Imports

    def __init__(self, world: World, peers: dict[str, Any], directory: pathlib.Path) -> None:
        self.world = world
        self.peers = peers
        self.directory = directory
        self.store = Store()
        self.random = random.Random(20261122)  # noqa: S311 names and ids, no secrets: the same story gives the same names

    @property
    def version(self) -> str:
        """The version that it says it is, and behaves as."""
        return self.world.data.rack.maas_version

    def since(self, major: int, minor: int) -> bool:
        """Whether it behaves as this version and later ones do."""
        have = tuple(int(part) for part in self.version.split(".")[:2])
        return have >= (major, minor)

    @property
    def clock(self) -> Clock:
        """Virtual time."""
        return self.world.clock

    def now(self) -> float:
        """Virtual POSIX seconds."""
        return self.clock.now()

    def stamp(self, seconds: float) -> str:
        """A time as most objects show it."""
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]

    def mail_date(self, seconds: float | None) -> str | None:
        """A time as script results show it."""
        return None if seconds is None else formatdate(seconds)

    def event(
        self, node: Node, kind: str, *, level: str = "INFO", description: str = "", user: str | None = None, action: str = ""
    ) -> None:
        """Notes that something happened to a node; what is not a detail becomes the node's status message."""
        made = Event(node=node.system_id, user=user, type=kind, level=level, created=self.now(), description=description)
        made.action = action
        self.store.add(self.store.events, made)
        if level != "DEBUG":
            node.status_message = f"{kind} - {description}" if description else kind
            node.status_action = action

    def new_system_id(self) -> str:
        """Six letters and digits that no node has."""
        while True:
            made = "".join(self.random.choice(_ID_LETTERS) for _ in range(6))
            if not self.store.node(made):
                return made
