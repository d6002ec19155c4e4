"""Which segment a network gets: flat, VLAN or Geneve, from what the site's charms say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .chance import Chance
from .errors import Refused, invalid
from .site import Site
from .store import Row

TYPE, PHYSNET, SEGMENT = "provider:network_type", "provider:physical_network", "provider:segmentation_id"
PROVIDER = (TYPE, PHYSNET, SEGMENT)
GENEVE_OVERHEAD = 58
"""Bytes of each packet that the tunnel takes: what OVN's tenants miss of the physical MTU."""


def segment(values: dict[str, Any], networks: Iterable[Row], site: Site, chance: Chance) -> dict[str, Any]:
    """The provider attributes of a new network.

    Args:
        values: of the POST; those of the provider may be missing.
        networks: the ones there are.
        site: what the physical networks allow.
        chance: chooses one of the free segments.
    """
    kind = values.get(TYPE) or "geneve"
    taken = {(row[TYPE], row[PHYSNET], row[SEGMENT]) for row in networks}
    allocate = {"flat": _flat, "vlan": _vlan, "geneve": _geneve, "local": _local}.get(kind)
    if allocate is None:
        raise invalid(f"network_type value '{kind}' not supported")
    physnet, tag = allocate(values.get(PHYSNET), values.get(SEGMENT), taken, site)
    if isinstance(tag, list):
        tag = chance.segment(tag, str(len(taken)))
    return {TYPE: kind, PHYSNET: physnet, SEGMENT: tag}


def max_mtu(kind: str, site: Site) -> int:
    """The largest packet, in bytes, that fits through a segment of this kind."""
    return site.mtu() - (GENEVE_OVERHEAD if kind == "geneve" else 0)


Taken = set[tuple[str, str | None, int | None]]
Place = tuple[str | None, int | list[int] | None]
"""Physical network and segment; a list holds the free ones to choose from."""


def _flat(physnet: str | None, tag: int | None, taken: Taken, site: Site) -> Place:
    if not physnet:
        raise invalid("physical_network required for flat provider network")
    if tag is not None:
        raise invalid("segmentation_id prohibited for flat provider network")
    if physnet not in site.flat_networks():
        raise invalid(f"physical_network '{physnet}' unknown for flat provider network")
    if ("flat", physnet, None) in taken:
        message = f"Unable to create the flat network. Physical network {physnet} is in use."
        raise Refused(409, "FlatNetworkInUse", message)
    return physnet, None


def _vlan(physnet: str | None, tag: int | None, taken: Taken, site: Site) -> Place:
    ranges = site.vlan_ranges()
    if physnet is not None and physnet not in ranges:
        raise invalid(f"physical_network '{physnet}' unknown for VLAN provider network")
    if tag is not None:
        return _named_vlan(physnet, tag, taken)
    for name in [physnet] if physnet else list(ranges):
        free = [number for low, high in ranges[name] for number in range(low, high + 1)]
        free = [number for number in free if ("vlan", name, number) not in taken]
        if free:
            return name, free
    raise _nothing_left()


def _named_vlan(physnet: str | None, tag: int, taken: Taken) -> Place:
    if physnet is None:
        raise invalid("segmentation_id requires physical_network for VLAN provider network")
    if not 1 <= tag <= 4094:
        raise invalid("segmentation_id out of range (1 through 4094)")
    if ("vlan", physnet, tag) in taken:
        message = f"Unable to create the network. The VLAN {tag} on physical network {physnet} is in use."
        raise Refused(409, "VlanIdInUse", message)
    return physnet, tag


def _geneve(physnet: str | None, tag: int | None, taken: Taken, site: Site) -> Place:
    if physnet:
        raise invalid("provider:physical_network specified for geneve network")
    if tag is not None:
        if ("geneve", None, tag) in taken:
            message = f"Unable to create the network. The tunnel ID {tag} is in use."
            raise Refused(409, "TunnelIdInUse", message)
        return None, tag
    low, high = site.geneve_range()
    free = [number for number in range(low, high + 1) if ("geneve", None, number) not in taken]
    if not free:
        raise _nothing_left()
    return None, free


def _local(physnet: str | None, tag: int | None, taken: Taken, site: Site) -> Place:
    if physnet or tag is not None:
        raise invalid("provider attributes prohibited for local provider network")
    return None, None


def _nothing_left() -> Refused:
    message = "Unable to create the network. No tenant network is available for allocation."
    return Refused(503, "NoNetworkAvailable", message)
