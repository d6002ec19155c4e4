"""ipranges/."""

from __future__ import annotations

import ipaddress
from typing import Any

from .. import addresses, lookups
from ..call import Answer, Call, deleted
from ..errors import Refused
from ..forms import NO_CHOICE, REQUIRED, Form, valid_ip
from ..records.network import IpRange, Subnet
from ..region import Region
from ..render import network
from ..routing import Resource

many = Resource("IPRangesHandler", "ipranges/", "Manages IP ranges.")
one = Resource("IPRangeHandler", "ipranges/{id}/", "Manages an IP range.")
RESOURCES = (many, one)

_BOTH = "Start IP address and end IP address are both required."
_CONFLICT = {
    "dynamic": "Requested dynamic range conflicts with an existing IP address or range.",
    "reserved": "Requested reserved range conflicts with an existing range.",
}


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists all IP ranges."""
    return [network.iprange(region, row) for row in region.store.ipranges.values()]


@many.rest("POST")
def create(region: Region, call: Call) -> Any:
    """Makes a range. Fields: type (dynamic: admins only; reserved), start_ip, end_ip, subnet, comment."""
    form = Form(call.body)
    if form.raw("type") == "dynamic" and not call.who.is_superuser:
        raise Refused(403, "Unable to create dynamic IP range. You don't have sufficient privileges.")
    row = IpRange(type="", start_ip="", end_ip="", subnet=-1, user=call.who.username, comment="")
    _fill(region, form, row)
    return network.iprange(region, region.store.add(region.store.ipranges, row))


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a range."""
    return network.iprange(region, _get(region, call))


@one.rest("PUT")
def update(region: Region, call: Call) -> Any:
    """Changes a range; an empty comment changes nothing."""
    row = _own(region, call)
    changed = row.model_copy()
    _fill(region, Form(call.body), changed)
    region.store.ipranges[row.id] = changed
    return network.iprange(region, changed)


@one.rest("DELETE")
def delete(region: Region, call: Call) -> Answer:
    """Deletes a range."""
    del region.store.ipranges[_own(region, call).id]
    return deleted()


def _get(region: Region, call: Call) -> IpRange:
    return lookups.by_id("IPRange", region.store.ipranges, call.params["id"])


def _own(region: Region, call: Call) -> IpRange:
    row = _get(region, call)
    if not call.who.is_superuser and row.user != call.who.username:
        raise Refused(403, "Unable to modify IP range. You don't own the IP range.")
    return row


def _fill(region: Region, form: Form, row: IpRange) -> None:
    row.type = form.choice("type", row.type, ("dynamic", "reserved"), required=True)
    start, end = form.text("start_ip", row.start_ip), form.text("end_ip", row.end_ip)
    for given in (start, end):
        if given and not valid_ip(given):
            raise Refused(500, f"failed to detect a valid IP address from '{given}'")
    subnet = _subnet(region, form, row, start)
    for field, given in (("start_ip", start), ("end_ip", end)):
        if not given:
            form.error(field, REQUIRED)
    if not start or not end:
        form.error("start_ip", _BOTH)
        form.error("end_ip", _BOTH)
    row.start_ip, row.end_ip, row.comment = start, end, form.kept("comment", row.comment)
    if subnet and start and end:
        row.subnet = subnet.id
        if _check_inside(form, row, subnet) and row.type in _CONFLICT:
            _check_conflicts(region, form, row, subnet)
    form.check()


def _subnet(region: Region, form: Form, row: IpRange, start: str) -> Subnet | None:
    if form.raw("subnet"):
        found = lookups.optional(region.store.subnets, form.text("subnet"), lambda each: each.cidr)
        if not found:
            form.error("subnet", NO_CHOICE)
        return found
    if row.subnet in region.store.subnets:
        return region.store.subnets[row.subnet]
    found = addresses.subnet_for(region, start) if start else None
    if not found:
        form.error("subnet", REQUIRED)
    return found


def _check_inside(form: Form, row: IpRange, subnet: Subnet) -> bool:
    net = addresses.network(subnet)
    start, end = ipaddress.ip_address(row.start_ip), ipaddress.ip_address(row.end_ip)
    if start.version != end.version:
        form.error("start_ip", "Start IP address and end IP address must be in the same address family.")
        form.error("end_ip", "Start IP address and end IP address must be in the same address family.")
    elif int(end) < int(start):
        form.error("end_ip", "End IP address must not be less than Start IP address.")
    else:
        for field, title, ip in (("start_ip", "Start", start), ("end_ip", "End", end)):
            if ip not in net:
                form.error(field, f"{title} IP address must be within subnet: {subnet.cidr}.")
    return not form.errors


def _check_conflicts(region: Region, form: Form, row: IpRange, subnet: Subnet) -> None:
    others = [addresses.range_span(each) for each in addresses.ranges(region, subnet, leaving_out=row.id)]
    if row.type == "dynamic":
        others += addresses.single_uses(region, subnet)
    if addresses.overlaps(addresses.range_span(row), others):
        form.error("start_ip", _CONFLICT[row.type])
        form.error("end_ip", _CONFLICT[row.type])
