"""One OpenStack: its areas as each other's neighbours, its time, its surroundings.

    cloud.after(5, "compute.built", server=server_id)       # runs what cloud.on("compute.built", handler) registered
    token = cloud.identity.authorise(call)
    port = cloud.network.make_port(...)

An area is reached by the attribute that `areas.AREAS` gives it. Timers belong to the cloud and leave with it; a kind begins with
its area's attribute, so that a timer that outlived a restart finds the area that knows it.
"""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from ..clock import Clock
from ..world import Fault
from . import areas
from .call import Call, Reply
from .facts import Facts

if TYPE_CHECKING:
    from .keystone import Area as Identity

TIMER = "openstack"


class Area(Protocol):
    """One service of a cloud; a new one is an empty one."""

    def __init__(self, cloud: Cloud) -> None:
        """Makes the service as it is after its installation."""

    async def answer(self, call: Call) -> Reply:
        """Answers a request; raises Refusal with the answer where that is easier."""

    def dump(self) -> dict[str, Any]:
        """The state as JSON values."""

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back."""


class Cloud:
    """A cloud of one Juju model (or of a test).

    Args:
        clock: virtual time.
        facts: the surroundings.
        key: names the cloud in timers; the model's UUID.
        changed: called after a change that no request caused, so that it is saved.
        fault: the injected fault of a name that strikes one of the targets, used up by one.
        directory: where large data may lie, None to keep it in memory.
    """

    def __init__(
        self,
        clock: Clock,
        facts: Facts,
        *,
        key: str = "cloud",
        changed: Callable[[], None] = lambda: None,
        fault: Callable[..., Fault | None] = lambda name, *targets: None,
        directory: pathlib.Path | None = None,
    ) -> None:
        self.clock = clock
        self.facts = facts
        self.key = key
        self.changed = changed
        self.fault = fault
        self.directory = directory
        self._handlers: dict[str, Callable[..., None]] = {}
        self._areas: dict[str, Area] = {}
        self._saved: dict[str, Any] = {}

    @functools.cached_property
    def identity(self) -> Identity:
        """Keystone, with its type, since everybody needs it."""
        return cast("Identity", self.area("identity"))

    def __getattr__(self, name: str) -> Any:
        """An area by its attribute (image, network, compute, placement, volume, load_balancer, …)."""
        if name.startswith("_") or name not in areas.available():
            raise AttributeError(f"the simulated cloud has no area {name!r}")
        return self.area(name)

    def area(self, name: str) -> Area:
        """The area of an attribute, made when it is first asked for."""
        if name not in self._areas:
            made: Area = areas.load(name)(self)
            self._areas[name] = made
            if name in self._saved:
                made.load(self._saved.pop(name))
        return self._areas[name]

    def has(self, name: str) -> bool:
        """Whether there is code for an area."""
        return name in areas.available()

    def now(self) -> float:
        """The virtual time in POSIX seconds."""
        return self.clock.now()

    def on(self, kind: str, handler: Callable[..., None]) -> None:
        """Registers what a timer of this kind ("AREA.what") does in this cloud; areas do so when they are made."""
        self._handlers[kind] = handler

    def after(self, seconds: float, kind: str, **args: Any) -> int:
        """Sets a timer of this cloud, `args` JSON values; returns its id for `clock.cancel`."""
        return self.clock.after(seconds, TIMER, cloud=self.key, what=kind, args=args)

    def run(self, kind: str, args: Mapping[str, Any]) -> None:
        """Runs a timer that is due."""
        self.area(kind.partition(".")[0])
        self._handlers[kind](**args)

    def dump(self) -> dict[str, Any]:
        """The areas' states as JSON values."""
        return self._saved | {name: area.dump() for name, area in self._areas.items()}

    def load(self, data: Mapping[str, Any]) -> None:
        """Takes dumped states back; each area reads its own when it is made."""
        self._areas.clear()
        self.__dict__.pop("identity", None)
        self._saved = dict(data)


class Clouds:
    """All clouds of a simulator, made when they are first asked for; timers find theirs here.

    Args:
        clock: virtual time; gets the one handler for all clouds' timers.
        make: makes the cloud of a key, None when its model is gone.
    """

    def __init__(self, clock: Clock, make: Callable[[str], Cloud | None]) -> None:
        self._make = make
        self._clouds: dict[str, Cloud] = {}
        self._saved: dict[str, Any] = {}
        clock.on(TIMER, self._run)

    def get(self, key: str) -> Cloud | None:
        """The cloud of a key, None when its model is gone."""
        if key not in self._clouds:
            made = self._make(key)
            if made is None:
                return None
            made.load(self._saved.pop(key, {}))
            self._clouds[key] = made
        return self._clouds[key]

    def keep(self, keys: set[str]) -> None:
        """Forgets the clouds of all other keys."""
        for gone in [key for key in (*self._clouds, *self._saved) if key not in keys]:
            self._clouds.pop(gone, None)
            self._saved.pop(gone, None)

    def dump(self) -> dict[str, Any]:
        """All clouds' states as JSON values."""
        return self._saved | {key: cloud.dump() for key, cloud in self._clouds.items()}

    def load(self, data: Mapping[str, Any]) -> None:
        """Takes dumped states back; none for a new beginning."""
        self._clouds.clear()
        self._saved = dict(data)

    def _run(self, cloud: str, what: str, args: dict[str, Any]) -> None:
        found = self.get(cloud)
        if found:
            found.run(what, args)
