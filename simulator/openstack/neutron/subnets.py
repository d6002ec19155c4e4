"""Subnets."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, ClassVar

from . import addresses
from .attributes import (
    REQUIRED,
    Attribute,
    boolean,
    each,
    empty_for_null,
    integer,
    ip,
    keyed,
    nameserver,
    one_of,
    optional,
    text,
    uuid_text,
)
from .caller import Caller
from .collection import NAME, STANDARD, Collection
from .errors import Refused, bad_resource, invalid
from .networks import AUTOMATIC
from .store import Row

V6_MODES = ("slaac", "dhcpv6-stateful", "dhcpv6-stateless")


def _many(check: Any) -> Any:
    return optional(each(check))


class Subnets(Collection):
    """The subnets of all networks."""

    plural = "subnets"
    singular = "subnet"
    missing_error = ("SubnetNotFound", "Subnet {} could not be found.")
    first_revision = 0
    attributes: ClassVar[Mapping[str, Attribute]] = {
        **STANDARD,
        "name": NAME,
        "network_id": Attribute(default=REQUIRED, put=False, check=uuid_text),
        "ip_version": Attribute(default=REQUIRED, put=False, convert=integer),
        "cidr": Attribute(put=False),
        "prefixlen": Attribute(put=False, convert=integer),
        "use_default_subnetpool": Attribute(put=False, convert=boolean),
        "subnetpool_id": Attribute(default=None, put=False, check=optional(text())),
        "enable_dhcp": Attribute(default=True, convert=boolean),
        "ipv6_ra_mode": Attribute(default=None, put=False, check=one_of(None, *V6_MODES)),
        "ipv6_address_mode": Attribute(default=None, put=False, check=one_of(None, *V6_MODES)),
        "gateway_ip": Attribute(check=optional(ip)),
        "allocation_pools": Attribute(check=_many(keyed("start", "end")), convert=empty_for_null),
        "host_routes": Attribute(default=[], check=_many(keyed("destination", "nexthop")), convert=empty_for_null),
        "dns_nameservers": Attribute(default=[], check=_many(nameserver), convert=empty_for_null),
        "service_types": Attribute(default=[], check=_many(text())),
        "segment_id": Attribute(default=None, check=optional(uuid_text)),
    }

    def precheck(self, values: dict[str, Any], caller: Caller) -> None:
        network = self.plant.networks.find(values["network_id"], caller)
        if not caller.owns(network["project_id"]):
            who = f"Tenant {values['project_id']}"
            raise Refused(403, "HTTPForbidden", f"{who} not allowed to create subnet on this network")

    def made(self, values: dict[str, Any], caller: Caller) -> Row:
        network = self.plant.networks.find(values["network_id"], caller)
        cidr = self._cidr(values, caller)
        self._overlap(cidr, network["id"])
        self._v6(values)
        gateway = values["gateway_ip"] if "gateway_ip" in values else addresses.first_address(cidr)
        pools = values.get("allocation_pools")
        if pools:
            addresses.check_pools(pools, cidr)
            addresses.check_gateway(gateway, pools)
        pools = pools or addresses.default_pools(cidr, gateway)
        row = super().made({**values, "cidr": str(cidr), "gateway_ip": gateway, "allocation_pools": pools}, caller)
        self.plant.store.touch(network)
        self.plant.ports.serve_metadata(network)
        return row

    def changed(self, row: Row, values: dict[str, Any], caller: Caller) -> None:
        gateway, cidr = values.get("gateway_ip", row["gateway_ip"]), ipaddress.ip_network(row["cidr"])
        if values.get("allocation_pools") == []:
            values["allocation_pools"] = addresses.default_pools(cidr, gateway)
        pools: list[addresses.Pool] = (row | values)["allocation_pools"]
        if "allocation_pools" in values:
            addresses.check_pools(pools, cidr)
        if "allocation_pools" in values or "gateway_ip" in values:
            addresses.check_gateway(gateway, pools)
        if gateway != row["gateway_ip"]:
            self._gateway_free(row)
        super().changed(row, values, caller)
        self.plant.store.touch(self.plant.networks.find(row["network_id"]))

    def removed(self, row: Row, caller: Caller) -> None:
        holders = [port for port in self.plant.ports.in_subnet(row["id"]) if port["device_owner"] not in AUTOMATIC]
        if holders:
            reason = "One or more ports have an IP allocation from this subnet."
            message = f"Unable to complete operation on subnet {row['id']}: {reason}"
            raise Refused(409, "SubnetInUse", message)
        for port in self.plant.ports.in_subnet(row["id"]):
            port["fixed_ips"] = [one for one in port["fixed_ips"] if one["subnet_id"] != row["id"]]
        super().removed(row, caller)
        self.plant.store.touch(self.plant.networks.find(row["network_id"]))

    def visible(self, row: Row, caller: Caller) -> bool:
        if super().visible(row, caller):
            return True
        network = self.plant.networks.rows.get(row["network_id"])
        if network is None:
            return False
        return caller.owns(network["project_id"]) or self.plant.networks.shared(network, caller.project_id)

    def of_network(self, network_id: str) -> list[Row]:
        """The subnets of a network, oldest first."""
        return [row for row in self.rows.values() if row["network_id"] == network_id]

    def _cidr(self, values: dict[str, Any], caller: Caller) -> addresses.Network:
        if values["ip_version"] not in {4, 6}:
            raise invalid(f"ip_version '{values['ip_version']}' is not 4 or 6")
        pool = self.plant.pools.chosen(values, caller)
        if pool is not None:
            values["subnetpool_id"] = pool["id"]
            return self.plant.pools.carve(pool, values.get("cidr"), values.get("prefixlen"))
        if not values.get("cidr"):
            raise bad_resource("subnets", "a subnetpool must be specified in the absence of a cidr")
        return addresses.parse_cidr(values["cidr"], values["ip_version"])

    def _overlap(self, cidr: addresses.Network, network_id: str) -> None:
        for other in self.of_network(network_id):
            if other["ip_version"] == cidr.version and ipaddress.ip_network(other["cidr"]).overlaps(cidr):
                where = f"Requested subnet with cidr: {cidr} for network: {network_id}"
                raise invalid(f"{where} overlaps with another subnet")

    def _v6(self, values: dict[str, Any]) -> None:
        if values["ip_version"] == 4 and (values["ipv6_ra_mode"] or values["ipv6_address_mode"]):
            raise invalid("ipv6_ra_mode and ipv6_address_mode are not valid when ip_version is 4")

    def _gateway_free(self, row: Row) -> None:
        for port in self.plant.ports.in_subnet(row["id"]):
            held = {one["ip_address"] for one in port["fixed_ips"]}
            if port["device_owner"] == "network:router_interface" and row["gateway_ip"] in held:
                message = f"Current gateway ip {row['gateway_ip']} already in use by port {port['id']}. Unable to update."
                raise Refused(409, "GatewayIpInUse", message)
