"""The simulator as one object on one event loop: clock, world, services, admin API, saved state.

Owns: starting and stopping them in order and what DIR holds. Does not own: the process around it (`__main__`, `testing`).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pathlib
from collections.abc import Iterable
from typing import Any

import yaml

from . import admin, files, requestlog, saving, service, web
from .clock import HOUR_IN_TEN_SECONDS, Clock
from .clockwork import Clockwork
from .ports import Ports
from .world import World, WorldData

STATE = "world.json"
ENDPOINTS = "endpoints.json"
LOG = "simulator.log"
GUIDE = pathlib.Path(__file__).parent / "worlds" / "guide.yaml"


class DaemonError(Exception):
    """The simulator cannot start or go on; one line for the operator."""


class Daemon:
    """Everything that runs in one simulator.

    Args:
        directory: where state, keys, ports and logs are kept.
        world: YAML file of the world as it is at first start and after a reset.
        factor: virtual seconds for each real one; None keeps the saved factor.
        services: names of the services to run; None: all there are.
    """

    def __init__(
        self,
        directory: pathlib.Path,
        world: pathlib.Path = GUIDE,
        factor: float | None = None,
        services: Iterable[str] | None = None,
    ) -> None:
        self.directory = files.folder(directory.resolve())
        self.world_file = world.resolve()
        self.clock = Clock(factor=HOUR_IN_TEN_SECONDS if factor is None else factor)
        self.world = World(self.clock, read_world(self.world_file))
        self.ports = Ports(self.directory / "ports.json")
        names = service.available() if services is None else list(services)
        self.services = service.create(names, self.world, self.directory, self.ports)
        self.stopping = asyncio.Event()
        self._saver = saving.Saver(self._save)
        self.clockwork = Clockwork(self.clock, self._saver.mark)
        self._admin = admin.Admin(self)
        self._load(factor)
        self.world.on_change(self._saver.save_or_mark)

    async def start(self) -> None:
        """Serves everything, then writes endpoints.json."""
        for peer in self.services.values():
            await peer.start()
        await self._admin.start()
        self.clockwork.start()
        self._saver.start()
        self._saver.save()
        files.write(self.directory / ENDPOINTS, json.dumps(self.endpoints(), indent=1))

    async def stop(self) -> None:
        """Stops serving, saves, and takes endpoints.json away."""
        (self.directory / ENDPOINTS).unlink(missing_ok=True)
        await self.clockwork.stop()
        await self._admin.stop()
        for peer in reversed(self.services.values()):
            await peer.stop()
        await self._saver.stop()
        self._saver.save()

    def endpoints(self) -> dict[str, Any]:
        """The content of endpoints.json."""
        found: dict[str, Any] = {name: peer.endpoints() for name, peer in self.services.items()}
        return found | {"admin": {"url": self._admin.url}, "pid": os.getpid()}

    def reset(self) -> None:
        """Puts the world and every service back to their beginning; ports, keys and certificates stay."""
        self.world.data = read_world(self.world_file)
        self.clock.load({"now": self.clock.now(), "factor": self.clock.factor, "timers": []})
        for peer in self.services.values():
            peer.reset()
        requestlog.clear(self.directory)
        self._saver.save()

    def known_faults(self) -> dict[str, str]:
        """Every fault by name, with what it does."""
        own = {name: text for peer in self.services.values() for name, text in service.faults_of(peer).items()}
        return web.FAULTS | own

    def _save(self) -> None:
        state = {
            "world_file": str(self.world_file),
            "clock": self.clock.dump(),
            "world": self.world.data.model_dump(mode="json"),
            "services": {name: peer.dump() for name, peer in self.services.items()},
        }
        files.write(self.directory / STATE, json.dumps(state))

    def _load(self, factor: float | None) -> None:
        path = self.directory / STATE
        if not path.exists():
            return
        try:
            self._take(json.loads(path.read_text()), factor)
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            reason = f"{type(exc).__name__}: {str(exc).splitlines()[0] if str(exc) else ''}"
            raise DaemonError(
                f"{path} is damaged, or another version of the simulator wrote it ({reason}); "
                "`python -m simulator reset` begins with a new rack (then remove the dev stack's state too: `make clean`)"
            ) from exc

    def _take(self, state: dict[str, Any], factor: float | None) -> None:
        if state["world_file"] != str(self.world_file):
            raise DaemonError(
                f"{self.directory} holds the state of {state['world_file']}; run `reset` to begin with another world"
            )
        self.world.data = WorldData.model_validate(state["world"])
        self.clock.load(state["clock"])
        if factor is not None:
            self.clock.set_factor(factor)
        for name, data in state["services"].items():
            if name in self.services:
                self.services[name].load(data)


def read_world(path: pathlib.Path) -> WorldData:
    """Reads a world file; DaemonError when it isn't there."""
    try:
        return WorldData.model_validate(yaml.safe_load(path.read_text()))
    except OSError as exc:
        raise DaemonError(f"world file {path}: {exc.strerror}") from exc


def log_to(directory: pathlib.Path) -> logging.Handler:
    """Sends the simulator's log to DIR/simulator.log; returns the handler, to be closed at the end."""
    path = files.folder(directory) / LOG
    path.touch(mode=0o600)
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger(__package__)
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    return handler
