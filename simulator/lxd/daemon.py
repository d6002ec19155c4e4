"""The daemon as its handlers see it: the records, the host it runs on, its operations and events."""

from __future__ import annotations

import datetime
import pathlib

from ..world import LxdHost, World
from .events import Events
from .operations import Operations
from .store import DEFAULT, Store
from .tls import Identity

POOLS = pathlib.PurePosixPath("/var/lib/lxd/storage-pools")


class Daemon:
    """One LXD server on one host of the rack.

    Args:
        world: the rack.
        host: the machine it runs on.
        identity: its keys.
        address: what it listens on, "127.0.0.1:8443".
    """

    def __init__(self, world: World, host: LxdHost, identity: Identity, address: str) -> None:
        self.world = world
        self.host_key = host.key
        self.identity = identity
        self.address = address
        self.store = Store()
        self.events = Events(self.now)
        self.operations = Operations(world, self.events, self.now)

    @property
    def host(self) -> LxdHost:
        """The machine it runs on, as the world has it now."""
        return self.world.data.lxd_hosts[self.host_key]

    def now(self) -> str:
        """The virtual time as LXD writes times."""
        return timestamp(self.world.clock.now())

    def reset(self) -> None:
        """Back to a daemon that was just installed, listening, with its first client trusted."""
        self.operations.clear()
        self.store.clear()
        self.store.state.config["core.https_address"] = self.address

    def lifecycle(self, action: str, path: str, project: str = DEFAULT) -> None:
        """Tells listeners that an object changed."""
        self.events.lifecycle(action, f"/1.0/{path}", project)


def timestamp(seconds: float) -> str:
    """POSIX seconds as RFC 3339 in nanoseconds, without the zeros at its end."""
    whole, part = divmod(round(seconds * 1_000_000_000), 1_000_000_000)
    moment = datetime.datetime.fromtimestamp(whole, datetime.UTC)
    fraction = f".{part:09d}".rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"
