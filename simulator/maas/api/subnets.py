"""subnets/."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from .. import addresses, lookups
from ..call import Answer, Call, deleted
from ..errors import FieldErrors
from ..forms import NO_CHOICE, REQUIRED, Form, valid_ip
from ..records.network import DHCP, DISCOVERED, Subnet
from ..region import Region
from ..render import network
from ..render import subnets as usage
from ..routing import Resource

many = Resource("SubnetsHandler", "subnets/", "Manages subnets.")
one = Resource("SubnetHandler", "subnets/{id}/", "Manages a subnet.", pattern=r"[^/]+(?:/\d+)?")
RESOURCES = (many, one)


def get(region: Region, spec: str) -> Subnet:
    """The subnet that a path or field means."""
    keys = {"cidr": lambda row: row.cidr, "name": lambda row: row.name}
    return lookups.find("Subnet", region.store.subnets, spec, keys)


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists all subnets."""
    return [network.subnet(region, row) for row in region.store.subnets.values()]


@many.rest("POST", admin=True)
def create(region: Region, call: Call) -> Any:
    """Makes a subnet. Fields: cidr, name, description, vlan, fabric, vid, gateway_ip, dns_servers, managed and more."""
    form = Form(call.body)
    row = Subnet(name="", cidr="", vlan=region.store.untagged(next(iter(region.store.fabrics.values()))).id)
    _fill(region, form, row)
    region.store.add(region.store.subnets, row)
    return _answer(region, row)


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a subnet."""
    return network.subnet(region, get(region, call.params["id"]))


@one.rest("PUT", admin=True)
def update(region: Region, call: Call) -> Any:
    """Changes a subnet."""
    row = get(region, call.params["id"])
    changed = row.model_copy(deep=True)
    _fill(region, Form(call.body), changed)
    region.store.subnets[row.id] = changed
    return _answer(region, changed)


@one.rest("DELETE", admin=True)
def delete(region: Region, call: Call) -> Answer:
    """Deletes a subnet with its ranges, routes and links."""
    row = get(region, call.params["id"])
    if region.since(3, 7) and (call.first("force") or "").lower() not in ("1", "true", "yes", "on"):
        _check_unused(region, row)
    remove(region, row)
    return deleted()


def _check_unused(region: Region, row: Subnet) -> None:
    here = [each for each in region.store.addresses.values() if each.subnet == row.id and each.ip]
    if any(each.interface is not None and each.alloc_type not in (DHCP, DISCOVERED) for each in here):
        raise FieldErrors(
            {
                "__all__": [
                    "Cannot delete a subnet that has IP addresses in use by nodes. (Use the 'force' parameter to override.)"
                ]
            }
        )


def remove(region: Region, row: Subnet) -> None:
    """Takes a subnet and all that hangs on it away."""
    store = region.store
    store.ipranges = {key: each for key, each in store.ipranges.items() if each.subnet != row.id}
    store.routes = {key: each for key, each in store.routes.items() if row.id not in (each.source, each.destination)}
    store.addresses = {key: each for key, each in store.addresses.items() if each.subnet != row.id}
    del store.subnets[row.id]


@one.op("GET", "statistics")
def statistics(region: Region, call: Call) -> Any:
    """Says how much of a subnet is in use."""
    row = get(region, call.params["id"])
    shown = usage.statistics(region, row)
    if call.first("include_ranges"):
        shown["ranges"] = usage.reserved(region, row) + usage.unreserved(region, row)
    return shown


@one.op("GET", "reserved_ip_ranges")
def reserved_ip_ranges(region: Region, call: Call) -> Any:
    """Lists what MAAS does not give out."""
    return usage.reserved(region, get(region, call.params["id"]))


@one.op("GET", "unreserved_ip_ranges")
def unreserved_ip_ranges(region: Region, call: Call) -> Any:
    """Lists what MAAS may give out."""
    return usage.unreserved(region, get(region, call.params["id"]))


@one.op("GET", "ip_addresses")
def ip_addresses(region: Region, call: Call) -> Any:
    """Lists the addresses in use."""
    return usage.in_use(region, get(region, call.params["id"]))


def _answer(region: Region, row: Subnet) -> dict[str, Any]:
    # a region answers with what the form gave: an absent gateway is "" here and null when read again
    return network.subnet(region, row) | {"gateway_ip": row.gateway_ip or ""}


def _fill(region: Region, form: Form, row: Subnet) -> None:
    given = _cidr(region, form, row)
    row.name = form.text("name", row.name) or given
    row.description = form.text("description", row.description)
    _vlan(region, form, row)
    row.gateway_ip = form.address("gateway_ip", row.gateway_ip)
    _dns_servers(form, row)
    mode = form.choice("rdns_mode", str(row.rdns_mode), ("0", "1", "2"))
    row.rdns_mode = int(mode) if mode.isdigit() else 2
    for flag in ("allow_dns", "allow_proxy", "active_discovery", "managed"):
        setattr(row, flag, form.boolean(flag, getattr(row, flag)))
    row.disabled_boot_architectures = form.many("disabled_boot_architectures", row.disabled_boot_architectures)
    if not form.errors and row.gateway_ip and not _reaches(row):
        form.error("gateway_ip", "Gateway IP must be within CIDR range.")
    form.check()


def _reaches(row: Subnet) -> bool:
    gateway = ipaddress.ip_address(row.gateway_ip or "")
    return gateway in addresses.network(row) or gateway.is_link_local


def _cidr(region: Region, form: Form, row: Subnet) -> str:
    given = form.raw("cidr")
    if given is None and row.cidr:
        return row.cidr
    if not given:
        form.error("cidr", REQUIRED)
        return ""
    try:
        if "/" not in given:
            raise ValueError(given)
        row.cidr = str(ipaddress.ip_network(given, strict=False))
    except ValueError:
        form.error("cidr", "Required format: <network>/<prefixlen>.")
        return given
    if any(each.cidr == row.cidr and each.id != row.id for each in region.store.subnets.values()):
        form.error("cidr", "Subnet with this Cidr already exists.")
    return given


def _vlan(region: Region, form: Form, row: Subnet) -> None:
    store = region.store
    if form.raw("vlan"):
        found = lookups.optional(store.vlans, form.text("vlan"))
        if found:
            row.vlan = found.id
        else:
            form.error("vlan", NO_CHOICE)
    elif form.raw("fabric") or form.raw("vid"):
        fabric = lookups.optional(store.fabrics, form.text("fabric", str(store.vlans[row.vlan].fabric)))
        if not fabric:
            form.error("fabric", NO_CHOICE)
            return
        vid = form.integer("vid", 0, low=0, high=4094)
        inside = (each for each in store.vlans.values() if (each.fabric, each.vid) == (fabric.id, vid))
        vlan = next(inside, None)
        if vlan:
            row.vlan = vlan.id
        else:
            form.error("vid", f"No VLAN with vid {vid} in fabric {fabric.name}.")


def _dns_servers(form: Form, row: Subnet) -> None:
    servers = form.many("dns_servers", row.dns_servers, r",\s")
    wrong = [server for server in servers if not valid_ip(server)]
    if wrong:
        form.error("__all__", f"Invalid IP address: {wrong[0]}; provide a list of space-separated IP addresses")
    row.dns_servers = [server for server in servers if re.sub(r"\s", "", server)]
