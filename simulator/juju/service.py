"""The service: all parts put together, started, saved, reset."""

from __future__ import annotations

import os
import pathlib
import shlex
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from .. import files, service
from .. import web as serving
from ..ports import Ports
from ..requestlog import RequestLog
from ..world import World
from . import charmstore
from .actions import Actions
from .adminapi import AdminApi
from .cli import FOLDER_VARIABLE
from .controllers import Controllers
from .faults import KNOWN, Faults
from .hooks import Hooks
from .keys import Keys
from .lifecycle import Lifecycle
from .listening import Listeners
from .machines import Machines
from .parts import Parts
from .provisioner import Provisioner
from .records import Controller, Model
from .relations import Relations
from .settle import Settle
from .store import Store
from .units import Units

if TYPE_CHECKING:
    from ..openstack.service import Service as OpenStack
    from .computeactions import Nova
    from .serviceactions import Glance

_LAUNCHER = """#!/bin/sh
PYTHONPATH={root} {folder_variable}={folder} exec {python} -P -m simulator.juju.cli "$@"
"""


class Service:
    """Juju controllers, the charm store, and the `juju` command."""

    name = "juju"
    faults: Mapping[str, str] = KNOWN

    def __init__(self, world: World, directory: pathlib.Path, ports: Ports, peers: dict[str, service.Service]) -> None:
        self._directory = directory
        self._peers = peers
        self._port = ports.get("juju-store")
        self._log = RequestLog(directory, "charmhub", world.clock)
        keys = Keys(files.folder(directory / "juju-keys"))
        faults = Faults(world)
        self.parts = Parts(
            world=world,
            store=Store(world.clock),
            faults=faults,
            requests=RequestLog(directory, self.name, world.clock),
            address=self._address,
            ca_cert=lambda: keys.ca_cert,
            nova=self._nova,
            glance=self._glance,
        )
        self._listeners = Listeners(self.parts, ports, keys)
        self._assemble(faults)
        ports.get("juju")
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Serves the store and every ready controller, and writes the `juju` command."""
        app = serving.application("charmhub", self.parts.world, self._log)
        app.add_routes(charmstore.routes())
        self._runner = await serving.serve(app, self._port)
        for controller in self.parts.store.controllers.values():
            if self.parts.controllers.answers(controller):
                await self._listeners.serve(controller)
        files.folder(self._data_dir)
        self._write_command()
        self.parts.provisioner.start()

    async def stop(self) -> None:
        """Stops serving."""
        await self.parts.provisioner.stop()
        await self._listeners.stop()
        if self._runner:
            await self._runner.cleanup()

    def endpoints(self) -> dict[str, Any]:
        """The service's part of endpoints.json."""
        maas = self._peers.get("maas")
        cloud = {"cloud_endpoint": maas.endpoints()["url"]} if maas else {}
        return {
            "data_dir": str(self._data_dir),
            "controller": "site",
            "model": "openstack",
            "binary": str(self._command),
            "charmhub_url": self.store_url,
        } | cloud

    @property
    def store_url(self) -> str:
        """URL of the charm store."""
        return f"http://127.0.0.1:{self._port}"

    def admin_routes(self) -> Iterable[web.RouteDef]:
        """Routes of the admin API under /juju."""
        return AdminApi(self.parts).routes()

    def dump(self) -> dict[str, Any]:
        """The state as JSON values."""
        return self.parts.store.dump()

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back."""
        self.parts.store.load(data)

    def reset(self) -> None:
        """Forgets all controllers; keys and ports stay."""
        for controller in self.parts.store.controllers.values():
            if controller.ready:
                self._listeners.end(controller)
        self.parts.store.load({})
        self.parts.store.changed()

    def _address(self, controller: Controller) -> str:
        return self._listeners.address(controller)

    def _nova(self, model: Model) -> Nova | None:
        """Nova, where this simulator runs an OpenStack and the model has come so far."""
        openstack = cast("OpenStack | None", self._peers.get("openstack"))
        cloud = openstack.clouds.get(model.uuid) if openstack else None
        return cast("Nova", cloud.compute) if cloud and cloud.has("compute") else None

    def _glance(self, model: Model) -> Glance | None:
        """Glance, likewise."""
        openstack = cast("OpenStack | None", self._peers.get("openstack"))
        there = any(app.charm == "glance" for app in model.applications.values())
        cloud = openstack.clouds.get(model.uuid) if openstack and there else None
        return cast("Glance", cloud.image) if cloud and cloud.has("image") else None

    @property
    def _data_dir(self) -> pathlib.Path:
        return self._directory / "juju"

    @property
    def _command(self) -> pathlib.Path:
        return self._directory / "bin" / "juju"

    def _assemble(self, faults: Faults) -> None:
        parts = self.parts
        parts.store.lost = lambda *names: faults.holds("agent-lost", *names)
        parts.hooks = Hooks(parts)
        parts.relations = Relations(parts)
        parts.settle = Settle(parts)
        parts.units = Units(parts)
        parts.machines = Machines(parts)
        parts.provisioner = Provisioner(parts)
        parts.lifecycle = Lifecycle(parts)
        parts.actions = Actions(parts)
        parts.controllers = Controllers(parts, self.store_url, self._listeners)

    def _write_command(self) -> None:
        files.folder(self._command.parent)
        root = pathlib.Path(__file__).resolve().parents[2]
        values = {"python": sys.executable, "root": str(root), "folder": str(self._directory)}
        quoted = {name: shlex.quote(value) for name, value in values.items()}
        files.write(self._command, _LAUNCHER.format(folder_variable=FOLDER_VARIABLE, **quoted))
        os.chmod(self._command, 0o755)  # noqa: S103 - it is a command
