"""Fabrics, VLANs, spaces, subnets, ranges and routes in JSON."""

from __future__ import annotations

from typing import Any

from ..records.network import Fabric, IpRange, Space, StaticRoute, Subnet, Vlan
from ..region import Region
from . import people

Json = dict[str, Any]
UNDEFINED = "undefined"
_LOOSE = "Backward compatibility object to ensure objects not associated with a space can be found."


def fabric(region: Region, row: Fabric) -> Json:
    """A fabric with its VLANs."""
    return {
        "class_type": row.class_type,
        "id": row.id,
        "name": row.name,
        "vlans": [vlan(region, each) for each in region.store.vlans.values() if each.fabric == row.id],
        "resource_uri": f"/MAAS/api/2.0/fabrics/{row.id}/",
    }


def space_name(region: Region, number: int | None) -> str:
    """A space's name; VLANs without one are in "undefined"."""
    return UNDEFINED if number is None else region.store.spaces[number].name


def vlan(region: Region, row: Vlan) -> Json:
    """A VLAN."""
    relay = region.store.vlans.get(row.relay_vlan) if row.relay_vlan is not None else None
    return {
        "vid": row.vid,
        "mtu": row.mtu,
        "dhcp_on": row.dhcp_on,
        "external_dhcp": _foreign_dhcp(region, row),
        "relay_vlan": vlan(region, relay) if relay else None,
        "fabric": region.store.fabrics[row.fabric].name,
        "primary_rack": row.primary_rack,
        "fabric_id": row.fabric,
        "id": row.id,
        "space": space_name(region, row.space),
        "name": row.name,
        "secondary_rack": row.secondary_rack,
        "resource_uri": f"/MAAS/api/2.0/vlans/{row.id}/",
    }


def _foreign_dhcp(region: Region, row: Vlan) -> str | None:
    """The DHCP server of somebody else that the rack hears on a VLAN: there is one only as a fault."""
    cidrs = [each.cidr for each in region.store.subnets.values() if each.vlan == row.id]
    names = (region.store.fabrics[row.fabric].name, *cidrs)
    found = next((fault for fault in region.world.data.faults if fault.strikes("foreign-dhcp", names)), None)
    return str(found.options.get("address", "192.0.2.67")) if found else None


def subnet(region: Region, row: Subnet) -> Json:
    """A subnet with its VLAN."""
    return {
        "name": row.name,
        "description": row.description,
        "vlan": vlan(region, region.store.vlans[row.vlan]),
        "cidr": row.cidr,
        "rdns_mode": row.rdns_mode,
        "gateway_ip": row.gateway_ip,
        "dns_servers": row.dns_servers,
        "allow_dns": row.allow_dns,
        "allow_proxy": row.allow_proxy,
        "active_discovery": row.active_discovery,
        "managed": row.managed,
        "disabled_boot_architectures": row.disabled_boot_architectures,
        "id": row.id,
        "space": space_name(region, region.store.space_of(row)),
        "resource_uri": f"/MAAS/api/2.0/subnets/{row.id}/",
    }


def space(region: Region, row: Space | None) -> Json:
    """A space with its VLANs and subnets; None is what is in no space."""
    number = row.id if row else None
    return {
        "description": row.description if row else _LOOSE,
        "resource_uri": f"/MAAS/api/2.0/spaces/{row.id if row else UNDEFINED}/",
        "subnets": [subnet(region, each) for each in region.store.subnets.values() if region.store.space_of(each) == number],
        "id": row.id if row else -1,
        "vlans": [vlan(region, each) for each in region.store.vlans.values() if each.space == number],
        "name": row.name if row else UNDEFINED,
    }


def iprange(region: Region, row: IpRange) -> Json:
    """An IP range with its subnet."""
    return {
        "subnet": subnet(region, region.store.subnets[row.subnet]),
        "type": row.type,
        "start_ip": row.start_ip,
        "end_ip": row.end_ip,
        "user": people.by_name(region, row.user),
        "comment": row.comment,
        "id": row.id,
        "resource_uri": f"/MAAS/api/2.0/ipranges/{row.id}/",
    }


def route(region: Region, row: StaticRoute) -> Json:
    """A static route with both its subnets."""
    return {
        "source": subnet(region, region.store.subnets[row.source]),
        "destination": subnet(region, region.store.subnets[row.destination]),
        "gateway_ip": row.gateway_ip,
        "metric": row.metric,
        "id": row.id,
        "resource_uri": f"/MAAS/api/2.0/static-routes/{row.id}/",
    }
