"""Routers: their gateway and static routes. Interfaces are in interfaces.py."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, ClassVar

from .attributes import Attribute, boolean, each, empty_for_null, keyed, optional, read_only, text
from .caller import Caller
from .collection import NAME, STANDARD, Action, Collection
from .errors import Refused, bad_resource, disallowed
from .interfaces import Interfaces
from .multihoming import Multihoming
from .networks import EXTERNAL
from .ports import GATEWAY
from .segments import PHYSNET
from .store import Row

INFO = "external_gateway_info"
_keys = keyed("network_id", optional_keys=("enable_snat", "external_fixed_ips"))


def _gateway(value: Any) -> str | None:
    return None if not value else _keys(value)


class Routers(Collection):
    """The routers of all projects."""

    plural = "routers"
    singular = "router"
    missing_error = ("RouterNotFound", "Router {} could not be found")
    attributes: ClassVar[Mapping[str, Attribute]] = {
        **STANDARD,
        "name": NAME,
        "admin_state_up": Attribute(default=True, convert=boolean),
        "status": read_only(),
        INFO: Attribute(check=_gateway),
        "external_gateways": read_only(),
        "ha": Attribute(default=True, convert=boolean, admin=True, hidden=True),
        "enable_default_route_bfd": Attribute(default=False, convert=boolean),
        "enable_default_route_ecmp": Attribute(default=False, convert=boolean),
        "availability_zone_hints": Attribute(default=[], check=each(text()), put=False),
        "availability_zones": read_only(),
        "routes": Attribute(post=False, check=optional(each(keyed("destination", "nexthop"))), convert=empty_for_null),
        "flavor_id": Attribute(default=None, put=False, check=optional(text())),
    }

    @property
    def actions(self) -> Mapping[str, Action]:
        interfaces = Interfaces(self.plant)
        gateways = Multihoming(self)
        return {
            "add_router_interface": interfaces.add,
            "remove_router_interface": interfaces.remove,
            "add_external_gateways": gateways.add,
            "update_external_gateways": gateways.update,
            "remove_external_gateways": gateways.remove,
        }

    def made(self, values: dict[str, Any], caller: Caller) -> Row:
        info = values.pop(INFO, None)
        self._check_gateway(info, caller, "create")
        row = super().made({**values, "status": "ACTIVE", "routes": [], "enable_snat": True}, caller)
        if info:
            try:
                self._connect(row, info, caller)
            except Refused:
                del self.rows[row["id"]]
                raise
            self.plant.store.touch(row)
        return row

    def changed(self, row: Row, values: dict[str, Any], caller: Caller) -> None:
        if INFO in values:
            info = values.pop(INFO)
            self._check_gateway(info, caller, "update")
            self._regate(row, info or None, caller)
        if "routes" in values:
            self._check_routes(row, values["routes"])
        super().changed(row, values, caller)

    def removed(self, row: Row, caller: Caller) -> None:
        attached = [port["id"] for port in self.plant.ports.of_device(row["id"]) if port["device_owner"] != GATEWAY]
        if attached:
            message = f"Router {row['id']} has ports still attached: {', '.join(sorted(attached))}"
            raise Refused(409, "RouterInUse", message)
        gateway = self.gateway(row["id"])
        if gateway is not None:
            self.plant.ports.drop(gateway)
        super().removed(row, caller)

    def view(self, row: Row, caller: Caller) -> Row:
        shown = {**super().view(row, caller), "availability_zones": [], INFO: None, "external_gateways": []}
        gateway = self.gateway(row["id"])
        if gateway is not None:
            where = {"network_id": gateway["network_id"], "external_fixed_ips": gateway["fixed_ips"]}
            shown |= {INFO: {**where, "enable_snat": row["enable_snat"]}, "external_gateways": [where]}
        return shown

    def gateway(self, router_id: str) -> Row | None:
        """The port of a router on its external network."""
        return next((port for port in self.plant.ports.of_device(router_id) if port["device_owner"] == GATEWAY), None)

    def towards(self, network_id: str, subnet_id: str) -> Row | None:
        """The router that connects a subnet with an external network."""
        for row in self.rows.values():
            gateway = self.gateway(row["id"])
            if gateway is None or gateway["network_id"] != network_id:
                continue
            if any(self.plant.ports.holds(port, subnet_id) for port in self.plant.ports.of_device(row["id"])):
                return row
        return None

    def _check_gateway(self, info: dict[str, Any] | None, caller: Caller, verb: str) -> None:
        for name in ("enable_snat", "external_fixed_ips"):
            if info and name in info and not caller.is_admin:
                rule = f"{verb}_router:{INFO}"
                raise disallowed(f"{verb}_router", rule, f"{rule}:{name}")

    def _connect(self, row: Row, info: dict[str, Any], caller: Caller) -> None:
        network = self.plant.networks.find(info["network_id"], caller)
        if not network[EXTERNAL]:
            raise bad_resource("router", f"Network {network['id']} is not an external network")
        port = self.plant.ports.service("", network["id"], GATEWAY, row["id"], info.get("external_fixed_ips") or None)
        self._place(port)
        row["enable_snat"] = info.get("enable_snat", True)
        self.plant.store.touch(row)

    def _regate(self, row: Row, info: dict[str, Any] | None, caller: Caller) -> None:
        """Makes the gateway what is asked for; the same network keeps its addresses unless others are named."""
        old = self.gateway(row["id"])
        if old is None:
            if info:
                self._connect(row, info, caller)
            return
        if info and info["network_id"] == old["network_id"]:
            row["enable_snat"] = info.get("enable_snat", row["enable_snat"])
            if info.get("external_fixed_ips"):
                self.plant.ports.changed(old, {"fixed_ips": info["external_fixed_ips"]}, caller)
            return
        self._unused(row, old)
        self.plant.ports.drop(old)
        self.plant.store.touch(row, 2)
        if info:
            self._connect(row, info, caller)

    def _place(self, port: Row) -> None:
        """Puts a gateway on a chassis that reaches the external network; without one it stays down."""
        hosts = self.plant.site.gateway_hosts(self.plant.networks.find(port["network_id"])[PHYSNET])
        if hosts:
            self.plant.ports.bind(port, self.plant.chance.host(hosts, port["id"]))
            self.plant.ports.activate(port)
            port["revision_number"] = 4

    def _unused(self, row: Row, gateway: Row) -> None:
        mine = [one for one in self.plant.floating.rows.values() if one["router_id"] == row["id"]]
        if any(one["floating_network_id"] == gateway["network_id"] for one in mine):
            message = (
                f"Gateway cannot be updated for router {row['id']}, since a gateway to external network "
                f"{gateway['network_id']} is required by one or more floating IPs."
            )
            raise Refused(409, "RouterExternalGatewayInUseByFloatingIp", message)

    def _check_routes(self, row: Row, routes: list[dict[str, str]]) -> None:
        ports = self.plant.ports.of_device(row["id"])
        held = [self.plant.subnets.rows[one["subnet_id"]]["cidr"] for port in ports for one in port["fixed_ips"]]
        own = {one["ip_address"] for port in ports for one in port["fixed_ips"]}
        for route in routes:
            hop = ipaddress.ip_address(route["nexthop"])
            if not any(hop in ipaddress.ip_network(cidr) for cidr in held):
                raise _invalid_routes(routes, "the nexthop is not connected with router")
            if route["nexthop"] in own:
                raise _invalid_routes(routes, "the nexthop is used by router")


def _invalid_routes(routes: list[dict[str, str]], reason: str) -> Refused:
    return Refused(400, "InvalidRoutes", f"Invalid format for routes: {routes}, {reason}")
