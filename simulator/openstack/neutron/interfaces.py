"""A router's interfaces: ports of its own in the subnets that it connects."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from .caller import Caller
from .errors import Refused, bad_resource
from .ports import GATEWAY, INTERFACE
from .store import Row

if TYPE_CHECKING:
    from .plant import Plant


class Interfaces:
    """What adds and removes a router's interfaces.

    Args:
        plant: all of Neutron.
    """

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def add(self, router: Row, body: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Connects a subnet, or a port that the caller made."""
        subnet_id, port_id = body.get("subnet_id"), body.get("port_id")
        if subnet_id and port_id:
            raise bad_resource("router", "Cannot specify both subnet-id and port-id")
        if not subnet_id and not port_id:
            raise bad_resource("router", "Either subnet_id or port_id must be specified")
        port = self._take(router, port_id, caller) if port_id else self._make(router, subnet_id or "", caller)
        self._plant.ports.activate(port)
        port["revision_number"] = 3
        self._plant.store.touch(router)
        return _answer(router, port)

    def remove(self, router: Row, body: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Disconnects a subnet; the port goes, also one that the caller made."""
        subnet_id, port_id = body.get("subnet_id"), body.get("port_id")
        if not subnet_id and not port_id:
            raise bad_resource("router", "Either subnet_id or port_id must be specified")
        port = self._by_port(router, port_id) if port_id else self._by_subnet(router, subnet_id or "")
        self._unused(router, port)
        self._plant.ports.drop(port)
        self._plant.store.touch(router, 2)
        return _answer(router, port)

    def _make(self, router: Row, subnet_id: str, caller: Caller) -> Row:
        subnet = self._plant.subnets.find(subnet_id, caller)
        if not subnet["gateway_ip"]:
            raise bad_resource("router", "Subnet for router interface must have a gateway IP")
        self._apart(router, [subnet])
        address = [{"subnet_id": subnet["id"], "ip_address": subnet["gateway_ip"]}]
        return self._plant.ports.service(router["project_id"], subnet["network_id"], INTERFACE, router["id"], address)

    def _take(self, router: Row, port_id: str, caller: Caller) -> Row:
        port = self._plant.ports.find(port_id, caller)
        if port["device_id"]:
            where = f"port {port['id']} for network {port['network_id']}"
            message = f"Unable to complete operation on {where}. Port already has an attached device {port['device_id']}."
            raise Refused(409, "PortInUse", message)
        if not port["fixed_ips"]:
            raise bad_resource("router", "Router port must have at least one fixed IP")
        self._apart(router, [self._plant.subnets.find(one["subnet_id"]) for one in port["fixed_ips"]])
        port |= {"device_id": router["id"], "device_owner": INTERFACE, "security_groups": [], "port_security_enabled": False}
        return port

    def _apart(self, router: Row, subnets: list[Row]) -> None:
        """Refuses subnets that overlap with what the router connects already, its gateway's too."""
        ports = self._plant.ports.of_device(router["id"])
        held = [self._plant.subnets.rows[one["subnet_id"]] for port in ports for one in port["fixed_ips"]]
        for new in subnets:
            for old in held:
                if _overlap(new["cidr"], old["cidr"]):
                    what = f"Cidr {new['cidr']} of subnet {new['id']}"
                    raise bad_resource("router", f"{what} overlaps with cidr {old['cidr']} of subnet {old['id']}")

    def _by_port(self, router: Row, port_id: str) -> Row:
        port = self._plant.ports.rows.get(port_id)
        if port is None or port["device_id"] != router["id"] or port["device_owner"] == GATEWAY:
            message = f"Router {router['id']} does not have an interface with id {port_id}"
            raise Refused(404, "RouterInterfaceNotFound", message)
        return port

    def _by_subnet(self, router: Row, subnet_id: str) -> Row:
        self._plant.subnets.find(subnet_id)
        ports = (one for one in self._plant.ports.of_device(router["id"]) if one["device_owner"] != GATEWAY)
        found = next((port for port in ports if self._plant.ports.holds(port, subnet_id)), None)
        if found is None:
            message = f"Router {router['id']} has no interface on subnet {subnet_id}"
            raise Refused(404, "RouterInterfaceNotFoundForSubnet", message)
        return found

    def _unused(self, router: Row, port: Row) -> None:
        subnet = self._plant.subnets.find(port["fixed_ips"][0]["subnet_id"])
        where = f"Router interface for subnet {subnet['id']} on router {router['id']} cannot be deleted, as it is required by"
        mine = (one for one in self._plant.floating.rows.values() if one["router_id"] == router["id"])
        if any(self._plant.ports.holds(self._plant.ports.find(one["port_id"]), subnet["id"]) for one in mine):
            raise Refused(409, "RouterInterfaceInUseByFloatingIP", f"{where} one or more floating IPs.")
        cidr = ipaddress.ip_network(subnet["cidr"])
        if any(ipaddress.ip_address(route["nexthop"]) in cidr for route in router["routes"]):
            raise Refused(409, "RouterInterfaceInUseByRoute", f"{where} one or more routes.")


def _overlap(one: str, other: str) -> bool:
    first, second = ipaddress.ip_network(one), ipaddress.ip_network(other)
    return first.version == second.version and first.overlaps(second)


def _answer(router: Row, port: Row) -> dict[str, Any]:
    subnets = [one["subnet_id"] for one in port["fixed_ips"]]
    found = {"id": router["id"], "tenant_id": router["project_id"], "port_id": port["id"], "network_id": port["network_id"]}
    return {**found, "subnet_id": subnets[0], "subnet_ids": subnets}
