"""How a subnet is used, in JSON."""

from __future__ import annotations

from typing import Any

from .. import addresses
from ..records.network import DISCOVERED, Subnet
from ..region import Region
from . import people

Json = dict[str, Any]


def statistics(region: Region, row: Subnet) -> Json:
    """How many addresses there are and how many are left."""
    whole = addresses.hosts(row)
    left = [span.size for span in addresses.free(region, row)]
    available = sum(left)
    share = (whole.size - available) / whole.size
    return {
        "num_available": available,
        "largest_available": max(left, default=0),
        "num_unavailable": whole.size - available,
        "total_addresses": whole.size,
        "usage": share,
        "usage_string": f"{share:.0%}",
        "available_string": f"{1 - share:.0%}",
        "first_address": addresses.text(whole.first, row),
        "last_address": addresses.text(whole.last, row),
        "ip_version": addresses.network(row).version,
    }


def reserved(region: Region, row: Subnet) -> list[Json]:
    """What cannot be given out, with why."""
    return [_span(row, span) | {"purpose": sorted(span.purpose)} for span in addresses.taken(region, row)]


def unreserved(region: Region, row: Subnet) -> list[Json]:
    """What can be given out."""
    return [_span(row, span) for span in addresses.free(region, row)]


def _span(row: Subnet, span: addresses.Span) -> Json:
    first, last = addresses.text(span.first, row), addresses.text(span.last, row)
    return {"start": first, "end": last, "num_addresses": span.size}


def in_use(region: Region, row: Subnet) -> list[Json]:
    """The addresses that somebody has, with who."""
    store = region.store
    shown = []
    for each in store.addresses.values():
        if each.subnet != row.id or not each.ip or each.alloc_type == DISCOVERED:
            continue
        line: Json = {"ip": each.ip, "alloc_type": each.alloc_type, "created": region.stamp(each.created)}
        line |= {"updated": region.stamp(each.created), "user": (people.by_name(region, each.user) or {}).get("username")}
        interface = store.interfaces.get(each.interface or -1)
        node = store.node(interface.node) if interface else None
        if interface and node:
            domain = store.domains[node.domain].name
            line["node_summary"] = {
                "system_id": node.system_id,
                "node_type": node.node_type,
                "fqdn": f"{node.hostname}.{domain}",
                "hostname": node.hostname,
                "via": interface.name,
                "is_container": node.parent is not None,
            }
        shown.append(line)
    return shown
