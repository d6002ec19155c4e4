"""Networks as MAAS has them now: subnets, who serves DHCP, gateways and names."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

import config
from clients import maas
from config.network import NetworkSpec

from ..checks import Check
from ..outcome import Finding, failed, ok, skipped, warning
from ..region import Region


def subnets(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """The site's networks are those that MAAS has found, and nothing of MAAS's lies across them."""
    for name, network in site.networks.items():
        place, found = f"networks.{name}.cidr", region.subnet(str(network.cidr))
        across = [
            s for s in region.subnets if s is not found and network.cidr.overlaps(ipaddress.ip_network(s.cidr, strict=False))
        ]
        for other in across:
            said = f"{network.cidr} lies across {other.cidr}, which MAAS has in {_where(other.vlan, region)}"
            yield failed(place, said, "correct the site, or delete that subnet in MAAS")
        if found and found.vlan.vid != network.vid:
            said = f"MAAS has {network.cidr} in VLAN {found.vlan.vid}, the site in {network.vid}"
            yield warning(f"networks.{name}.vid", said, "make sure which it is on the switch; the site's will be set")
        if found is None and not across:
            yield from _unknown(name, network, region)
        elif found:
            yield ok(place, f"{network.cidr} is on {_where(found.vlan, region)}")


def _unknown(name: str, network: NetworkSpec, region: Region) -> Iterator[Finding]:
    place, said = f"networks.{name}.cidr", f"no rack controller has an address in {network.cidr}"
    if name == "management":
        known = ", ".join(sorted(subnet.cidr for subnet in region.subnets)) or "no subnet"
        yield failed(
            place, said, f"machines boot from there: give the rack an address in it, or correct the site (MAAS has {known})"
        )
    elif name == "bmc":
        yield warning(place, said, "see that a route leads from the rack to the BMCs, or give it an address there")
    else:
        yield ok(place, f"{network.cidr} is not known to MAAS yet and will be made")


def dhcp(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """MAAS serves DHCP where machines boot, and nobody else does."""
    for name, network in site.networks.items():
        subnet = region.subnet(str(network.cidr))
        if subnet is None:
            yield skipped(f"networks.{name}", f"MAAS does not know {network.cidr} yet")
            continue
        vlan = region.vlans().get(subnet.vlan.id, subnet.vlan)
        if network.dhcp:
            yield from _ours(name, vlan, region)
        elif vlan.dhcp_on:
            said = f"MAAS serves DHCP on {_where(vlan, region)}, where the site wants none"
            yield warning(f"networks.{name}.dhcp", said, "switch it off in MAAS, or give the network a dhcp range")
        else:
            owner = f"{vlan.external_dhcp} serves it" if vlan.external_dhcp else "none of MAAS's, as wanted"
            yield ok(f"networks.{name}.dhcp", owner)


def _ours(name: str, vlan: maas.Vlan, region: Region) -> Iterator[Finding]:
    """A network that MAAS is to serve: nobody else does, and a rack has a port there."""
    place, where = f"networks.{name}.dhcp", _where(vlan, region)
    there = [rack.hostname for rack in region.racks if vlan.id in rack.vlan_ids]
    if vlan.external_dhcp:
        said = f"a DHCP server that is not MAAS's answers on {where}: {vlan.external_dhcp}"
        yield failed(place, said, "switch it off, or machines boot from it at random")
    if vlan.relay_vlan is not None:
        yield ok(place, f"DHCP is relayed from {where}")
    elif not there and any(rack.vlan_ids for rack in region.racks):
        yield failed(
            place, f"no rack controller has a port on {where}", "plug one in (netplan on the rack, then MAAS sees it), or relay"
        )
    else:
        names = {rack.system_id: rack.hostname for rack in region.racks}
        served = f"served by {names.get(vlan.primary_rack or '', vlan.primary_rack)}"
        free = f"served by nobody yet, and {', '.join(there) or 'a rack'} can"
        state = served if vlan.dhcp_on else free
        yield ok(place, f"{where}: {state}")


def gateways(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """Machines get out, and find names."""
    management = site.networks.management
    if management.gateway is None:
        mend = "name one, unless MAAS's proxy and a mirror of the charm store serve machines all they need"
        yield warning("networks.management.gateway", "is not set: machines won't reach packages and charms", mend)
    for name, network in site.networks.items():
        found = region.subnet(str(network.cidr))
        if found and found.gateway_ip and network.gateway and found.gateway_ip != str(network.gateway):
            said = f"is {network.gateway} in the site and {found.gateway_ip} in MAAS"
            yield warning(f"networks.{name}.gateway", said, "make sure which is right; the site's will be set")
        for server in network.dns:
            if any(part and part.start <= server <= part.end for part in (network.dhcp, network.floating)):
                mend = "name a server with an address of its own, or move the range"
                yield failed(f"networks.{name}.dns", f"{server} lies in a range that is given to others", mend)
    yield ok("networks.management", f"gateway {management.gateway or 'none'}, names from {_servers(management)}")


def _servers(network: NetworkSpec) -> str:
    return ", ".join(map(str, network.dns)) or "MAAS"


def _where(vlan: maas.Vlan, region: Region) -> str:
    fabric = next((fabric.name for fabric in region.fabrics if fabric.id == vlan.fabric_id), f"fabric {vlan.fabric_id}")
    return f"{fabric}, {f'VLAN {vlan.vid}' if vlan.vid else 'untagged'}"


CHECKS = (
    Check(name="networks", title="the networks are those that MAAS sees", needs=("site", "region"), judge=subnets),
    Check(name="dhcp", title="MAAS, and only MAAS, serves DHCP where machines boot", needs=("site", "region"), judge=dhcp),
    Check(name="gateways", title="gateways and name servers make sense", needs=("site", "region"), judge=gateways),
)
