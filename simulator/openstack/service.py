"""The service: a gateway before the clouds of all Juju models."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from .. import files, service
from .. import web as serving
from ..juju.records import Model
from ..ports import Ports
from ..requestlog import RequestLog
from ..world import World
from . import areas, guests, image_file, tls
from .cloud import Cloud, Clouds
from .gateway import Gateway
from .juju_facts import JujuFacts

if TYPE_CHECKING:
    from ..juju.service import Service as Juju  # which reaches Vault, which is behind the gateway of this package


class Service:
    """OpenStack's and Vault's APIs at the addresses of the simulated units."""

    name = "openstack"

    def __init__(self, world: World, directory: pathlib.Path, ports: Ports, peers: dict[str, service.Service]) -> None:
        self._world = world
        self._directory = directory
        self._peers = peers
        self._port = ports.get(self.name)
        self._log = RequestLog(directory, self.name, world.clock)
        self._secure_port = ports.get(f"{self.name}-tls")
        secure = f"https://{tls.ADDRESS}:{self._secure_port}"
        self.gateway = Gateway(f"http://127.0.0.1:{self._port}", self._find, secure, self._secured)
        self._tls = tls.Tls(directory, self._authority, world.clock.now)
        self.clouds = Clouds(world.clock, self._make)
        self._runner: Any = None

    @property
    def faults(self) -> Mapping[str, str]:
        """What may go wrong, by name."""
        return areas.faults()

    async def start(self) -> None:
        """Serves, and writes the image that clouds of the rack may upload."""
        image_file.write(self._image)
        app = serving.application(self.name, self._world, self._log, _logs_in)
        app.add_routes(self.gateway.routes())
        self._runner = await serving.serve(app, self._port)
        await serving.listen(self._runner, self._secure_port, self._tls.context)

    async def stop(self) -> None:
        """Stops serving."""
        if self._runner:
            await self._runner.cleanup()

    def endpoints(self) -> dict[str, Any]:
        """The service's part of endpoints.json."""
        return {
            "gateway": self.gateway.template,
            "secure_gateway": self.gateway.secure_template,
            "image": str(self._image),
        }

    def dump(self) -> dict[str, Any]:
        """The clouds of the models that are there."""
        self._forget_gone()
        return self.clouds.dump()

    def load(self, data: dict[str, Any]) -> None:
        """Takes dumped clouds back."""
        self.clouds.load(data)

    def reset(self) -> None:
        """Forgets all clouds."""
        self.clouds.load({})
        self._forget_gone()

    @property
    def juju(self) -> Juju | None:
        """The simulated Juju, where this simulator runs one."""
        return cast("Juju | None", self._peers.get("juju"))

    @property
    def _image(self) -> pathlib.Path:
        return self._directory / "images" / "noble-amd64.img"

    @property
    def _data(self) -> pathlib.Path:
        return self._directory / "openstack"

    def _forget_gone(self) -> None:
        """A cloud leaves with its model, and so does its data."""
        there = set(self._models())
        self.clouds.keep(there)
        for folder in self._data.iterdir() if self._data.is_dir() else ():
            if folder.name not in there:
                shutil.rmtree(folder)

    def _models(self) -> dict[str, Model]:
        return {model.uuid: model for model in self.juju.parts.store.models()} if self.juju else {}

    def _facts(self, uuid: str) -> JujuFacts:
        return JujuFacts(self._world, lambda: self._models()[uuid], self.gateway.url, self.juju.parts if self.juju else None)

    def _find(self, host: str, port: int) -> tuple[Cloud, str, str] | None:
        for uuid in self._models():
            found = self._facts(uuid).listening(host, port)
            cloud = self.clouds.get(uuid) if found else None
            if found and cloud:
                return cloud, found[1], found[0].name
        return self._guest(host, port)

    def _guest(self, host: str, port: int) -> tuple[Cloud, str, str] | None:
        for uuid, model in self._models().items():
            networked = any(app.charm == "neutron-api" for app in model.applications.values())
            cloud = self.clouds.get(uuid) if networked else None
            if cloud and guests.answers(cloud, host, port):
                return cloud, "guests", host
        return None

    def _secured(self, cloud: Cloud, unit: str) -> bool:
        model = self._models().get(cloud.key)
        found = model.units.get(unit) if model else None
        return found is not None and self._facts(cloud.key).secured(found.application)

    def _authority(self) -> tls.Authority | None:
        """Who signs for the services: the Vault of the cloud that came last."""
        for uuid in reversed(self._models()):
            if found := self._facts(uuid).authority():
                return found
        return None

    def _make(self, key: str) -> Cloud | None:
        if key not in self._models():
            return None
        return Cloud(
            self._world.clock,
            self._facts(key),
            key=key,
            changed=self._changed,
            fault=self._world.fault,
            directory=files.folder(self._data / key),
        )

    def _changed(self) -> None:
        if self.juju:
            self.juju.parts.store.changed()
        self._world.changed()


def _logs_in(request: web.Request) -> bool:
    """A login changes nothing of a cloud."""
    return request.method == "POST" and request.path.endswith("/v3/auth/tokens")
