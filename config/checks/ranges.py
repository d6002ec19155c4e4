"""Addresses: networks apart from one another, ranges inside theirs and apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ..errors import Problem
from ..network import NetworkSpec, NetworksSpec, RangeSpec


def cidrs_apart(networks: NetworksSpec) -> Iterator[Problem]:
    """No address may belong to two networks."""
    for (name, one), (other, two) in itertools.combinations(networks.items(), 2):
        if one.cidr.overlaps(two.cidr):
            yield Problem(
                f"networks.{other}.cidr", str(two.cidr), f"overlaps networks.{name}.cidr {one.cidr}; give each its own block"
            )


def gateways_inside(networks: NetworksSpec) -> Iterator[Problem]:
    """A gateway is an address of its subnet that a machine can have."""
    for name, network in networks.items():
        gateway = network.gateway
        if gateway is None:
            continue
        path = f"networks.{name}.gateway"
        if gateway not in network.cidr:
            yield Problem(path, str(gateway), f"lies outside {network.cidr}; use an address inside it, e.g. {network.cidr[1]}")
        elif gateway in (network.cidr.network_address, network.cidr.broadcast_address) and network.cidr.prefixlen < 31:
            yield Problem(path, str(gateway), f"is not a host address of {network.cidr}; use e.g. {network.cidr[1]}")


def ranges_inside(networks: NetworksSpec) -> Iterator[Problem]:
    """A range lies in its subnet and runs upwards."""
    for name, network in networks.items():
        for path, part in _ranges(name, network):
            if part.end < part.start:
                yield Problem(path, str(part), f"runs backwards; swap it to {part.end}-{part.start}")
            elif part.start not in network.cidr or part.end not in network.cidr:
                yield Problem(path, str(part), f"leaves {network.cidr}; keep both ends inside it")
            elif part.start == network.cidr.network_address or part.end == network.cidr.broadcast_address:
                whole = f"{network.cidr[1]}-{network.cidr[-2]}"
                yield Problem(path, str(part), f"holds the network's own address or its broadcast; keep to {whole}")


def ranges_apart(networks: NetworksSpec) -> Iterator[Problem]:
    """DHCP and reserved ranges share no address: MAAS refuses ranges that meet."""
    for name, network in networks.items():
        places = [(path, part) for path, part in _ranges(name, network) if not path.endswith(".floating")]
        for (path, one), (other, two) in itertools.combinations(places, 2):
            if one.overlaps(two):
                yield Problem(other, str(two), f"meets {path} {one}; move one of them")


def floating_reserved(networks: NetworksSpec) -> Iterator[Problem]:
    """Floating addresses must be reserved in MAAS, or it would give them to machines as well."""
    for name, network in networks.items():
        floating = network.floating
        if floating and not any(floating.within(part) for part in network.reserved):
            mend = f"is not reserved, so MAAS would hand out the same addresses; add it to networks.{name}.reserved"
            yield Problem(f"networks.{name}.floating", str(floating), mend)
    if networks.external.floating is None:
        mend = "is missing: clients' instances get their public addresses from it; add start and end"
        yield Problem("networks.external.floating", "", mend)


def gateways_free(networks: NetworksSpec) -> Iterator[Problem]:
    """Nobody else may be given the gateway's address."""
    for name, network in networks.items():
        for path, part in _ranges(name, network):
            hit = network.gateway is not None and part.start <= network.gateway <= part.end
            if hit and path.endswith((".dhcp", ".floating")):
                yield Problem(path, str(part), f"holds the gateway {network.gateway}; start after it or move the gateway")


def management_boots(networks: NetworksSpec) -> Iterator[Problem]:
    """Machines boot from the management network by MAAS's DHCP."""
    if networks.management.dhcp is None:
        yield Problem("networks.management.dhcp", "", "is missing: machines boot from this network; add start and end")


def spaces_named(networks: NetworksSpec) -> Iterator[Problem]:
    """Juju binds every application to the management network's space; its own name for "no space" can't be used."""
    if networks.management.space is None:
        yield Problem("networks.management.space", "", "is missing: Juju binds the services to it; name one, e.g. management")
    for name, network in networks.items():
        if network.space in ("alpha", "undefined"):
            yield Problem(
                f"networks.{name}.space", str(network.space), "is a name that Juju or MAAS keeps for itself; choose another"
            )


def _ranges(name: str, network: NetworkSpec) -> Iterator[tuple[str, RangeSpec]]:
    if network.dhcp:
        yield f"networks.{name}.dhcp", network.dhcp
    for index, part in enumerate(network.reserved):
        yield f"networks.{name}.reserved[{index}]", part
    if network.floating:
        yield f"networks.{name}.floating", network.floating
