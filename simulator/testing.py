"""The simulator inside a test: a rack on free ports in a background thread.

    with running_rack(directory=tmp_path, services=("maas",)) as rack:
        connect(rack.endpoints["maas"]["url"])

The thread has its own event loop, so that sync and async tests use a rack alike. Reading `rack.world` is fine from any thread;
changes go through `rack.call`, which runs a function on the rack's thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from types import TracebackType
from typing import Any, Self, TypeVar

import yaml

from . import admin, requestlog
from .clock import Clock
from .daemon import GUIDE, Daemon
from .service import Service
from .world import World, WorldData

T = TypeVar("T")

FAST = 36000.0
"""Ten hours of the rack a second: nothing that is tested has to wait."""
DEADLINE = 60.0


class Rack:
    """A running simulator.

    Args:
        world: a world file, or the world itself; None is the guide's rack.
        factor: virtual seconds for each real one; 0 is a clock that only `advance` moves.
        directory: where it keeps its state; None is a folder that goes with the rack.
        services: names of the services to run; None is all there are.
    """

    def __init__(
        self,
        world: pathlib.Path | WorldData | None = None,
        factor: float = FAST,
        directory: pathlib.Path | None = None,
        services: Iterable[str] | None = None,
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="rack-") if directory is None else None
        self.directory = directory or pathlib.Path(self._temporary.name if self._temporary else "")
        self._world = world
        self._factor = factor
        self._names = None if services is None else tuple(services)
        self._loop: asyncio.AbstractEventLoop
        self._thread: threading.Thread | None = None
        self._daemon: Daemon | None = None

    @property
    def daemon(self) -> Daemon:
        """The running simulator."""
        if self._daemon is None:
            raise RuntimeError("the rack is not running")
        return self._daemon

    @property
    def endpoints(self) -> dict[str, Any]:
        """The content of endpoints.json."""
        return self.daemon.endpoints()

    @property
    def world(self) -> World:
        """The machines, networks and faults."""
        return self.daemon.world

    @property
    def clock(self) -> Clock:
        """The rack's time."""
        return self.daemon.clock

    @property
    def services(self) -> dict[str, Service]:
        """The running services by name."""
        return self.daemon.services

    def start(self) -> None:
        """Starts the rack, from its saved state when the folder has one."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rack", daemon=True)
        self._thread.start()
        self._run(self._start())

    def stop(self) -> None:
        """Stops the rack, saving its state; raises the first error that a timer met."""
        errors = self.daemon.clockwork.errors
        self._run(self.daemon.stop())
        self._end_thread()
        if errors:
            raise errors[0]

    def crash(self) -> None:
        """Stops serving, but what was not saved by now is lost, as after kill -9."""
        state = (self.directory / "world.json").read_text()
        self.stop()
        (self.directory / "world.json").write_text(state)

    def call(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Runs `function` on the rack's thread and returns what it returns."""
        result: futures.Future[T] = futures.Future()

        def run() -> None:
            try:
                result.set_result(function(*args, **kwargs))
            except BaseException as exc:
                result.set_exception(exc)

        self._loop.call_soon_threadsafe(run)
        return result.result(DEADLINE)

    def advance(self, seconds: float) -> None:
        """Moves virtual time on, running what falls due."""
        self.call(self.clock.advance, seconds)

    def fault(self, name: str, target: str = "*", times: int | None = None, **options: Any) -> None:
        """Lets something go wrong; ValueError when no service knows this fault."""
        asked = {"name": name, "target": target, "times": times, "options": options}
        self.call(self.world.data.faults.append, admin.fault_from(asked, self.daemon.known_faults()))

    def clear_faults(self) -> None:
        """Lets all be well again."""
        self.call(self.world.data.faults.clear)

    def requests(self, service: str | None = None) -> list[dict[str, Any]]:
        """The requests answered so far, oldest first, of one service or of all."""
        return [line for line in requestlog.read(self.directory) if service in (None, line["service"])]

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        await asyncio.to_thread(self._finish)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._finish()

    async def _start(self) -> None:
        self._daemon = Daemon(self.directory, self._world_file(), self._factor, self._names)
        await self._daemon.start()

    def _world_file(self) -> pathlib.Path:
        if not isinstance(self._world, WorldData):
            return self._world or GUIDE
        path = self.directory / "rack.yaml"
        path.write_text(yaml.safe_dump(self._world.model_dump(mode="json")))
        return path

    def _finish(self) -> None:
        try:
            self.stop()
        finally:
            if self._temporary:
                self._temporary.cleanup()

    def _run(self, work: Any) -> None:
        try:
            asyncio.run_coroutine_threadsafe(work, self._loop).result(DEADLINE)
        except BaseException:
            self._end_thread()
            raise

    def _end_thread(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread:
            self._thread.join(DEADLINE)
        self._loop.close()


@contextlib.contextmanager
def running_rack(
    world: pathlib.Path | WorldData | None = None,
    factor: float = FAST,
    directory: pathlib.Path | None = None,
    services: Iterable[str] | None = None,
) -> Iterator[Rack]:
    """Runs a rack for the length of a `with` block."""
    with Rack(world, factor, directory, services) as rack:
        yield rack
