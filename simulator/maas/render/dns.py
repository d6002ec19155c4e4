"""Names and records in JSON."""

from __future__ import annotations

import re
from typing import Any

from .. import dnsnames
from ..records.network import DISCOVERED, DnsData, DnsResource
from ..region import Region
from . import in_use

Json = dict[str, Any]


def record(region: Region, row: DnsData) -> Json:
    """A record of a name."""
    return {
        "ttl": row.ttl,
        "rrtype": row.rrtype,
        "rrdata": row.rrdata,
        "fqdn": dnsnames.fqdn(region, region.store.dnsresources[row.resource]),
        "id": row.id,
        "resource_uri": f"/MAAS/api/2.0/dnsresourcerecords/{row.id}/",
    }


def name(region: Region, row: DnsResource) -> Json:
    """A name with its addresses and records."""
    store = region.store
    return {
        "address_ttl": row.address_ttl,
        "fqdn": dnsnames.fqdn(region, row),
        "id": row.id,
        "resource_records": [record(region, each) for each in store.dnsdata.values() if each.resource == row.id],
        "ip_addresses": [in_use.address(region, store.addresses[each]) for each in row.addresses if each in store.addresses],
        "resource_uri": f"/MAAS/api/2.0/dnsresources/{row.id}/",
    }


def everything(region: Region) -> list[Json]:
    """Every name that the region's DNS serves, those that nobody made too; none has a number."""
    store = region.store
    rows = sorted(store.dnsresources.values(), key=lambda row: row.name)
    named = {number: row for row in rows for number in row.addresses if number in store.addresses}
    shown = [(dnsnames.fqdn(region, row), [_address(region, number, row) for number in row.addresses]) for row in rows]
    made = [_pseudo(fqdn, lines) for fqdn, lines in shown if lines] + [name(region, row) for row in rows]
    zone = store.domains[0].name
    for number, row in named.items():
        if _host(region, store.addresses[number].interface):  # a node's address also has the name in the node's zone
            made.append(_pseudo(f"{row.name}.{zone}", [_address(region, number, row)]))
    for address in store.addresses.values():
        host = _host(region, address.interface)
        if address.ip and address.alloc_type != DISCOVERED and (host or address.id not in named):
            label = host or re.sub("[.:]", "-", address.ip)
            made.append(_pseudo(f"{label}.{zone}", [_address(region, address.id, None)]))
    return made


def _pseudo(fqdn: str, lines: list[Json]) -> Json:
    uri = "/MAAS/api/2.0/dnsresources/-1/"
    shown: Json = {"address_ttl": None, "fqdn": fqdn, "id": -1, "resource_records": lines, "ip_addresses": None}
    return shown | {"resource_uri": uri}


def _host(region: Region, interface: int | None) -> str | None:
    row = region.store.interfaces.get(interface) if interface is not None else None
    node = region.store.node(row.node) if row else None
    return node.hostname if node else None


def _address(region: Region, number: int, row: DnsResource | None) -> Json:
    store = region.store
    address = store.addresses[number]
    interface = store.interfaces.get(address.interface) if address.interface is not None else None
    node = store.node(interface.node) if interface else None
    user = next((each.id for each in store.users.values() if each.username == address.user), None)
    return {
        "system_id": node.system_id if node else None,
        "node_type": node.node_type if node else None,
        "user_id": user,
        "dnsresource_id": row.id if row else None,
        "ttl": row.address_ttl if row else None,
        "rrtype": "AAAA" if ":" in (address.ip or "") else "A",
        "rrdata": address.ip,
        "dnsdata_id": None,
    }
