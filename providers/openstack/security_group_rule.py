"""Rules of security groups. A rule is its fields: none of them can be changed, and Neutron keeps no rule twice."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import pulumi
import pydantic

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Cidr, Id, Port

_NUMBERS = {"icmp": "1", "tcp": "6", "udp": "17", "ipv6-icmp": "58", "icmpv6": "58", "sctp": "132", "vrrp": "112"}
_EVERYWHERE = ("0.0.0.0/0", "::/0")


def _protocol(value: Any) -> Any:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).lower()


Protocol = Annotated[str, pydantic.BeforeValidator(_protocol)]


class SecurityGroupRuleInputs(OnCloud):
    """What a security group lets through.

    Attributes:
        group: id of the security group.
        direction: of the packets, as the server sees them.
        protocol: name or number; any when not given.
        port_min: first port, or ICMP type.
        port_max: last port, or ICMP code; `port_min` when not given.
        remote_cidr: whose packets; everybody's when neither this nor `remote_group` is given.
        remote_group: id of the security group of those whose packets pass.
    """

    group: Id
    direction: Literal["ingress", "egress"] = "ingress"
    ethertype: Literal["IPv4", "IPv6"] = "IPv4"
    protocol: Protocol | None = None
    port_min: Port | None = None
    port_max: Port | None = None
    remote_cidr: Cidr | None = None
    remote_group: Id | None = None
    description: str | None = None


class SecurityGroupRuleProvider(PlainProvider[SecurityGroupRuleInputs, openstack.SecurityGroupRule]):
    """Rules by what they let through."""

    inputs = SecurityGroupRuleInputs
    computed = OUTPUTS
    replace_on = frozenset(SecurityGroupRuleInputs.model_fields)
    noun = "security group rule"

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        if news.get("remote_cidr") and news.get("remote_group"):
            yield "remote_group", "give remote_cidr or remote_group, not both"
        if news.get("port_min") is not None and news.get("protocol") is None:
            yield "protocol", "ports need a protocol, such as tcp"
        cidr = news.get("remote_cidr")
        if cidr and not _base.is_unknown(cidr) and f"IPv{ipaddress.ip_network(cidr).version}" != news.get("ethertype"):
            yield "remote_cidr", f"{cidr} is not of {news.get('ethertype')}: set ethertype"

    def same(self, name: str, old: Any, new: Any) -> bool:
        if name == "protocol":
            return _number(old) == _number(new)
        return super().same(name, old, new)

    def label(self, inputs: SecurityGroupRuleInputs) -> str:
        ports = "" if inputs.port_min is None else f"/{inputs.port_min}-{_last(inputs)}"
        remote = inputs.remote_cidr or inputs.remote_group or "anywhere"
        return f"{inputs.direction} {inputs.ethertype} {inputs.protocol or 'any'}{ports} {remote} of {inputs.group}"

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.SecurityGroupRule]:
        return cloud.security_group_rules

    def find(self, cloud: openstack.Cloud, inputs: SecurityGroupRuleInputs) -> openstack.SecurityGroupRule | None:
        rules = cloud.security_group_rules.list(security_group_id=inputs.group, direction=inputs.direction)
        return next((rule for rule in rules if _meaning(rule) == _meaning(_body(inputs))), None)

    def seen(self, record: openstack.SecurityGroupRule) -> dict[str, Any]:
        return {
            "group": record.security_group_id,
            "direction": record.direction,
            "ethertype": record.ether_type,
            "protocol": record.protocol,
            "port_min": record.port_range_min,
            "port_max": record.port_range_max,
            "remote_group": record.remote_group_id,
        }

    def look(self, id_: str, old: _base.Props, cloud: openstack.Cloud) -> _base.Found | None:
        """A rule for everybody may be written with a range or without; it is reported as the program wrote it."""
        found = super().look(id_, old, cloud)
        record = self.read_one(cloud, id_) if found is not None else None
        if found is None or record is None:
            return None
        cidr, inputs = record.remote_ip_prefix, dict(found.inputs)
        if cidr is not None or old.get("remote_cidr") not in _EVERYWHERE:
            inputs["remote_cidr"] = cidr
        return _base.Found(inputs=inputs, outputs=found.outputs, id=found.id)

    def add(
        self, cloud: openstack.Cloud, inputs: SecurityGroupRuleInputs, fields: Mapping[str, Any]
    ) -> openstack.SecurityGroupRule:
        body = {name: value for name, value in _body(inputs).items() if value is not None}
        return super().add(cloud, inputs, {**body, **({"description": inputs.description} if inputs.description else {})})


class SecurityGroupRule(_base.Resource, module="openstack", name="SecurityGroupRule"):
    """A rule of a security group; its id is Neutron's."""

    provider_class = SecurityGroupRuleProvider
    group: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        group: pulumi.Input[str],
        cloud: pulumi.Input[str] = "",
        direction: pulumi.Input[str] = "ingress",
        ethertype: pulumi.Input[str] = "IPv4",
        protocol: pulumi.Input[str] | None = None,
        port_min: pulumi.Input[int] | None = None,
        port_max: pulumi.Input[int] | None = None,
        remote_cidr: pulumi.Input[str] | None = None,
        remote_group: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in SecurityGroupRuleInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _body(inputs: SecurityGroupRuleInputs) -> dict[str, Any]:
    return {
        "security_group_id": inputs.group,
        "direction": inputs.direction,
        "ether_type": inputs.ethertype,
        "protocol": inputs.protocol,
        "port_range_min": inputs.port_min,
        "port_range_max": _last(inputs),
        "remote_ip_prefix": inputs.remote_cidr,
        "remote_group_id": inputs.remote_group,
    }


def _last(inputs: SecurityGroupRuleInputs) -> int | None:
    """The last port; an ICMP type goes without a code."""
    if inputs.port_max is not None or _number(inputs.protocol) in ("1", "58"):
        return inputs.port_max
    return inputs.port_min


def _meaning(rule: openstack.SecurityGroupRule | Mapping[str, Any]) -> tuple[Any, ...]:
    """What Neutron compares; a range that holds everybody is none."""
    get = rule.get if isinstance(rule, Mapping) else lambda name: getattr(rule, name)
    cidr = get("remote_ip_prefix")
    exact = ("direction", "ether_type", "port_range_min", "port_range_max", "remote_group_id")
    return (_number(get("protocol")), None if cidr in _EVERYWHERE else cidr, *(get(name) for name in exact))


def _number(protocol: str | None) -> str | None:
    text = None if protocol is None else str(protocol).lower()
    return _NUMBERS.get(text, text) if text not in (None, "any", "0") else None
