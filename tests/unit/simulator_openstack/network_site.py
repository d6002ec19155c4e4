"""A cloud in this process, on a standing clock, asked as an administrator or as alice of the project demo."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

from multidict import CIMultiDict, MultiDict

from simulator.openstack.call import Call, NotModelled
from simulator.openstack.facts import Chassis
from simulator.openstack.neutron.area import Area
from simulator.world import Fault
from tests.contract.openstack.bench import ADMIN_PROJECT, DEMO, Bench

__all__ = ["ADMIN_PROJECT", "DEMO", "Site"]


class Site:
    """The cloud and who asks it."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.bench.people()
        self.chassis = [Chassis(hostname=f"node-{n}", name=f"node-{n}", mappings=("physnet1",)) for n in (1, 2)]
        self.bench.facts.chassis = lambda: self.chassis
        self.active_servers: set[str] = set()
        self.bench.cloud.__dict__["compute"] = self

    @property
    def network(self) -> Area:
        area = self.bench.cloud.area("network")
        assert isinstance(area, Area)
        return area

    def server_active(self, device_id: str) -> bool:
        """Stands for Nova."""
        return device_id in self.active_servers

    def advance(self, seconds: float) -> None:
        self.bench.clock.advance(seconds)

    def break_things(self, fault: str, target: str) -> None:
        """Injects a fault that strikes one target."""
        struck = Fault(name=fault)
        self.bench.cloud.fault = lambda name, *targets: struck if name == fault and target in targets else None

    def ask(self, method: str, path: str, body: Any = None, *, who: str = "admin", **headers: str) -> tuple[int, Any]:
        """Status and body of the answer of the area that the path's first segment names."""
        area, _, rest = path.partition("/")
        place, _, query = rest.partition("?")
        sent = CIMultiDict(
            {"X-Auth-Token": self.bench.token(who)} | {key.replace("_", "-"): value for key, value in headers.items()}
        )
        call = Call(
            method=method,
            path="/" + place,
            query=MultiDict(parse_qsl(query, keep_blank_values=True)),
            headers=sent,
            body=b"" if body is None else json.dumps(body).encode(),
            base="http://cloud",
        )
        try:
            answer = asyncio.run(self.bench.ask(area, call))
        except NotModelled:
            return 501, None
        return answer.status, answer.body

    def neutron(self, method: str, path: str, body: Any = None, *, who: str = "admin", **headers: str) -> tuple[int, Any]:
        return self.ask(method, f"network/v2.0/{path}", body, who=who, **headers)

    def octavia(self, method: str, path: str, body: Any = None, *, who: str = "admin") -> tuple[int, Any]:
        return self.ask(method, f"load_balancer/v2/{path}", body, who=who)

    def made(self, collection: str, singular: str, *, who: str = "admin", **values: Any) -> dict[str, Any]:
        """What a POST to Neutron made."""
        status, body = self.neutron("POST", collection, {singular: values}, who=who)
        assert status == 201, body
        found: dict[str, Any] = body[singular]
        return found

    def external(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """A flat external network with eleven floating addresses."""
        physical = {"provider:network_type": "flat", "provider:physical_network": "physnet1"}
        network = self.made("networks", "network", name="ext", **physical, **{"router:external": True})
        pools = [{"start": "10.30.0.100", "end": "10.30.0.110"}]
        said = {"network_id": network["id"], "ip_version": 4, "cidr": "10.30.0.0/24", "enable_dhcp": False}
        return network, self.made("subnets", "subnet", **said, allocation_pools=pools)

    def private(self, who: str = "alice") -> tuple[dict[str, Any], dict[str, Any]]:
        """A project's network with a subnet."""
        network = self.made("networks", "network", name="private", who=who)
        said = {"network_id": network["id"], "ip_version": 4, "cidr": "192.168.7.0/24"}
        return network, self.made("subnets", "subnet", who=who, **said)

    def routed(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """External network, alice's network, and her router between them."""
        external, _ = self.external()
        private, subnet = self.private()
        info = {"network_id": external["id"]}
        router = self.made("routers", "router", who="alice", name="r", external_gateway_info=info)
        status, body = self.neutron(
            "PUT", f"routers/{router['id']}/add_router_interface", {"subnet_id": subnet["id"]}, who="alice"
        )
        assert status == 200, body
        return external, private, router

    def server(self, network_id: str, name: str = "server-1", host: str = "node-1", **options: Any) -> dict[str, Any]:
        """The port of an active server of demo."""
        self.active_servers.add(name)
        port = self.network.make_port(project_id=DEMO, network_id=network_id, device_id=name, host=host, **options)
        self.advance(2)
        return port
