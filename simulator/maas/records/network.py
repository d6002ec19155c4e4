"""Networks: fabrics, VLANs, spaces, subnets, ranges, routes, names."""

from __future__ import annotations

from pydantic import Field

from .base import Row

AUTO, STATIC, RESERVED, DHCP, DISCOVERED = 0, 1, 4, 5, 6
"""How an address came to be: given at deployment, fixed, reserved by a user, by DHCP, seen by MAAS."""


class Fabric(Row):
    """VLANs that reach one another."""

    name: str
    description: str = ""
    class_type: str | None = None


class Space(Row):
    """VLANs that may be routed to one another."""

    name: str
    description: str = ""


class Vlan(Row):
    """A VLAN of a fabric; `vid` 0 is the untagged one. `primary_rack` and `secondary_rack` are system ids."""

    vid: int
    fabric: int
    name: str
    description: str = ""
    mtu: int = 1500
    dhcp_on: bool = False
    primary_rack: str | None = None
    secondary_rack: str | None = None
    relay_vlan: int | None = None
    space: int | None = None


class Subnet(Row):
    """A network of IP addresses on a VLAN."""

    name: str
    cidr: str
    vlan: int
    description: str = ""
    rdns_mode: int = 2
    gateway_ip: str | None = None
    dns_servers: list[str] = Field(default_factory=list)
    allow_dns: bool = True
    allow_proxy: bool = True
    active_discovery: bool = False
    managed: bool = True
    disabled_boot_architectures: list[str] = Field(default_factory=list)


class IpRange(Row):
    """Addresses of a subnet that MAAS gives out by DHCP (dynamic) or never gives out (reserved)."""

    type: str
    start_ip: str
    end_ip: str
    subnet: int
    user: str
    comment: str = ""


class StaticRoute(Row):
    """A route that machines on the source subnet get to the destination subnet."""

    source: int
    destination: int
    gateway_ip: str
    metric: int = 0


class Address(Row):
    """An IP address in use, or the wish for one: a link of an interface to a subnet is a row of this table too."""

    alloc_type: int
    ip: str | None = None
    subnet: int | None = None
    interface: int | None = None
    user: str | None = None
    created: float = 0.0


class ReservedIp(Row):
    """An address that DHCP gives to one MAC and to no other (since 3.6)."""

    ip: str
    mac_address: str
    subnet: int
    comment: str = ""


class Domain(Row):
    """A DNS zone."""

    name: str
    authoritative: bool = True
    ttl: int | None = None
    forward_dns_servers: list[str] = Field(default_factory=list)


class DnsResource(Row):
    """A name in a domain, with addresses (ids of rows)."""

    name: str
    domain: int
    address_ttl: int | None = None
    addresses: list[int] = Field(default_factory=list)


class DnsData(Row):
    """A record of a name that is not an address."""

    resource: int
    rrtype: str
    rrdata: str
    ttl: int | None = None
