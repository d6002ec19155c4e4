"""Addresses of subnets: pools, and who gets which one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from .chance import scatter
from .errors import Refused, invalid
from .store import Row

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Pool = dict[str, str]
"""First and last address: {"start", "end"}."""


def parse_cidr(cidr: Any, version: int) -> Network:
    """The network of a CIDR; bits of a host are dropped."""
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        raise invalid(f"{cidr} is not in a CIDR format") from None
    if network.version != version:
        raise invalid(f"cidr '{cidr}' does not match the ip_version '{version}'")
    return network


def first_address(network: Network) -> str:
    """The gateway of a subnet that doesn't name one."""
    first = network.network_address
    return str(first if network.version == 6 or network.num_addresses == 1 else first + 1)


def default_pools(network: Network, gateway: str | None) -> list[Pool]:
    """All addresses but the gateway, and in IPv4 those that mean the network itself and everybody."""
    edges = 0 if network.version == 6 or network.num_addresses <= 2 else 1
    low, high = int(network.network_address) + edges, int(network.broadcast_address) - edges
    kind = type(network.network_address)
    inside = gateway is not None and low <= int(ipaddress.ip_address(gateway)) <= high
    middle = int(ipaddress.ip_address(gateway)) if gateway and inside else None
    spans = [(low, high)] if middle is None else [(low, middle - 1), (middle + 1, high)]
    return [{"start": str(kind(start)), "end": str(kind(end))} for start, end in spans if start <= end]


def check_pools(pools: list[Pool], network: Network) -> None:
    """Refuses pools that are upside down, outside of the subnet or on one another."""
    for pool in pools:
        if int(ipaddress.ip_address(pool["start"])) > int(ipaddress.ip_address(pool["end"])):
            raise Refused(400, "InvalidAllocationPool", f"The allocation pool {pool} is not valid.")
        if any(ipaddress.ip_address(pool[end]) not in network for end in ("start", "end")):
            message = f"The allocation pool {_said(pool)} spans beyond the subnet cidr {network}."
            raise Refused(400, "OutOfBoundsAllocationPool", message)
    for index, pool in enumerate(pools):
        for other in pools[index + 1 :]:
            if _within(other["start"], pool) or _within(pool["start"], other):
                message = f"Found overlapping allocation pools: {_said(pool)} {_said(other)} for subnet {network}."
                raise Refused(409, "OverlappingAllocationPools", message)


def check_gateway(gateway: str | None, pools: list[Pool]) -> None:
    """Refuses a gateway whose address a pool would give away."""
    for pool in pools:
        if gateway and _within(gateway, pool):
            message = f"Gateway ip {gateway} conflicts with allocation pool {_said(pool)}."
            raise Refused(409, "GatewayConflictWithAllocationPools", message)


def free_addresses(subnet: Row, taken: set[str], key: str) -> Iterator[str]:
    """The free addresses of the subnet's pools, beginning somewhere by `key`, since nobody may count on the first."""
    pools = subnet["allocation_pools"]
    sizes = [_size(pool) for pool in pools]
    candidates = _from(pools, sizes, scatter(key, sum(sizes))) if sum(sizes) else ()
    return (str(address) for address in candidates if str(address) not in taken)


def slaac(subnet: Row, mac: str) -> str:
    """The address that a host gives itself in a subnet of router advertisements (EUI-64)."""
    octets = [int(part, 16) for part in mac.split(":")]
    octets[0] ^= 2
    low = int.from_bytes(bytes([*octets[:3], 0xFF, 0xFE, *octets[3:]]))
    return str(ipaddress.IPv6Network(subnet["cidr"]).network_address + low)


def inside(address: str, subnet: Row) -> bool:
    """Whether the subnet has the address."""
    return ipaddress.ip_address(address) in ipaddress.ip_network(subnet["cidr"])


def in_pools(address: str, pools: Iterable[Pool]) -> bool:
    """Whether one of the pools has the address."""
    return any(_within(address, pool) for pool in pools)


def count(pools: Iterable[Pool]) -> int:
    """How many addresses the pools have."""
    return sum(_size(pool) for pool in pools)


def _from(pools: list[Pool], sizes: list[int], start: int) -> Iterator[Address]:
    """Each address once, from the `start`-th on and round."""
    total = sum(sizes)
    for offset in range(total):
        position = (start + offset) % total
        for pool, size in zip(pools, sizes, strict=True):
            if position < size:
                yield ipaddress.ip_address(pool["start"]) + position
                break
            position -= size


def _size(pool: Pool) -> int:
    return int(ipaddress.ip_address(pool["end"])) - int(ipaddress.ip_address(pool["start"])) + 1


def _within(address: str, pool: Pool) -> bool:
    number, low, high = (int(ipaddress.ip_address(one)) for one in (address, pool["start"], pool["end"]))
    return low <= number <= high


def _said(pool: Pool) -> str:
    return f"{pool['start']}-{pool['end']}"
