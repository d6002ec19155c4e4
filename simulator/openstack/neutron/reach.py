"""Whether a packet from outside gets to a server: address, router, security groups, the server itself."""

from __future__ import annotations

import ipaddress

from .networks import EXTERNAL
from .plant import Plant
from .protocols import number
from .store import Row

Source = str | None
"""Where a packet comes from; None for a client somewhere outside, whom only rules for everybody let in."""


def reachable(plant: Plant, address: str, protocol: str, port: int, source: Source = None) -> bool:
    """Whether `address` answers on a port.

    Args:
        plant: all of Neutron.
        address: a floating address, or one of a server on an external network.
        protocol: its name, e.g. "tcp".
        port: number; type in ICMP.
        source: where the packet comes from; None for anywhere.
    """
    target = _floating(plant, address) or _direct(plant, address)
    if target is None or target["status"] != "ACTIVE" or not target["admin_state_up"]:
        return False
    if target["device_owner"].startswith("compute:") and not plant.cloud.compute.server_active(target["device_id"]):
        return False
    return admitted(plant, target, protocol, port, source)


def admitted(plant: Plant, target: Row, protocol: str, port: int, source: Source) -> bool:
    """Whether a port's security groups let a packet in."""
    if not target["port_security_enabled"]:
        return True
    rules = [rule for group in target["security_groups"] for rule in plant.rules.of_group(group)]
    return any(_lets_in(plant, rule, protocol, port, source) for rule in rules)


def _floating(plant: Plant, address: str) -> Row | None:
    found = next((one for one in plant.floating.rows.values() if one["floating_ip_address"] == address), None)
    if found is None or found["status"] != "ACTIVE" or not found["port_id"]:
        return None
    router = plant.routers.rows.get(found["router_id"])
    gateway = plant.routers.gateway(router["id"]) if router else None
    if router is None or gateway is None or not router["admin_state_up"] or gateway["status"] != "ACTIVE":
        return None
    return plant.ports.rows.get(found["port_id"])


def _direct(plant: Plant, address: str) -> Row | None:
    external = [row["id"] for row in plant.networks.rows.values() if row[EXTERNAL]]
    ports = (port for network in external for port in plant.ports.of_network(network))
    holders = (port for port in ports if any(one["ip_address"] == address for one in port["fixed_ips"]))
    return next((port for port in holders if port["device_owner"].startswith("compute:")), None)


def _lets_in(plant: Plant, rule: Row, protocol: str, port: int, source: Source) -> bool:
    if rule["direction"] != "ingress" or rule["ethertype"] != "IPv4" or rule["remote_group_id"]:
        return False
    if number(rule["protocol"]) not in {None, number(protocol)}:
        return False
    low, high = rule["port_range_min"], rule["port_range_max"]
    if low is not None and not low <= port <= (low if high is None else high):
        return False
    if rule["remote_address_group_id"]:
        group = plant.address_groups.rows[rule["remote_address_group_id"]]
        return any(_within(source, prefix) for prefix in group["addresses"])
    return not rule["remote_ip_prefix"] or _within(source, rule["remote_ip_prefix"])


def _within(source: Source, prefix: str) -> bool:
    network = ipaddress.ip_network(prefix, strict=False)
    if source is None:
        return network.prefixlen == 0
    return ipaddress.ip_address(source) in network
