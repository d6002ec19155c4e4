"""Addresses in use, with the subnet and the interface that they belong to."""

from __future__ import annotations

from typing import Any

from ..records.network import RESERVED, Address
from ..region import Region
from . import interfaces, network, people

ALLOC_TYPES = {0: "Automatic", 1: "Static", RESERVED: "User reserved", 5: "DHCP", 6: "Observed"}


def address(region: Region, row: Address) -> dict[str, Any]:
    """An address in use."""
    holder = region.store.interfaces.get(row.interface) if row.interface is not None else None
    return {
        "created": region.stamp(row.created),
        "ip": row.ip,
        "alloc_type": row.alloc_type,
        "subnet": network.subnet(region, region.store.subnets[row.subnet]) if row.subnet is not None else None,
        "alloc_type_name": ALLOC_TYPES[row.alloc_type],
        "owner": people.by_name(region, row.user),
        "interface_set": [interfaces.interface(region, holder)] if holder else [],
        "resource_uri": "/MAAS/api/2.0/ipaddresses/",
    }
