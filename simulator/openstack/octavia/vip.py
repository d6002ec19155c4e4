"""A load balancer's address: a port of Neutron's, made for it or brought by its owner."""

from __future__ import annotations

from typing import Any

from ..neutron import Refused as NeutronRefused
from ..neutron.caller import Caller
from ..neutron.plant import Plant
from .errors import Refused, invalid, unknown_part
from .store import Row

OWNER = "Octavia"
FIELDS = ("vip_address", "vip_port_id", "vip_subnet_id", "vip_network_id")


def allocate(plant: Plant, balancer_id: str, values: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """The four VIP fields of a new load balancer, with its port made.

    Args:
        plant: Neutron's resources.
        balancer_id: of the load balancer.
        values: of the POST.
        caller: whose networks may be used.
    """
    try:
        if values["vip_port_id"]:
            return _brought(plant, values["vip_port_id"], caller)
        return _made(plant, balancer_id, values, caller)
    except NeutronRefused as refused:
        raise Refused(refused.status, refused.message) from None


def release(plant: Plant, row: Row) -> None:
    """Gives a load balancer's port back; one that its owner brought stays."""
    port = plant.ports.rows.get(row["vip_port_id"])
    if port and port["device_owner"] == OWNER and port["name"].startswith("octavia-lb-"):
        plant.ports.drop(port)


def _brought(plant: Plant, port_id: str, caller: Caller) -> dict[str, Any]:
    port = plant.ports.rows.get(port_id)
    if port is None or not plant.ports.visible(port, caller):
        raise unknown_part("Port", port_id)
    return _fields(port)


def _made(plant: Plant, balancer_id: str, values: dict[str, Any], caller: Caller) -> dict[str, Any]:
    subnet_id, network_id = values["vip_subnet_id"], values["vip_network_id"]
    if not subnet_id and not network_id:
        raise invalid("VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.")
    wanted: dict[str, str] = {}
    if subnet_id:
        subnet = plant.subnets.rows.get(subnet_id)
        if subnet is None or not plant.subnets.visible(subnet, caller):
            raise unknown_part("Subnet", subnet_id)
        network_id = subnet["network_id"]
        wanted["subnet_id"] = subnet_id
    elif network_id not in plant.networks.rows:
        raise unknown_part("Network", network_id)
    if values["vip_address"]:
        wanted["ip_address"] = values["vip_address"]
    port = {"name": f"octavia-lb-{balancer_id}", "device_id": f"lb-{balancer_id}", "device_owner": OWNER}
    said = {**port, "network_id": network_id, **({"fixed_ips": [wanted]} if wanted else {})}
    return _fields(plant.ports.of_project(values["project_id"], said))


def _fields(port: Row) -> dict[str, Any]:
    if not port["fixed_ips"]:
        raise invalid("The VIP's network has no subnet.")
    first = port["fixed_ips"][0]
    found = {"vip_port_id": port["id"], "vip_network_id": port["network_id"]}
    return {**found, "vip_subnet_id": first["subnet_id"], "vip_address": first["ip_address"]}
