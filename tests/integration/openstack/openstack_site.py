"""A simulated cloud without the rack below it: its services behind their gateway, on a thread of their own.

What the tests need of a deployment is said by fixed facts: two workers, one physical network, every service of the catalogue.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from aiohttp import web

from simulator.clock import Clock
from simulator.clockwork import Clockwork
from simulator.openstack import areas, guests
from simulator.openstack.cloud import TIMER, Cloud
from simulator.openstack.facts import Chassis, Compute
from simulator.openstack.gateway import Gateway

T = TypeVar("T")

PASSWORD = "a-secret-of-the-admin"
HOST = "10.20.0.33"
HOSTS = ("worker-1", "worker-2")
TYPES = {"identity": 5000, "image": 9292, "network": 9696, "compute": 8774, "placement": 8778, "volumev3": 8776}
AREAS = {listener.port: listener.area for listener in areas.LISTENERS.values() if listener.port != 80}
FACTOR = 60.0  # Nova's seconds pass in no time, and a token lasts for a test
DEADLINE = 60.0


class FixedFacts:
    """A deployment that stays as it is; a test may take services from `types` and workers down in `up`."""

    def __init__(self, url: Callable[[str, int], str]) -> None:
        self.types = dict(TYPES)
        self.up = dict.fromkeys(HOSTS, True)
        self.password = PASSWORD
        self._url = url

    def region(self) -> str:
        return "RegionOne"

    def endpoints(self) -> dict[str, str]:
        return {kind: self._url(HOST, port) for kind, port in self.types.items()}

    def admin_password(self) -> str:
        return self.password

    def computes(self) -> list[Compute]:
        return [Compute(hostname=h, vcpus=16, memory_mib=65536, disk_gib=500, up=up) for h, up in self.up.items()]

    def chassis(self) -> list[Chassis]:
        return [Chassis(hostname=host, name=host, mappings=("physnet1",), up=up) for host, up in self.up.items()]

    def hosts(self, charm: str) -> list[str]:
        return ["juju-0"]

    def physical_networks(self) -> set[str]:
        return {"physnet1"}

    def vlan_ranges(self) -> list[tuple[str, int, int]]:
        return [("physnet1", 1000, 2000)]

    def external_mtu(self) -> int:
        return 1500

    def volume_backends(self) -> list[str]:
        return ["cinder@cinder-ceph#cinder-ceph"]

    def default_volume_type(self) -> str:
        return ""


class Site:
    """The running cloud. `call` runs a function on its thread; reading is fine from any."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        self.down: set[int] = set()
        """Ports at which nobody listens."""
        self.broken: dict[str, int] = {}
        """Answers (status) in place of the service's own, by the beginning of "METHOD PATH"; used up by one request each."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(DEADLINE)

    @property
    def url(self) -> str:
        """Keystone's address, through the gateway."""
        return self.gateway.url(HOST, 5000) + "/v3"

    def clouds_yaml(self, name: str) -> dict[str, Any]:
        """How clients find the cloud by a name."""
        auth = {
            "auth_url": self.url,
            "username": "admin",
            "password": self.facts.password,
            "project_name": "admin",
            "user_domain_name": "admin_domain",
            "project_domain_name": "admin_domain",
        }
        return {"clouds": {name: {"auth": auth, "region_name": "RegionOne"}}}

    def call(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Runs a function on the cloud's thread."""

        async def run() -> T:
            return function(*args, **kwargs)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(DEADLINE)

    def count(self, beginning: str) -> int:
        """How many requests began so: "POST /v2.0/networks"."""
        return sum(f"{method} {path}".startswith(beginning) for method, path in self.requests)

    def stop(self) -> None:
        """Stops serving; raises what a timer met."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(DEADLINE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE)
        self._loop.close()
        if self.clockwork.errors:
            raise self.clockwork.errors[0]

    async def _start(self) -> None:
        app = web.Application(client_max_size=1 << 30, middlewares=[self._watched()])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        self.clock = Clock(factor=FACTOR)
        self.gateway = Gateway("http://127.0.0.1:0", self._find)
        app.add_routes(self.gateway.routes())
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.gateway._prefix = f"http://127.0.0.1:{port}"
        self.facts = FixedFacts(self.gateway.url)
        self.cloud = Cloud(self.clock, self.facts)
        self.clock.on(TIMER, self._due)
        self.clockwork = Clockwork(self.clock, lambda: None)
        self.clockwork.start()

    async def _stop(self) -> None:
        await self.clockwork.stop()
        await self._runner.cleanup()

    def _due(self, cloud: str, what: str, args: Mapping[str, Any]) -> None:
        self.cloud.run(what, args)

    def _find(self, host: str, port: int) -> tuple[Cloud, str, str] | None:
        area = AREAS.get(port)
        if port in self.down:
            return None
        if host == HOST and area is not None and self.cloud.has(area) and (port in self.facts.types.values()):
            return self.cloud, area, f"{area}/0"
        return (self.cloud, "guests", host) if guests.answers(self.cloud, host, port) else None

    def _watched(self) -> Any:
        @web.middleware
        async def watched(request: web.Request, handler: Any) -> web.StreamResponse:
            path = "/" + request.path.split("/", 4)[-1]
            self.requests.append((request.method, path))
            for beginning, status in list(self.broken.items()):
                if f"{request.method} {path}".startswith(beginning):
                    del self.broken[beginning]
                    return web.json_response({"message": "broken by the test"}, status=status)
            response: web.StreamResponse = await handler(request)
            return response

        return watched
