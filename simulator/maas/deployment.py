"""Deployment: addresses, the installation, and how all of it is undone."""

from __future__ import annotations

import ipaddress

from ..world import Machine
from . import addresses, scriptsets
from .records.network import AUTO, DHCP, Address
from .records.node import Node
from .region import Region

_LOG = "curtin: Installation failed with exception: Unexpected error while running command.\nExit code: 1\n"


def claim_addresses(region: Region, node: Node) -> None:
    """Gives every AUTO link an address; Refused when a subnet has none left."""
    for interface in region.store.interfaces_of(node):
        for link in region.store.links_of(interface):
            if link.alloc_type == AUTO and not link.ip and link.subnet is not None:
                link.ip = addresses.pick(region, region.store.subnets[link.subnet])


def free_addresses(region: Region, node: Node) -> None:
    """Takes the addresses of AUTO links back."""
    for interface in region.store.interfaces_of(node):
        for link in region.store.links_of(interface):
            if link.alloc_type == AUTO:
                link.ip = None


def forget(node: Node) -> None:
    """Forgets what is or was to be installed."""
    node.osystem = node.distro_series = ""
    node.hwe_kernel = None
    node.ephemeral_deploy = node.install_kvm = node.enable_hw_sync = False
    node.user_data = None
    node.netboot = True


def begin(region: Region, node: Node) -> None:
    """Makes the script set of a new installation."""
    names = [("/tmp/install.log", None), ("/tmp/curtin-logs.tar", None)]  # noqa: S108 results are called so on the wire
    node.installation_set = scriptsets.begin(region, node, scriptsets.INSTALLATION, names).id


def fail(region: Region, node: Node) -> None:
    """The installer fails."""
    scriptsets.finish(region, node.installation_set, scriptsets.ABORTED, failing="/tmp/install.log", output=_LOG)  # noqa: S108
    region.event(node, "Node installation failure", level="ERROR", description="'curtin' cmd-install")


def install(region: Region, node: Node, machine: Machine) -> None:
    """Puts the system on the machine's disk; the next boot is from there."""
    scriptsets.finish(region, node.installation_set, scriptsets.PASSED)
    node.netboot = False
    machine.os = {
        "release": f"{node.osystem}/{node.distro_series}",
        "system_id": node.system_id,
        "hostname": node.hostname,
        "user_data": node.user_data,
        "addresses": _configured(region, node),
    }


def _configured(region: Region, node: Node) -> dict[str, str]:
    store = region.store
    found: dict[str, str] = {}
    for interface in store.interfaces_of(node):
        for link in store.links_of(interface):
            subnet = store.subnets.get(link.subnet) if link.subnet is not None else None
            ip = link.ip or (_lease(region, link) if link.alloc_type == DHCP else None)
            if ip and subnet and link.alloc_type in (0, 1, DHCP):
                found.setdefault(interface.name, f"{ip}/{addresses.network(subnet).prefixlen}")
    return found


def _lease(region: Region, link: Address) -> str | None:
    subnet = region.store.subnets.get(link.subnet) if link.subnet is not None else None
    if not subnet:
        return None
    taken = set(region.store.used_ips(subnet))
    for span in (addresses.range_span(row) for row in addresses.ranges(region, subnet) if row.type == "dynamic"):
        free = (str(ipaddress.ip_address(number)) for number in range(span.first, span.last + 1))
        link.ip = next((ip for ip in free if ip not in taken), None)
    return link.ip


def finish(region: Region, node: Node) -> None:
    """The installed system reported itself."""
    image = f"{node.osystem}/{node.distro_series}/{node.architecture}"
    region.event(node, "Image Deployed", description=f"deployed {image}")
    for row in region.store.bootresources.values():
        if row.name == f"{node.osystem}/{node.distro_series}":
            row.last_deployed = region.now()
