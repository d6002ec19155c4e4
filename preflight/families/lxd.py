"""LXD: reachable, and able to run VMs."""

from __future__ import annotations

import ipaddress
import urllib.parse
from collections.abc import Iterator
from typing import Final

import config

from ..checks import Check
from ..host import Host
from ..outcome import Finding, failed, ok, warning

OLDEST: Final = (5, 0)
NEWEST: Final = (5, 21)
EXTENSIONS: Final = ("projects", "virtual-machines", "custom_block_volumes", "resources", "certificate_project")


def server(host: Host) -> Iterator[Finding]:
    """A release that has what we use, and runs virtual machines."""
    found = host.server
    number = tuple(int(part) for part in found.version.split(".")[:2] if part.isdigit())
    if number and number < OLDEST:
        yield failed(host.where, f"it is LXD {found.version}", "`sudo snap refresh lxd --channel 5.21/stable`")
    elif number > NEWEST:
        yield warning(host.where, f"it is LXD {found.version}, and this program was tried up to 5.21", "rehearse it first")
    lacking = [name for name in EXTENSIONS if name not in found.extensions]
    if lacking:
        mend = "refresh it to 5.0 or 5.21"
        yield failed(host.where, f"LXD {found.version} lacks the API extensions {', '.join(lacking)}", mend)
    if "virtual-machine" not in found.instance_types:
        mend = "enable virtualisation in the firmware, see `ls /dev/kvm` and `lxc info | grep driver`"
        yield failed(host.where, "it can't run virtual machines (no qemu among its drivers)", mend)
    yield ok(host.where, f"LXD {found.version}, {' and '.join(found.instance_types) or 'no instances'}")


def address(site: config.SiteSpec, host: Host) -> Iterator[Finding]:
    """MAAS powers the VMs over the network, so LXD must listen there."""
    text = site.controller.lxd.address
    if not host.server.config.get("core.https_address"):
        yield failed(
            host.where, "LXD does not listen on the network", "`lxc config set core.https_address :8443` on the controller"
        )
    name = urllib.parse.urlsplit(text if "//" in text else f"https://{text}").hostname or ""
    try:
        known = [n for n, network in site.networks.items() if ipaddress.ip_address(name) in network.cidr]
    except ValueError:
        known = [name]
    if not known:
        mend = "give LXD's address on a network that the rack controller is on"
        yield warning("controller.lxd.address", f"{text} is on none of the site's networks", mend)
    yield ok("controller.lxd.address", f"MAAS reaches it at {text}")


CHECKS = (
    Check(
        name="lxd",
        title="LXD answers, trusts us, and can run virtual machines",
        needs=("host",),
        judge=server,
        owns=("host",),
        hint="see that LXD listens there, and that lxd:remotes has a certificate that it trusts (`lxc config trust add`)",
    ),
    Check(name="lxd-address", title="LXD listens where MAAS looks for it", needs=("site", "host"), judge=address),
)
