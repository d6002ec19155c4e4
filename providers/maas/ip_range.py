"""Ranges of a subnet's addresses: dynamic ones for DHCP, reserved ones that MAAS leaves alone.

Others' ranges are never touched.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import pulumi

from clients import maas

from .. import _base
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Address, Name


class IpRangeInputs(_base.Inputs):
    """A range from `start_ip` to `end_ip`, both in it; `subnet` is a subnet's database id."""

    subnet: int
    type: Literal["dynamic", "reserved"]
    start_ip: Address
    end_ip: Address
    comment: Name | None = None


class IpRangeProvider(PlainProvider[IpRangeInputs, maas.IpRange]):
    """Ranges by subnet, start and end."""

    inputs = IpRangeInputs
    computed = ("range_id", *OUTPUTS)
    replace_on = frozenset({"subnet"})
    noun = "IP range"
    fixed = frozenset({"subnet"})
    defaults: ClassVar[Mapping[str, Any]] = {"comment": None}  # MAAS changes a comment, but never clears it

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        start, end = news.get("start_ip"), news.get("end_ip")
        if _base.is_unknown([start, end]):
            return
        low, high = ipaddress.ip_address(str(start)), ipaddress.ip_address(str(end))
        if low.version != high.version or int(high) < int(low):
            yield "end_ip", f"the range ends at {end}, before it starts at {start}"

    def label(self, inputs: IpRangeInputs) -> str:
        return f"{inputs.start_ip}-{inputs.end_ip}"

    def collection(self, region: maas.Maas) -> maas.Collection[maas.IpRange]:
        return region.ranges

    def matches(self, record: maas.IpRange, inputs: IpRangeInputs) -> bool:
        return (record.subnet_id, record.start_ip, record.end_ip) == (inputs.subnet, inputs.start_ip, inputs.end_ip)

    def seen(self, record: maas.IpRange) -> dict[str, Any]:
        same = {k: getattr(record, k) for k in ("type", "start_ip", "end_ip", "comment")}
        return {**same, "subnet": record.subnet_id}

    def outputs(self, record: maas.IpRange) -> dict[str, Any]:
        return {"range_id": record.id}


class IpRange(_base.Resource, module="maas", name="IpRange"):
    """A range of addresses of a subnet of MAAS."""

    provider_class = IpRangeProvider
    subnet: pulumi.Output[int]
    type: pulumi.Output[str]
    start_ip: pulumi.Output[str]
    end_ip: pulumi.Output[str]
    comment: pulumi.Output[str | None]
    range_id: pulumi.Output[int]
    """The database's id."""
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        subnet: pulumi.Input[int],
        type: pulumi.Input[str],  # noqa: A002 - MAAS's own word
        start_ip: pulumi.Input[str],
        end_ip: pulumi.Input[str],
        comment: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"subnet": subnet, "type": type, "start_ip": start_ip, "end_ip": end_ip, "comment": comment}
        super().__init__(resource_name, props, opts)
