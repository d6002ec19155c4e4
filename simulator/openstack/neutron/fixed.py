"""Which addresses a port gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import addresses
from .errors import Refused, address_taken, bad_resource, no_address_left, subnet_missing
from .store import Row

if TYPE_CHECKING:
    from .plant import Plant

SELF_GIVEN = frozenset({"slaac", "dhcpv6-stateless"})
"""Modes in which a host makes its own address."""
FixedIp = dict[str, str]
"""{"subnet_id", "ip_address"}; what a caller asks for may have one of them."""


def given(plant: Plant, network_id: str, wanted: list[FixedIp], port: Row) -> list[FixedIp]:
    """The addresses that were asked for; where only a subnet was named, a free one of it.

    Args:
        plant: all of Neutron.
        network_id: of the port.
        wanted: what was asked for.
        port: whose addresses they'll be; those it has already are its own to keep.
    """
    found: list[FixedIp] = []
    for one in wanted:
        subnet = _subnet(plant, network_id, one)
        address = one.get("ip_address")
        if address is None and subnet["ipv6_address_mode"] in SELF_GIVEN:
            address = addresses.slaac(subnet, port["mac_address"])
        elif address is None:
            address = _free(plant, subnet, port, also={held["ip_address"] for held in found})
        elif address in plant.ports.taken(subnet["id"], besides=port["id"]):
            raise address_taken(address, subnet["id"])
        found.append({"subnet_id": subnet["id"], "ip_address": address})
    return found


def chosen(plant: Plant, network_id: str, port: Row) -> list[FixedIp]:
    """The addresses of a port that asked for none: one of each IP version that the network has, as far as there are subnets."""
    found: list[FixedIp] = []
    for version in (4, 6):
        subnets = [one for one in plant.subnets.of_network(network_id) if _suits(one, version, port["device_owner"])]
        if not subnets:
            continue
        one = next((held for held in (_try(plant, subnet, port) for subnet in subnets) if held), None)
        if one is None:
            raise no_address_left(network_id)
        found.append(one)
    return found


def _subnet(plant: Plant, network_id: str, one: FixedIp) -> Row:
    named, address = one.get("subnet_id"), one.get("ip_address")
    if named is not None:
        subnet = plant.subnets.rows.get(named)
        if subnet is None:
            raise subnet_missing(named)
        if subnet["network_id"] != network_id:
            raise bad_resource(
                "port", f"Failed to create port on network {network_id}, because fixed_ips included invalid subnet {named}"
            )
        if address is not None and not addresses.inside(address, subnet):
            raise Refused(400, "InvalidIpForSubnet", f"IP address {address} is not a valid IP for the specified subnet.")
        return subnet
    if address is None:
        raise bad_resource("port", "IP allocation requires subnet_id or ip_address")
    return of_network(plant, network_id, address)


def of_network(plant: Plant, network_id: str, address: str) -> Row:
    """The subnet of a network that has the address."""
    found = next((one for one in plant.subnets.of_network(network_id) if addresses.inside(address, one)), None)
    if found is None:
        reason = "is not a valid IP for any of the subnets on the specified network."
        raise Refused(400, "InvalidIpForNetwork", f"IP address {address} {reason}")
    return found


def _try(plant: Plant, subnet: Row, port: Row) -> FixedIp | None:
    if subnet["ipv6_address_mode"] in SELF_GIVEN:
        return {"subnet_id": subnet["id"], "ip_address": addresses.slaac(subnet, port["mac_address"])}
    address = plant.chance.address(addresses.free_addresses(subnet, plant.ports.taken(subnet["id"]), port["id"]))
    return {"subnet_id": subnet["id"], "ip_address": address} if address else None


def _free(plant: Plant, subnet: Row, port: Row, also: set[str]) -> str:
    taken = plant.ports.taken(subnet["id"], besides=port["id"]) | also
    address = plant.chance.address(addresses.free_addresses(subnet, taken, port["id"]))
    if address is None:
        raise no_address_left(subnet["network_id"])
    return address


def _suits(subnet: Row, version: int, owner: str) -> bool:
    return subnet["ip_version"] == version and (not subnet["service_types"] or owner in subnet["service_types"])
