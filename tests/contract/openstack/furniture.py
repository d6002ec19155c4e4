"""Makes what a recording finds in its cloud, by requests, and notes which id stands for which."""

from __future__ import annotations

import json
from typing import Any

from multidict import CIMultiDict

from simulator.openstack.call import Call

from .bench import Bench
from .surroundings import PORTS

_PORTS = {"network": PORTS["network"], "image": PORTS["image"], "volume": PORTS["volumev3"], "compute": PORTS["compute"]}
_QCOW2_SIZE = 196624


class Furniture:
    """Furnishes a bench's cloud."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def ask(self, area: str, method: str, path: str, body: Any = None, who: str = "admin") -> Any:
        """Sends a request as somebody; refusals fail the replay."""
        call = Call(
            method=method,
            path=path,
            headers=CIMultiDict({"X-Auth-Token": self._bench.token(f"<token:{who}>"), "Content-Type": "application/json"}),
            body=json.dumps(body).encode() if body is not None else b"",
            base=f"http://127.0.0.1:{_PORTS[area]}",
        )
        answer = await self._bench.ask(area, call)
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.body}"
        return answer.body

    def _id(self, recorded: str) -> str:
        return self._bench.ids.get(recorded, recorded)

    def _note(self, recorded: str, made: dict[str, Any]) -> str:
        if recorded:
            self._bench.ids[recorded] = made["id"]
        return str(made["id"])

    async def image(self, recorded: str, name: str, **fields: int) -> None:
        """An active, public image of alice's."""
        body = {
            "name": name,
            "disk_format": "qcow2",
            "container_format": "bare",
            "architecture": "x86_64",
            "hw_disk_bus": "virtio",
        }
        made = await self.ask("image", "POST", "/v2/images", body | fields | {"visibility": "public"})
        image = self._note(recorded, made)
        call = Call(
            method="PUT",
            path=f"/v2/images/{image}/file",
            headers=CIMultiDict({"X-Auth-Token": self._bench.token("<token:admin>"), "Content-Type": "application/octet-stream"}),
            body=b"QFI\xfb" + bytes(_QCOW2_SIZE - 4),
            base=f"http://127.0.0.1:{_PORTS['image']}",
        )
        answer = await self._bench.ask("image", call)
        assert answer.status == 204, answer.body

    async def network(self, recorded: str, name: str, *, external: bool = False) -> None:
        """A network: alice's, or an external one."""
        body: dict[str, Any] = {"name": name}
        if external:
            body |= {"router:external": True, "provider:network_type": "flat", "provider:physical_network": "physnet1"}
        made = await self.ask("network", "POST", "/v2.0/networks", {"network": body}, "admin" if external else "alice")
        self._note(recorded, made["network"])

    async def subnet(self, recorded: str, network: str, cidr: str) -> str:
        """A subnet of a network."""
        owner = await self.ask("network", "GET", f"/v2.0/networks/{self._id(network)}")
        who = "admin" if owner["network"]["router:external"] else "alice"
        body = {"network_id": self._id(network), "cidr": cidr, "ip_version": 4}
        made = await self.ask("network", "POST", "/v2.0/subnets", {"subnet": body}, who)
        return self._note(recorded, made["subnet"])

    async def router(self, external: str, subnet: str) -> None:
        """A router of alice's between a subnet and an external network."""
        body = {"name": "r", "external_gateway_info": {"network_id": self._id(external)}}
        made = await self.ask("network", "POST", "/v2.0/routers", {"router": body}, "alice")
        path = f"/v2.0/routers/{made['router']['id']}/add_router_interface"
        await self.ask("network", "PUT", path, {"subnet_id": self._id(subnet)}, "alice")

    async def security_rule(self, protocol: str, port: int | None, prefix: str | None = None) -> None:
        """A rule of alice's default security group for what comes in."""
        groups = await self.ask("network", "GET", "/v2.0/security-groups", who="alice")
        rule: dict[str, Any] = {
            "security_group_id": groups["security_groups"][0]["id"],
            "direction": "ingress",
            "protocol": protocol,
        }
        rule |= {"port_range_min": port, "port_range_max": port} if port else {}
        rule |= {"remote_ip_prefix": prefix} if prefix else {}
        await self.ask("network", "POST", "/v2.0/security-group-rules", {"security_group_rule": rule}, "alice")

    async def floating_address(self, fixed: str, floating: str) -> None:
        """A floating address for the port that has a fixed one."""
        ports = await self.ask("network", "GET", "/v2.0/ports")
        port = next(each for each in ports["ports"] if each["fixed_ips"] and each["fixed_ips"][0]["ip_address"] == fixed)
        networks = await self.ask("network", "GET", "/v2.0/networks")
        external = next(each["id"] for each in networks["networks"] if each["router:external"])
        body = {"floating_network_id": external, "port_id": port["id"], "floating_ip_address": floating}
        body["project_id"] = port["project_id"]
        await self.ask("network", "POST", "/v2.0/floatingips", {"floatingip": body})

    async def volume(self, recorded: str, who: str, name: str, *, image: str = "") -> None:
        """A volume of somebody's, available some seconds later."""
        owner = self._bench.cloud.identity.token(Call(method="GET", path="/", headers=self._bearer(who)))
        body: dict[str, Any] = {"size": 1, "name": name}
        body |= {"imageRef": self._id(image)} if image else {}
        made = await self.ask("volume", "POST", f"/v3/{owner.project_id}/volumes", {"volume": body}, who)
        self._note(recorded, made["volume"])

    def _bearer(self, who: str) -> CIMultiDict[str]:
        return CIMultiDict({"X-Auth-Token": self._bench.token(f"<token:{who}>")})
