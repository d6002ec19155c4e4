"""Subnets, by network and CIDR. The pools of an external network's subnet are the site's floating addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Address, Cidr, Id

NO_GATEWAY = "none"

Ipv6Mode = Literal["dhcpv6-stateful", "dhcpv6-stateless", "slaac"]


class Pool(_base.Inputs):
    """Addresses from `start` to `end`, both in it."""

    start: Address
    end: Address


class HostRoute(_base.Inputs):
    """A route that DHCP tells."""

    destination: Cidr
    nexthop: Address


class SubnetInputs(OnCloud):
    """A subnet.

    Attributes:
        network: id of the network.
        project: id of the project; the administrator's own when not given.
        gateway_ip: an address, or "none"; Neutron takes the first address when not given.
        allocation_pools: what ports get; all but the gateway when not given.
    """

    network: Id
    cidr: Cidr
    project: Id | None = None
    name: str | None = None
    description: str | None = None
    gateway_ip: Address | Literal["none"] | None = None
    enable_dhcp: bool | None = None
    allocation_pools: list[Pool] | None = None
    dns_nameservers: list[Address] | None = None
    host_routes: list[HostRoute] | None = None
    ipv6_address_mode: Ipv6Mode | None = None
    ipv6_ra_mode: Ipv6Mode | None = None


class SubnetProvider(PlainProvider[SubnetInputs, openstack.Subnet]):
    """Subnets by network and CIDR."""

    inputs = SubnetInputs
    computed = ("gateway", *OUTPUTS)
    replace_on = frozenset({"cloud", "network", "cidr", "project", "ipv6_address_mode", "ipv6_ra_mode"})
    noun = "subnet"
    names: ClassVar[Mapping[str, str]] = {
        "network": "network_id",
        "cidr": "cidr",
        "project": "project_id",
        "name": "name",
        "description": "description",
        "gateway_ip": "gateway_ip",
        "enable_dhcp": "is_dhcp_enabled",
        "allocation_pools": "allocation_pools",
        "dns_nameservers": "dns_nameservers",
        "host_routes": "host_routes",
        "ipv6_address_mode": "ipv6_address_mode",
        "ipv6_ra_mode": "ipv6_ra_mode",
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "name": "",
        "description": "",
        "enable_dhcp": True,
        "dns_nameservers": [],
        "host_routes": [],
    }

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        if _base.is_unknown(news.get("cidr")):
            return
        network = ipaddress.ip_network(str(news["cidr"]))
        gateway = news.get("gateway_ip")
        fixed = None if gateway in (None, NO_GATEWAY) or _base.is_unknown(gateway) else ipaddress.ip_address(str(gateway))
        if fixed is not None and fixed not in network and not fixed.is_link_local:
            yield "gateway_ip", f"{fixed} is not an address of {network}"
        if not _base.is_unknown(news.get("allocation_pools")):
            yield from _pools(news.get("allocation_pools") or [], network, fixed)

    def same(self, name: str, old: Any, new: Any) -> bool:
        """Pools and routes have no order; name servers have."""
        if name in ("allocation_pools", "host_routes"):
            return _unordered(old) == _unordered(new)
        return super().same(name, old, new)

    def label(self, inputs: SubnetInputs) -> str:
        return f"{inputs.cidr} in {inputs.network}"

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.Subnet]:
        return cloud.subnets

    def find(self, cloud: openstack.Cloud, inputs: SubnetInputs) -> openstack.Subnet | None:
        found = cloud.subnets.list(network_id=inputs.network, cidr=inputs.cidr)
        return openstack.only(found, f"subnets {inputs.cidr} in the network {inputs.network}", cloud.where)

    def seen(self, record: openstack.Subnet) -> dict[str, Any]:
        return {**super().seen(record), "gateway_ip": record.gateway_ip or NO_GATEWAY}

    def fields(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        fields = super().fields(wanted)
        return {**fields, "gateway_ip": None} if fields.get("gateway_ip") == NO_GATEWAY else fields

    def add(self, cloud: openstack.Cloud, inputs: SubnetInputs, fields: Mapping[str, Any]) -> openstack.Subnet:
        version = ipaddress.ip_network(inputs.cidr).version
        return super().add(cloud, inputs, {**fields, "ip_version": version})

    def outputs(self, record: openstack.Subnet) -> dict[str, Any]:
        return {"gateway": record.gateway_ip or ""}


class Subnet(_base.Resource, module="openstack", name="Subnet"):
    """A subnet of OpenStack; its id is Neutron's."""

    provider_class = SubnetProvider
    network: pulumi.Output[str]
    cidr: pulumi.Output[str]
    gateway: pulumi.Output[str]
    """The gateway's address, whoever chose it; empty when there is none."""
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        network: pulumi.Input[str],
        cidr: pulumi.Input[str],
        cloud: pulumi.Input[str] = "",
        project: pulumi.Input[str] | None = None,
        name: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        gateway_ip: pulumi.Input[str] | None = None,
        enable_dhcp: pulumi.Input[bool] | None = None,
        allocation_pools: pulumi.Input[list[Mapping[str, pulumi.Input[str]]]] | None = None,
        dns_nameservers: pulumi.Input[list[str]] | None = None,
        host_routes: pulumi.Input[list[Mapping[str, pulumi.Input[str]]]] | None = None,
        ipv6_address_mode: pulumi.Input[str] | None = None,
        ipv6_ra_mode: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in SubnetInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _pools(pools: list[Mapping[str, Any]], network: Any, gateway: Any) -> Iterator[tuple[str, str]]:
    for pool in pools:
        if _base.is_unknown(pool):
            continue
        start, end = ipaddress.ip_address(str(pool["start"])), ipaddress.ip_address(str(pool["end"]))
        if start not in network or end not in network:
            yield "allocation_pools", f"{start}-{end} is not within {network}"
        elif int(start) > int(end):
            yield "allocation_pools", f"the pool ends at {end}, before it starts at {start}"
        elif gateway is not None and int(start) <= int(gateway) <= int(end):
            yield "allocation_pools", f"the gateway {gateway} is in the pool {start}-{end}: leave it out"


def _unordered(items: Any) -> list[list[Any]]:
    return sorted(sorted(item.items()) for item in items or ())
