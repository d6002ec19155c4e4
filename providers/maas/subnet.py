"""Subnets, by CIDR. One that MAAS discovered is adopted with its ranges, which stay untouched."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import pulumi

from clients import maas

from .. import _base
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Address, Cidr, Name


class SubnetInputs(_base.Inputs):
    """A subnet; `vlan` is a VLAN's database id."""

    cidr: Cidr
    vlan: int
    name: Name | None = None
    gateway_ip: Address | None = None
    dns_servers: list[Address] | None = None
    managed: bool | None = None
    allow_dns: bool | None = None
    allow_proxy: bool | None = None
    rdns_mode: Literal[0, 1, 2] | None = None
    active_discovery: bool | None = None


class SubnetProvider(PlainProvider[SubnetInputs, maas.Subnet]):
    """Subnets by CIDR."""

    inputs = SubnetInputs
    computed = ("subnet_id", *OUTPUTS)
    replace_on = frozenset({"cidr"})
    noun = "subnet"
    ours = frozenset({"cidr"})
    defaults: ClassVar[Mapping[str, Any]] = {
        "managed": True,
        "allow_dns": True,
        "allow_proxy": True,
        "rdns_mode": 2,
        "active_discovery": False,
    }

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        gateway, cidr = news.get("gateway_ip"), news.get("cidr")
        if gateway is None or _base.is_unknown(gateway) or _base.is_unknown(cidr):
            return
        if ipaddress.ip_address(gateway) not in ipaddress.ip_network(str(cidr)) and not gateway.startswith("fe80:"):
            yield "gateway_ip", f"{gateway} is not an address of {cidr}"

    def label(self, inputs: SubnetInputs) -> str:
        return inputs.cidr

    def collection(self, region: maas.Maas) -> maas.Collection[maas.Subnet]:
        return region.subnets

    def matches(self, record: maas.Subnet, inputs: SubnetInputs) -> bool:
        return record.cidr == inputs.cidr

    def naming(self, inputs: SubnetInputs) -> dict[str, Any]:
        return {"cidr": inputs.cidr}

    def seen(self, record: maas.Subnet) -> dict[str, Any]:
        same = ("cidr", "name", "gateway_ip", "managed", "allow_dns", "allow_proxy", "rdns_mode", "active_discovery")
        return {**{k: getattr(record, k) for k in same}, "vlan": record.vlan.id, "dns_servers": list(record.dns_servers)}

    def outputs(self, record: maas.Subnet) -> dict[str, Any]:
        return {"subnet_id": record.id}

    def fields(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        servers = wanted.get("dns_servers")
        return {**wanted, **({"dns_servers": ",".join(servers)} if isinstance(servers, list) else {})}


class Subnet(_base.Resource, module="maas", name="Subnet"):
    """A subnet of MAAS."""

    provider_class = SubnetProvider
    cidr: pulumi.Output[str]
    vlan: pulumi.Output[int]
    name: pulumi.Output[str | None]
    gateway_ip: pulumi.Output[str | None]
    dns_servers: pulumi.Output[list[str] | None]
    subnet_id: pulumi.Output[int]
    """The database's id, which ranges and links refer to."""
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        cidr: pulumi.Input[str],
        vlan: pulumi.Input[int],
        name: pulumi.Input[str] | None = None,
        gateway_ip: pulumi.Input[str] | None = None,
        dns_servers: pulumi.Input[list[str]] | None = None,
        managed: pulumi.Input[bool] | None = None,
        allow_dns: pulumi.Input[bool] | None = None,
        allow_proxy: pulumi.Input[bool] | None = None,
        rdns_mode: pulumi.Input[int] | None = None,
        active_discovery: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "cidr": cidr,
            "vlan": vlan,
            "name": name,
            "gateway_ip": gateway_ip,
            "dns_servers": dns_servers,
            "managed": managed,
            "allow_dns": allow_dns,
            "allow_proxy": allow_proxy,
            "rdns_mode": rdns_mode,
            "active_discovery": active_discovery,
        }
        super().__init__(resource_name, props, opts)
