"""Interfaces and their links in JSON."""

from __future__ import annotations

from typing import Any

from ..records.network import AUTO, DHCP, DISCOVERED, STATIC, Address
from ..records.node import Interface
from ..region import Region
from . import network

Json = dict[str, Any]


def mode(row: Address) -> str:
    """How a link gets its address."""
    if row.alloc_type == STATIC:
        return "static" if row.ip else "link_up"
    return {AUTO: "auto", DHCP: "dhcp"}[row.alloc_type]


def link(region: Region, row: Address) -> Json:
    """A link; the address only when it has one, the subnet only when it is known."""
    shown: Json = {"id": row.id, "mode": mode(row)}
    if row.ip and row.alloc_type != DHCP:
        shown["ip_address"] = row.ip
    if row.subnet is not None:
        shown["subnet"] = network.subnet(region, region.store.subnets[row.subnet])
    return shown


def links(region: Region, row: Interface) -> list[Json]:
    """An interface's links in the order of their making."""
    return [link(region, each) for each in region.store.links_of(row) if each.alloc_type != DISCOVERED]


def interface(region: Region, row: Interface) -> Json:
    """An interface with VLAN and links."""
    store = region.store
    siblings = store.siblings(row.node)
    vlan = store.vlans.get(row.vlan) if row.vlan is not None else None
    return {
        "parents": sorted(store.interfaces[number].name for number in row.parents if number in store.interfaces),
        "tags": row.tags,
        "type": row.type,
        "vlan": network.vlan(region, vlan) if vlan else None,
        "link_speed": row.link_speed,
        "params": row.params,
        "vendor": row.vendor,
        "id": row.id,
        "effective_mtu": effective_mtu(region, row),
        "children": sorted(each.name for each in siblings if row.id in each.parents),
        "interface_speed": row.interface_speed,
        "discovered": _discovered(region, row),
        "numa_node": 0 if row.type == "physical" else None,
        "mac_address": row.mac,
        "product": row.product,
        "enabled": row.enabled,
        "links": links(region, row),
        "sriov_max_vf": 0,
        "firmware_version": row.firmware_version,
        "link_connected": row.link_connected,
        "name": row.name,
        "system_id": row.node,
        "resource_uri": f"/MAAS/api/2.0/nodes/{row.node}/interfaces/{row.id}/",
    }


def effective_mtu(region: Region, row: Interface) -> int:
    """The MTU that is set, else that of the VLAN; what stands on the interface may need a greater one."""
    store = region.store
    own = int(row.params["mtu"]) if "mtu" in row.params else store.vlans[row.vlan].mtu if row.vlan in store.vlans else 1500
    children = [each for each in store.siblings(row.node) if row.id in each.parents]
    return max([own, *(effective_mtu(region, each) for each in children)])


def _discovered(region: Region, row: Interface) -> list[Json] | None:
    seen = [each for each in region.store.links_of(row) if each.alloc_type == DISCOVERED]
    return [
        {"subnet": network.subnet(region, region.store.subnets[each.subnet]), "ip_address": each.ip}
        for each in seen
        if each.subnet is not None
    ] or None
