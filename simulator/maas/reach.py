"""Who is on which wire: the rack's ports on VLANs, and the layer-2 networks they stand for."""

from __future__ import annotations

import ipaddress

from ..world import HostInterface
from .records.network import Subnet, Vlan
from .records.node import RACK, REGION_AND_RACK, Node
from .region import Region


def racks_on(region: Region, vlan: Vlan) -> list[Node]:
    """The rack controllers that have an interface in a VLAN."""
    store = region.store
    here = {each.node for each in store.interfaces.values() if each.vlan == vlan.id}
    return [node for node in store.nodes.values() if node.node_type in (RACK, REGION_AND_RACK) and node.system_id in here]


def rack_connected(region: Region) -> bool:
    """Whether a rack controller talks to the region."""
    return bool(region.world.data.rack.interfaces) and not region.world.fault("rack-down", "maas")


def rack_port(region: Region, network: str) -> HostInterface | None:
    """The rack's port on a layer-2 network."""
    return next((port for port in region.world.data.rack.interfaces if port.network == network), None)


def vlan_of(region: Region, network: str) -> Vlan | None:
    """The untagged VLAN that a layer-2 network is for MAAS: that of the rack's port there."""
    port = rack_port(region, network)
    if not port:
        return None
    store = region.store
    row = next((each for each in store.interfaces.values() if each.mac == port.mac.lower()), None)
    return store.vlans.get(row.vlan) if row and row.vlan is not None else None


def subnets_on(region: Region, vlan: Vlan) -> list[Subnet]:
    """A VLAN's subnets, IPv4 ones first."""
    rows = [row for row in region.store.subnets.values() if row.vlan == vlan.id]
    return sorted(rows, key=lambda row: (ipaddress.ip_network(row.cidr).version, row.id))
