"""What a simulated service is, and which ones there are.

A service is a package `simulator/<name>/` that exports `Service`. Services know one another only over HTTP and the world.
"""

from __future__ import annotations

import importlib
import importlib.util
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, cast

from .ports import Ports
from .world import World

NAMES = ("maas", "lxd", "juju", "openstack")
"""In the order in which they start: MAAS is there before what boots from it."""


class Service(Protocol):
    """One server of the rack.

    A service may also have `faults: Mapping[str, str]` (the faults it knows, with a line that says what each does) and
    `admin_routes() -> Iterable[aiohttp.web.RouteDef]` (served by the admin API under `/<name>`).
    """

    name: str

    def __init__(self, world: World, directory: pathlib.Path, ports: Ports, peers: dict[str, Service]) -> None:
        """Makes the service with its timers' handlers registered; it serves nothing before `start`."""

    async def start(self) -> None:
        """Serves; returns when requests are answered."""

    async def stop(self) -> None:
        """Stops serving and lets go of ports and files."""

    def endpoints(self) -> dict[str, Any]:
        """What an outside tool needs to reach it: the service's part of endpoints.json."""

    def dump(self) -> dict[str, Any]:
        """The state as JSON values."""

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back."""

    def reset(self) -> None:
        """Forgets everything but keys and certificates."""


def available(names: Iterable[str] = NAMES) -> list[str]:
    """Those of `names` whose package is in this installation."""
    specs = {name: importlib.util.find_spec(f"{__package__}.{name}") for name in names}
    return [name for name, spec in specs.items() if spec and spec.origin]


def create(names: Iterable[str], world: World, directory: pathlib.Path, ports: Ports) -> dict[str, Service]:
    """Makes the named services as one another's peers, in the order of `NAMES`."""
    peers: dict[str, Service] = {}
    for name in sorted(names, key=NAMES.index):
        package = importlib.import_module(f"{__package__}.{name}")
        peers[name] = cast(Service, package.Service(world, directory, ports, peers))
    return peers


def faults_of(service: Service) -> Mapping[str, str]:
    """The faults that a service knows, each with what it does."""
    return cast(Mapping[str, str], getattr(service, "faults", {}))
