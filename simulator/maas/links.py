"""Links of interfaces to subnets: making, taking away, and what stays when the last one goes."""

from __future__ import annotations

import ipaddress

from . import addresses
from .errors import TEXT, ApiError, FieldErrors
from .forms import REQUIRED, Form
from .records.network import AUTO, DHCP, DISCOVERED, STATIC, Address, Subnet
from .records.node import Interface
from .region import Region

MODES = ("auto", "dhcp", "static", "link_up")
_KINDS = {"auto": AUTO, "dhcp": DHCP, "static": STATIC, "link_up": STATIC}
_IN_THE_WAY = (
    "Cannot configure interface to link up (with no IP address) while other links are already configured. "
    "Specify force=True to override this behavior and delete all links."
)


def real(region: Region, row: Interface) -> list[Address]:
    """An interface's links, without addresses that were only seen."""
    return [each for each in region.store.links_of(row) if each.alloc_type != DISCOVERED]


def clear(region: Region, row: Interface) -> None:
    """Takes all links away."""
    for each in real(region, row):
        del region.store.addresses[each.id]


def add(region: Region, row: Interface, mode: str, subnet: Subnet | None = None, ip: str | None = None) -> Address:
    """Makes a link."""
    made = Address(
        alloc_type=_KINDS[mode],
        subnet=subnet.id if subnet else None,
        ip=ip,
        interface=row.id,
        created=region.now(),
    )
    return region.store.add(region.store.addresses, made)


def up(region: Region, row: Interface) -> None:
    """Leaves an interface that is on a VLAN up when it has no other link."""
    if row.vlan is not None and not real(region, row):
        add(region, row, "link_up")


def link(region: Region, row: Interface, form: Form) -> Address:
    """Links as a request says. Fields: mode, subnet, ip_address, force, default_gateway."""
    mode, force = _mode(form), form.boolean("force")
    subnet = _subnet(region, row, form, mode, force=force)
    ip = form.address("ip_address") if mode == "static" else None
    if subnet and ip and not form.errors and ipaddress.ip_address(ip) not in addresses.network(subnet):
        vid = region.store.vlans[subnet.vlan].vid
        form.error("ip_address", f"IP address is not in the given subnet '{subnet.name}:{subnet.cidr}(vid={vid})'.")
    others = [each for each in real(region, row) if not _is_up(each)]
    if mode == "link_up" and others and not force:
        form.error("mode", _IN_THE_WAY)
    form.check()
    if ip and addresses.holder(region, ip):
        raise ApiError(404, "IP address is already in use.", TEXT)
    if mode == "static" and subnet and not ip:
        ip = addresses.pick(region, subnet)
    for each in real(region, row):
        if force or _is_up(each) or (mode == "static" and each.alloc_type == DHCP):
            del region.store.addresses[each.id]
    if subnet and row.vlan is None:
        row.vlan = subnet.vlan
    return add(region, row, mode, subnet, ip)


def _mode(form: Form) -> str:
    if not form.raw("mode"):
        raise FieldErrors({"mode": [REQUIRED]})
    mode = form.listed_choice("mode", "", MODES)
    form.check()
    return mode


def _is_up(row: Address) -> bool:
    return row.alloc_type == STATIC and not row.ip


def _subnet(region: Region, row: Interface, form: Form, mode: str, *, force: bool) -> Subnet | None:
    given = form.raw("subnet")
    found = None
    if given:
        usable = {key: each for key, each in region.store.subnets.items() if force or row.vlan in (None, each.vlan)}
        names = (each for each in usable.values() if given in (each.cidr, each.name, f"cidr:{each.cidr}"))
        found = usable.get(int(given)) if given.isdigit() else next(names, None)
        if not found:
            form.error("subnet", f"None found with id={given}.")
    if not found and mode in ("auto", "static"):
        form.error("subnet", REQUIRED)
    return found
