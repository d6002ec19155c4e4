"""reservedips/: addresses that DHCP keeps for one MAC each. MAAS has them since 3.6."""

from __future__ import annotations

import ipaddress
from typing import Any

from .. import addresses, lookups
from ..call import Answer, Call, deleted
from ..errors import FieldErrors
from ..forms import NO_CHOICE, Form
from ..records.network import ReservedIp, Subnet
from ..region import Region
from ..render import network
from ..routing import Resource

SINCE = (3, 6)
many = Resource("ReservedIpsHandler", "reservedips/", "Manages reserved addresses.").only(since=SINCE)
one = Resource("ReservedIpHandler", "reservedips/{id}/", "Manages a reserved address.").only(since=SINCE)
RESOURCES = (many, one)

_FIXED = "The ip, mac_address and the subnet of a reserved IP are immutable. Delete the entry and recreate it."


def show(region: Region, row: ReservedIp) -> dict[str, Any]:
    """A reserved address with its subnet."""
    return {
        "id": row.id,
        "ip": row.ip,
        "subnet": network.subnet(region, region.store.subnets[row.subnet]),
        "mac_address": row.mac_address,
        "comment": row.comment,
        "resource_uri": f"/MAAS/api/2.0/reservedips/{row.id}/",
    }


def _get(region: Region, call: Call) -> ReservedIp:
    return lookups.by_id("ReservedIP", region.store.reservedips, call.params["id"])


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists reserved addresses."""
    return [show(region, row) for row in region.store.reservedips.values()]


@many.rest("POST", admin=True)
def create(region: Region, call: Call) -> Any:
    """Reserves an address. Fields: ip, mac_address, subnet, comment."""
    form = Form(call.body)
    ip, mac = form.address("ip", required=True), form.mac("mac_address", required=True)
    found = _subnet(region, form, ip) if ip else None
    if ip and found:
        _check_free(region, form, ip, found)
    form.check()
    row = ReservedIp(ip=str(ip), mac_address=mac, subnet=found.id if found else 0, comment=form.text("comment"))
    return show(region, region.store.add(region.store.reservedips, row))


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a reserved address."""
    return show(region, _get(region, call))


@one.rest("PUT", admin=True)
def update(region: Region, call: Call) -> Any:
    """Changes the comment; nothing else can change, and all of it must be said."""
    row, form = _get(region, call), Form(call.body)
    said = (form.raw("ip"), form.raw("mac_address"), form.raw("subnet"))
    if said != (row.ip, row.mac_address, str(row.subnet)):
        raise FieldErrors({"__all__": [_FIXED]})
    row.comment = form.text("comment", row.comment)
    return show(region, row)


@one.rest("DELETE", admin=True)
def delete(region: Region, call: Call) -> Answer:
    """Gives a reserved address free."""
    del region.store.reservedips[_get(region, call).id]
    return deleted()


def _subnet(region: Region, form: Form, ip: str) -> Subnet | None:
    if form.raw("subnet"):
        found = lookups.optional(region.store.subnets, form.text("subnet"), lambda each: each.cidr)
        if not found:
            form.error("subnet", NO_CHOICE)
        return found
    found = addresses.subnet_for(region, ip)
    if not found:
        form.error("subnet", f"There is no subnet for {ip}. Create the subnet and try again.")
    return found


def _check_free(region: Region, form: Form, ip: str, subnet: Subnet) -> None:
    net, given = addresses.network(subnet), ipaddress.ip_address(ip)
    if given not in net:
        form.error("ip", f"{ip} is not part of the subnet.")
    elif given == net.network_address:
        form.error("ip", "The network address cannot be a reserved IP.")
    elif given == net.broadcast_address:
        form.error("ip", "The broadcast address cannot be a reserved IP.")
    if addresses.holder(region, ip):
        form.error("ip", f"The ip {ip} is already in use by another machine.")
    for each in addresses.ranges(region, subnet):
        span = addresses.range_span(each)
        if each.type == "dynamic" and span.first <= int(given) <= span.last:
            span_text = f"{each.start_ip} - {each.end_ip}"
            form.error("ip", f"The reserved IP {ip} must be outside the dynamic range {span_text}.")
    if any(row.ip == ip for row in region.store.reservedips.values()):
        form.error("ip", "Reserved IP with this IP address already exists.")
