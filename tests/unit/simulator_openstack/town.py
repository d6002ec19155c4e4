"""A cloud on a standing clock with an image, networks, a flavor and a member, spoken to without a web server."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from multidict import CIMultiDict, MultiDict

from simulator.openstack.call import Call
from simulator.openstack.facts import Compute
from tests.contract.openstack.bench import ADMIN_PROJECT, DEMO, Answer, Bench
from tests.contract.openstack.furniture import Furniture

HEADERS = {"compute": "compute 2.96", "volume": "volume 3.71", "placement": "placement 1.39"}
PORTS = {"compute": 8774, "volume": 8776, "placement": 8778, "network": 9696, "image": 9292}


class Town:
    """`ask` sends a request as the administrator or as alice, a member of the project demo."""

    def __init__(self, **computes: Any) -> None:
        self.bench = Bench()
        self.bench.people()
        self.up = {"node-1": True, "node-2": True}
        self.size = {"vcpus": 8, "memory_mib": 16384, "disk_gib": 100} | computes
        self.bench.facts.computes = self._computes
        self.bench.facts.volume_backends = lambda: ["cinder@ceph#ceph"]
        self.bench.facts.default_volume_type = lambda: ""
        asyncio.run(self._furnish())
        self.flavor = self.make_flavor("m1.small", ram=512, vcpus=1, disk=1)

    async def _furnish(self) -> None:
        made = Furniture(self.bench)
        await made.image("image", "noble")
        await made.network("public", "public", external=True)
        await made.subnet("", "public", "10.20.0.0/24")
        await made.network("private", "private")
        await made.subnet("subnet", "private", "192.168.0.0/24")
        await made.router("public", "subnet")

    @property
    def image(self) -> str:
        return self.bench.ids["image"]

    @property
    def network(self) -> str:
        return self.bench.ids["private"]

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: str = "alice",
        area: str = "compute",
        version: str = "",
        whole: bool = False,
    ) -> Answer:
        """Sends a request; `whole` says that the path has the version and the project in it already."""
        headers: CIMultiDict[str] = CIMultiDict({"Content-Type": "application/json"})
        headers["X-Auth-Token"] = self.bench.token(f"<token:{who}>")
        if version != "none" and area in HEADERS:
            service = HEADERS[area].split()[0]
            headers["OpenStack-API-Version"] = f"{service} {version}" if version else HEADERS[area]
        path, _, query = path.partition("?")
        call = Call(
            method=method,
            path=path if whole else {"compute": "/v2.1", "volume": f"/v3/{self.project(who)}"}.get(area, "") + path,
            query=MultiDict(pair.split("=", 1) for pair in query.split("&") if pair),
            headers=headers,
            body=json.dumps(body).encode() if body is not None else b"",
            base=f"http://127.0.0.1:{PORTS[area]}",
        )
        return asyncio.run(self.bench.ask(area, call))

    @staticmethod
    def project(who: str) -> str:
        return ADMIN_PROJECT if who == "admin" else DEMO

    def pass_time(self, seconds: float = 10.0) -> None:
        self.bench.clock.advance(seconds)

    def make_flavor(self, name: str, **size: Any) -> str:
        answer = self.ask("POST", "/flavors", {"flavor": {"name": name, **size}}, who="admin")
        assert answer.status == 200, answer.body
        return str(answer.body["flavor"]["id"])

    def order(self, name: str = "web", **given: Any) -> Answer:
        """Asks for a server."""
        server = {"name": name, "flavorRef": self.flavor, "imageRef": self.image, "networks": [{"uuid": self.network}]} | given
        server = {key: value for key, value in server.items() if value is not None}
        return self.ask("POST", "/servers", {"server": server})

    def server(self, name: str = "web", **given: Any) -> str:
        """Makes a server that runs."""
        answer = self.order(name, **given)
        assert answer.status == 202, answer.body
        self.pass_time()
        found = answer.body["server"]["id"]
        assert self.show(found)["status"] == "ACTIVE"
        return str(found)

    def show(self, server: str) -> dict[str, Any]:
        answer = self.ask("GET", f"/servers/{server}", who="admin")
        return answer.body["server"] if answer.status == 200 else {"status": answer.status}

    def host(self, server: str) -> str:
        return str(self.show(server)["OS-EXT-SRV-ATTR:host"])

    def act(self, server: str, action: str, given: Any = None, who: str = "admin") -> Answer:
        return self.ask("POST", f"/servers/{server}/action", {action: given}, who=who)

    def service(self, host: str) -> dict[str, Any]:
        rows = self.ask("GET", f"/os-services?binary=nova-compute&host={host}", who="admin").body["services"]
        return dict(rows[0]) if rows else {}

    def volume(self, name: str = "data", size: int = 1, **given: Any) -> str:
        answer = self.ask("POST", "/volumes", {"volume": {"name": name, "size": size, **given}}, area="volume")
        assert answer.status == 202, answer.body
        self.pass_time()
        return str(answer.body["volume"]["id"])

    def volume_status(self, volume: str) -> str | int:
        answer = self.ask("GET", f"/volumes/{volume}", area="volume")
        return str(answer.body["volume"]["status"]) if answer.status == 200 else answer.status

    def message(self, answer: Answer) -> str:
        """What a refusal says."""
        [fault] = answer.body.values()
        return str(fault["message"])

    def _computes(self) -> list[Compute]:
        return [Compute(hostname=name, up=up, **self.size) for name, up in self.up.items()]
