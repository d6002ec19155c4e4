"""Addresses: ranges that fit beside MAAS's own and are large enough."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import config
from config.network import NetworkSpec, RangeSpec

from ..checks import Check
from ..outcome import Finding, failed, ok, warning
from ..region import Region

if TYPE_CHECKING:
    from components.plan import SitePlan

_FEW_FLOATING: Final = 8
_LEAST_FLOATING: Final = 2
"""One for the router to the outside, one for an instance."""


def ranges(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """MAAS refuses ranges that meet; those that are equal are taken over."""
    count = 0
    for name, network in site.networks.items():
        subnet = region.subnet(str(network.cidr))
        there = [part for part in region.ranges if subnet and part.subnet_id == subnet.id]
        for path, kind, wanted in _wanted(name, network):
            count += 1
            for part in there:
                found = RangeSpec.model_validate({"start": part.start_ip, "end": part.end_ip})
                same = (found.start, found.end, part.type) == (wanted.start, wanted.end, kind)
                if not same and found.overlaps(wanted):
                    said = f"{wanted} ({kind}) meets {found} ({part.type}), which MAAS has already"
                    yield failed(path, said, "write the site's range as MAAS has it, or delete that one in MAAS")
        if network.dhcp:
            yield from _taken(f"networks.{name}.dhcp", network.dhcp, site, region)
    yield ok("", f"{count} ranges fit")


def _wanted(name: str, network: NetworkSpec) -> Iterator[tuple[str, str, RangeSpec]]:
    for index, part in enumerate(network.reserved):
        yield f"networks.{name}.reserved[{index}]", "reserved", part
    if network.dhcp:
        yield f"networks.{name}.dhcp", "dynamic", network.dhcp


def _taken(path: str, part: RangeSpec, site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """A dynamic range can't hold an address that somebody was given for good."""
    for node in region.nodes:
        for nic in node.machine.interfaces:
            for link in nic.links:
                if link.mode in ("auto", "static") and link.ip_address and _inside(link.ip_address, part):
                    said = f"{part} holds {link.ip_address}, which {node.machine.hostname} has"
                    yield failed(path, said, "move the range, or give the machine another address")


def _inside(address: str, part: RangeSpec) -> bool:
    try:
        return part.start <= ipaddress.IPv4Address(address) <= part.end
    except ValueError:
        return False


def room(plan: SitePlan, region: Region) -> Iterator[Finding]:
    """Machines, containers and instances all get an address."""
    site = plan.site
    management = site.networks.management
    machines = len(site.workers) + len(site.controller.vms())
    needed = machines + len(plan.plan.containers)
    free = free_addresses(management) - _strangers(management, site, region) - _others(management, region)
    place = "networks.management"
    if free < needed:
        said = f"{management.cidr} has {free} addresses for machines and containers, and {needed} are needed"
        yield failed(place, said, "make the network larger, or its dhcp and reserved ranges smaller")
    elif free < needed + needed // 4:
        yield warning(
            place, f"{free} addresses are free and {needed} needed", "leave room for what comes later: enlarge the network"
        )
    else:
        yield ok(place, f"{free} addresses free for {machines} machines and {len(plan.plan.containers)} containers")
    if management.dhcp and management.dhcp.size < machines:
        said = f"{management.dhcp} has {management.dhcp.size} addresses, and {machines} machines may commission at once"
        yield warning(f"{place}.dhcp", said, f"make it {machines} or more")
    yield from _floating(site.networks.external)


def _floating(external: NetworkSpec) -> Iterator[Finding]:
    place, floating = "networks.external.floating", external.floating
    size = floating.size if floating else 0
    if size < _LEAST_FLOATING:
        yield failed(place, f"has {size} addresses: the router takes one", f"give it {_LEAST_FLOATING} or more")
    elif size < _FEW_FLOATING:
        yield warning(place, f"has {size} addresses; each router and each reachable instance takes one", "give it more")
    else:
        yield ok(place, f"{size} addresses for routers and instances")


def free_addresses(network: NetworkSpec) -> int:
    """How many addresses MAAS can give to machines: those outside every range, without the gateway."""
    taken = [*network.reserved, *([network.dhcp] if network.dhcp else [])]
    free = max(network.cidr.num_addresses - 2, 0) - sum(part.size for part in taken)
    outside = network.gateway and not any(part.start <= network.gateway <= part.end for part in taken)
    return free - (1 if outside else 0)


def _strangers(network: NetworkSpec, site: config.SiteSpec, region: Region) -> int:
    """Addresses outside the ranges that machines which aren't the site's have."""
    ours = {worker.mac for worker in site.workers} | {mac for _, _, mac in site.controller.vms()}
    ranges = [*network.reserved, *([network.dhcp] if network.dhcp else [])]
    held = {address for node in region.nodes if not node.machine.macs & ours for address in node.machine.addresses}
    inside = [ipaddress.ip_address(address) for address in held if ipaddress.ip_address(address) in network.cidr]
    return sum(1 for address in inside if not any(_inside(str(address), part) for part in ranges))


def _others(network: NetworkSpec, region: Region) -> int:
    """Addresses in ranges that MAAS has and the site doesn't."""
    subnet = region.subnet(str(network.cidr))
    ours = [*network.reserved, *([network.dhcp] if network.dhcp else [])]
    found = [
        RangeSpec.model_validate({"start": r.start_ip, "end": r.end_ip})
        for r in region.ranges
        if subnet and r.subnet_id == subnet.id
    ]
    return sum(part.size for part in found if not any(part.overlaps(own) for own in ours))


CHECKS = (
    Check(name="ranges", title="address ranges fit beside MAAS's own", needs=("site", "region"), judge=ranges),
    Check(name="addresses", title="there are addresses for all", needs=("plan", "region"), judge=room),
)
