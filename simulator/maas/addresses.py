"""Which addresses of a subnet are free, and giving them out."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Iterable, Iterator

from .errors import Refused
from .records.network import DISCOVERED, Address, IpRange, Subnet
from .region import Region


@dataclasses.dataclass(kw_only=True)
class Span:
    """Addresses from `first` to `last`, both included, and what they are for."""

    first: int
    last: int
    purpose: set[str] = dataclasses.field(default_factory=set)

    @property
    def size(self) -> int:
        """How many addresses it holds."""
        return self.last - self.first + 1


def network(subnet: Subnet) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A subnet's network."""
    return ipaddress.ip_network(subnet.cidr)


def hosts(subnet: Subnet) -> Span:
    """The addresses of a subnet that a host can have."""
    net = network(subnet)
    edge = 0 if net.prefixlen >= net.max_prefixlen - 1 else 1
    last_edge = edge if net.version == 4 else 0
    return Span(first=int(net.network_address) + edge, last=int(net.broadcast_address) - last_edge)


def range_span(row: IpRange) -> Span:
    """The addresses of a range."""
    purpose = "dynamic" if row.type == "dynamic" else "reserved"
    return Span(first=int(ipaddress.ip_address(row.start_ip)), last=int(ipaddress.ip_address(row.end_ip)), purpose={purpose})


def ranges(region: Region, subnet: Subnet, leaving_out: int | None = None) -> list[IpRange]:
    """A subnet's ranges, but for one."""
    return [row for row in region.store.ipranges.values() if row.subnet == subnet.id and row.id != leaving_out]


def single_uses(region: Region, subnet: Subnet) -> Iterator[Span]:
    """The addresses that are taken one by one: gateway, name servers, hosts."""
    net = network(subnet)
    singles = [(subnet.gateway_ip, "gateway-ip")] + [(ip, "dns-server") for ip in subnet.dns_servers]
    rows = region.store.addresses.values()
    singles += [(row.ip, "assigned-ip") for row in rows if row.subnet == subnet.id and row.alloc_type != DISCOVERED]
    singles += [(each.ip, "reserved") for each in region.store.reservedips.values() if each.subnet == subnet.id]
    for ip, purpose in singles:
        if ip and ipaddress.ip_address(ip) in net:
            yield Span(first=int(ipaddress.ip_address(ip)), last=int(ipaddress.ip_address(ip)), purpose={purpose})


def taken(region: Region, subnet: Subnet) -> list[Span]:
    """What of a subnet cannot be given out, in order, pieces that touch and serve the same purpose joined."""
    spans = [*single_uses(region, subnet), *(range_span(row) for row in ranges(region, subnet))]
    return _normal(spans)


def free(region: Region, subnet: Subnet) -> list[Span]:
    """What of a subnet can be given out."""
    whole = hosts(subnet)
    gaps, start = [], whole.first
    for span in taken(region, subnet):
        if span.first > start:
            gaps.append(Span(first=start, last=span.first - 1))
        start = max(start, span.last + 1)
    return [*gaps, Span(first=start, last=whole.last)] if start <= whole.last else gaps


def pick(region: Region, subnet: Subnet) -> str:
    """The first free address of a subnet; Refused when there is none. An unmanaged one gives out reserved ranges only."""
    spans = free(region, subnet)
    if not subnet.managed:
        used = {int(ipaddress.ip_address(ip)) for ip in region.store.used_ips(subnet)}
        reserved = [range_span(row) for row in ranges(region, subnet) if row.type == "reserved"]
        spans = [Span(first=ip, last=ip) for span in reserved for ip in range(span.first, span.last + 1) if ip not in used]
    if not spans:
        raise Refused(503, f"No more IPs available in subnet: {subnet.cidr}.")
    return text(spans[0].first, subnet)


def text(number: int, subnet: Subnet) -> str:
    """An address of a subnet, written out."""
    kind = ipaddress.IPv4Address if network(subnet).version == 4 else ipaddress.IPv6Address
    return str(kind(number))


def holder(region: Region, ip: str) -> Address | None:
    """Who has an address."""
    return next((row for row in region.store.addresses.values() if row.ip == ip and row.alloc_type != DISCOVERED), None)


def subnet_for(region: Region, ip: str) -> Subnet | None:
    """The smallest subnet that an address is in."""
    address = ipaddress.ip_address(ip)
    rows = [row for row in region.store.subnets.values() if address in network(row)]
    return max(rows, key=lambda row: network(row).prefixlen, default=None)


def overlaps(span: Span, others: Iterable[Span]) -> bool:
    """Whether a span meets any other."""
    return any(span.first <= other.last and other.first <= span.last for other in others)


def _normal(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.first, each.last)):
        last = found[-1] if found else None
        if last and span.first <= last.last:
            last.last = max(last.last, span.last)
            last.purpose |= span.purpose
        elif last and span.first == last.last + 1 and span.purpose == last.purpose:
            last.last = span.last
        else:
            found.append(Span(first=span.first, last=span.last, purpose=set(span.purpose)))
    return found
