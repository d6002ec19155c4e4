"""The MAAS service of the simulator."""

from __future__ import annotations

import json
import pathlib
import random
from collections.abc import Iterable
from typing import Any, ClassVar

from aiohttp import web

from .. import files
from .. import web as serving
from ..ports import Ports
from ..requestlog import RequestLog
from ..world import World
from . import auth, passwords, seed
from .api import resources, users
from .dispatch import Dispatcher
from .imports import Imports
from .lifecycle import Lifecycle
from .records.people import Token, User
from .region import Region
from .store import Store

KEY_FILE = "maas-key.json"


class Service:
    """A region with its rack controller."""

    name = "maas"
    faults: ClassVar[dict[str, str]] = {
        "commission-fails": "a commissioning script fails (target: hostname or system id)",
        "test-fails": "a hardware test fails (target: hostname or system id)",
        "deploy-fails": "the installer fails (target: hostname or system id)",
        "deploy-hangs": "the installation never ends (target: hostname or system id)",
        "bmc-unreachable": "the BMC does not answer (target: hostname, system id or BMC address)",
        "image-missing": "the image cannot be booted (target: OS/RELEASE)",
        "rack-down": "no rack controller is connected",
        "foreign-dhcp": "somebody else's DHCP server, of `address`, is heard (target: fabric or CIDR)",
    }

    def __init__(self, world: World, directory: pathlib.Path, ports: Ports, peers: dict[str, Any]) -> None:
        self._world = world
        self._directory = directory
        self._port = ports.get("maas")
        self._runner: web.AppRunner | None = None
        self.region = Region(world, peers, directory)
        self.region.lifecycle = Lifecycle(self.region)
        self.region.imports = Imports(self.region)
        self._key = self._own_key()
        self.reset()

    async def start(self) -> None:
        """Serves the API."""
        log = RequestLog(self._directory, self.name, self._world.clock)
        app = serving.application(self.name, self._world, log)
        app.add_routes(Dispatcher(self.region, resources.ALL).routes())
        self._runner = await serving.serve(app, self._port)

    async def stop(self) -> None:
        """Stops serving."""
        if self._runner:
            await self._runner.cleanup()

    def endpoints(self) -> dict[str, Any]:
        """Where the API is, and an admin's key for it."""
        return {"url": f"http://127.0.0.1:{self._port}/MAAS/", "api_key": ":".join(self._key)}

    def dump(self) -> dict[str, Any]:
        """The database, and where the generator of names stands."""
        version, state, gauss = self.region.random.getstate()
        return {"store": self.region.store.model_dump(mode="json"), "random": [version, list(state), gauss]}

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped database back."""
        self.region.store = Store.model_validate(data["store"])
        version, state, gauss = data["random"]
        self.region.random.setstate((version, tuple(state), gauss))

    def reset(self) -> None:
        """A fresh installation with the same admin key."""
        self.region.store = Store()
        self.region.random = random.Random(20261122)  # noqa: S311 names and ids, no secrets
        seed.seed(self.region)
        consumer, key, secret = self._key
        token = Token(user="admin", name="MAAS consumer", consumer=consumer, key=key, secret=secret)
        self.region.store.add(self.region.store.tokens, token)

    def admin_routes(self) -> Iterable[web.RouteDef]:
        """Making users with passwords and keys, as `maas createadmin` does on a region's host."""
        return [web.post("/users", self._create_user)]

    async def _create_user(self, request: web.Request) -> web.Response:
        asked = await request.json()
        key = self.add_user(asked["username"], asked.get("password", ""), admin=bool(asked.get("admin")))
        self._world.changed()
        return web.json_response({"api_key": key})

    def add_user(self, username: str, password: str = "", *, admin: bool = False) -> str:
        """Makes a user, or gives one a new password; returns a new API key."""
        store = self.region.store
        found = next((row for row in store.users.values() if row.username == username), None)
        if not found:
            found = store.add(store.users, User(username=username, email=f"{username}@example.com", is_superuser=admin))
        if password:
            found.password = passwords.hashed(password)
        row = users.new_token(self.region, found, "MAAS consumer")
        return f"{row.consumer}:{row.key}:{row.secret}"

    def _own_key(self) -> tuple[str, str, str]:
        path = self._directory / KEY_FILE
        if not path.exists():
            made = [auth.random_key(), auth.random_key(), auth.random_key(32)]
            files.write(path, json.dumps(made))
        consumer, key, secret = json.loads(path.read_text())
        return consumer, key, secret
