"""How many addresses of each network are in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from multidict import MultiDict, MultiMapping

from . import addresses, query
from .caller import Caller
from .errors import network_missing
from .store import Row

if TYPE_CHECKING:
    from .plant import Plant

FILTERS = ("network_id", "network_name", "project_id", "ip_version")


def index(plant: Plant, wanted: MultiMapping[str], caller: Caller) -> dict[str, Any]:
    """The availability of all networks; those who aren't administrators see none."""
    query.check(wanted, FILTERS)
    asked = MultiDict(wanted)
    versions = [int(value) for value in asked.popall("ip_version", []) if value.isdecimal()] or [4, 6]
    found = [_of(plant, row, versions) for row in plant.networks.rows.values()] if caller.is_admin else []
    return {"network_ip_availabilities": [query.picked(row, wanted) for row in query.matching(found, asked)]}


def show(plant: Plant, network_id: str, caller: Caller) -> dict[str, Any]:
    """The availability of one network."""
    if not caller.is_admin or network_id not in plant.networks.rows:
        raise network_missing(network_id)
    return {"network_ip_availability": _of(plant, plant.networks.rows[network_id], [4, 6])}


def _of(plant: Plant, network: Row, versions: list[int]) -> dict[str, Any]:
    subnets = [_subnet(plant, one) for one in plant.subnets.of_network(network["id"]) if one["ip_version"] in versions]
    owner = network["project_id"]
    found = {"network_id": network["id"], "network_name": network["name"], "tenant_id": owner, "project_id": owner}
    totals = {key: sum(one[key] for one in subnets) for key in ("used_ips", "total_ips")}
    return {**found, "subnet_ip_availability": subnets, **totals}


def _subnet(plant: Plant, subnet: Row) -> dict[str, Any]:
    return {
        "subnet_id": subnet["id"],
        "subnet_name": subnet["name"],
        "ip_version": subnet["ip_version"],
        "cidr": subnet["cidr"],
        "used_ips": len(plant.ports.taken(subnet["id"])),
        "total_ips": addresses.count(subnet["allocation_pools"]),
    }
