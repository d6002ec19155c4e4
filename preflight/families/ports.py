"""Ports of the machines: where they boot from, and the one left to clients' traffic."""

from __future__ import annotations

from collections.abc import Iterator

import config
from clients import maas

from ..checks import Check
from ..outcome import Finding, failed, ok, skipped, warning
from ..region import Region
from .disks import commissioned


def external_nic(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """The port for clients' traffic is there, on the external network, and carries no address."""
    seen, rest = commissioned(site, region)
    yield from rest
    for place, worker, node in seen:
        path = f"{place}.external_nic"
        nic = next((nic for nic in node.machine.interfaces if nic.name == worker.external_nic), None)
        if nic is None:
            ports = ", ".join(sorted(port.name for port in node.machine.interfaces)) or "none"
            yield failed(path, f"{worker.hostname} has no port {worker.external_nic} (it has {ports})", "name one of them")
        elif nic.mac_address == worker.mac:
            yield failed(path, f"{worker.external_nic} is the port that {worker.hostname} boots from", "name the other port")
        else:
            yield from _external(path, worker, nic, site, region)


def _external(
    path: str, worker: config.WorkerSpec, nic: maas.Interface, site: config.SiteSpec, region: Region
) -> Iterator[Finding]:
    said = f"{worker.hostname}'s {nic.name}"
    networks = networks_on(nic.vlan_id, site, region)
    addressed = [link for link in nic.links if link.mode in ("auto", "static", "dhcp")]
    if not nic.enabled:
        yield failed(path, f"{said} is disabled in MAAS", "enable it on the machine's Network page")
    elif networks and "external" not in networks:
        yield failed(
            path,
            f"{said} is cabled to {', '.join(networks)}, not to external",
            "move the cable or its VLAN, or name another port",
        )
    elif addressed:
        mend = "set it to Unconfigured on the machine's Network page: Open vSwitch takes the port over"
        yield warning(path, f"{said} is given an address ({addressed[0].mode})", mend)
    else:
        yield ok(path, f"{said}{' is on external' if networks else ': on a network that MAAS cannot name'}")


def networks_on(vlan: int | None, site: config.SiteSpec, region: Region) -> tuple[str, ...]:
    """The site's networks whose subnets are on a VLAN of MAAS's."""
    names = {str(network.cidr): name for name, network in site.networks.items()}
    return tuple(names[subnet.cidr] for subnet in region.subnets if subnet.vlan.id == vlan and subnet.cidr in names)


def boot_nic(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """Every machine that MAAS knows boots from the management network, where its services live."""
    ports = [(f"workers[{i}]", w.hostname, w.mac) for i, w in enumerate(site.workers)]
    ports += [(f"controller VM {name}", name, mac) for name, _, mac in site.controller.vms()]
    unseen, right = [], 0
    for place, hostname, mac in ports:
        node = region.by_mac(mac)
        nic = next((nic for nic in node.machine.interfaces if nic.mac_address == mac), None) if node else None
        networks = networks_on(nic.vlan_id, site, region) if nic else ()
        if nic is None or nic.vlan_id is None:
            unseen.append(hostname)
        elif "management" not in networks:
            said = f"{hostname}'s port {mac} is on {', '.join(networks) or 'a strange network'}, not on management"
            yield failed(
                f"{place}.mac", said, "move the cable or its VLAN, or give the address of the port that is on management"
            )
        else:
            right += 1
    if unseen:
        yield skipped("", f"{', '.join(unseen)}: seen when enlisted")
    if right:
        yield ok("", f"{right} machines boot from management")


CHECKS = (
    Check(name="boot-nic", title="machines boot from the management network", needs=("site", "region"), judge=boot_nic),
    Check(name="external-nic", title="external ports are there and rightly cabled", needs=("site", "region"), judge=external_nic),
)
