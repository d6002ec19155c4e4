"""What MAAS says, in one picture: gathered in a handful of requests, whatever the number of machines."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final

from clients import maas
from clients.maas.services import BootResource
from clients.maas.storage import BlockDevice

from . import settings, web
from .checks import SourceError
from .stack import Stack

_BACKOFF: Final = 0.1
"""Seconds before a request is repeated: a server that is away is to be reported, not waited for."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Node:
    """A machine of MAAS with its disks."""

    machine: maas.Machine
    disks: tuple[BlockDevice, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Region:
    """A region as it is now.

    Attributes:
        version: major and minor.
        user: whose API key it is.
        commissioning: the Ubuntu series that machines are commissioned with.
    """

    url: str
    version: tuple[int, int]
    user: str = "admin"
    nodes: tuple[Node, ...] = ()
    fabrics: tuple[maas.Fabric, ...] = ()
    subnets: tuple[maas.Subnet, ...] = ()
    ranges: tuple[maas.IpRange, ...] = ()
    racks: tuple[maas.Rack, ...] = ()
    images: tuple[BootResource, ...] = ()
    zones: frozenset[str] = frozenset({"default"})
    commissioning: str = ""

    def by_mac(self, mac: str) -> Node | None:
        """The machine that has a port of this address, None when MAAS knows none."""
        return next((node for node in self.nodes if mac in node.machine.macs), None)

    def by_hostname(self, hostname: str) -> Node | None:
        """The machine of this name, None when MAAS knows none."""
        return next((node for node in self.nodes if node.machine.hostname == hostname), None)

    def subnet(self, cidr: str) -> maas.Subnet | None:
        """The subnet of exactly these addresses, None when MAAS knows none."""
        return next((subnet for subnet in self.subnets if subnet.cidr == cidr), None)

    def vlans(self) -> Mapping[int, maas.Vlan]:
        """Every VLAN by its database id."""
        return {vlan.id: vlan for fabric in self.fabrics for vlan in fabric.vlans}


def knock(stack: Stack) -> web.Answer:
    """Asks for a page that MAAS gives to everybody: who isn't there is found out in seconds, not after many tries.

    Raises:
        SourceError: when nobody answers, or the stack doesn't say whom to ask.
    """
    url, _, ca_file = settings.maas_access(stack)
    page = url.rstrip("/").removesuffix("/api/2.0") + "/api/2.0/version/"
    try:
        return web.get(page, proxied=False, ca_file=ca_file)
    except web.UnreachableError as error:
        mend = "see that it runs there, that maas:apiUrl is its URL, and that maas:caFile fits its certificate"
        raise SourceError(f"MAAS can't be reached: {error}", mend) from None


def connect(stack: Stack) -> maas.Maas:
    """The client of the stack's region.

    Raises:
        SourceError: when the stack doesn't say which.
        MaasError: when the key can't be one.
    """
    url, key, ca_file = settings.maas_access(stack)
    region = maas.connect(url, key, ca_file)
    region.session.backoff = _BACKOFF
    return region


def read(region: maas.Maas) -> Region:
    """Asks the region for everything.

    Raises:
        SourceError: when it is too old, or the key is not an administrator's.
        MaasError: when it doesn't answer, or not as a MAAS does.
    """
    _require_release(region)
    user = _administrator(region)
    return Region(
        url=region.session.url,
        version=region.version,
        user=user,
        nodes=tuple(Node(machine=machine, disks=disks) for machine, disks in region.machines.with_disks()),
        fabrics=tuple(region.fabrics.list()),
        subnets=tuple(region.subnets.list()),
        ranges=tuple(region.ranges.list()),
        racks=tuple(region.racks.list()),
        images=tuple(region.images.list()),
        zones=frozenset(zone.name for zone in region.zones.list()),
        commissioning=str(region.setting("commissioning_distro_series") or ""),
    )


def _require_release(region: maas.Maas) -> None:
    if region.version < maas.OLDEST:
        found, oldest = (".".join(map(str, version)) for version in (region.version, maas.OLDEST))
        raise SourceError(f"{region.session.url} is MAAS {found}, older than {oldest}", f"upgrade it to {oldest} or later")


def _administrator(region: maas.Maas) -> str:
    """Whose key it is; much of what is needed is kept from others."""
    found = region.session.call("Users", "whoami", "say whose API key it is")
    if not found["is_superuser"]:
        mend = "take an administrator's: `sudo maas apikey --username ADMIN`, `pulumi config set --secret maas:apiKey …`"
        raise SourceError(f"maas:apiKey is {found['username']}'s, who is no administrator", mend)
    return str(found["username"])
