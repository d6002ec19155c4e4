"""Static routes that MAAS gives to the machines of a subnet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

import pulumi
import pydantic

from clients import maas
from clients.maas.services import StaticRoute as Record

from .. import _base
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Address


class StaticRouteInputs(_base.Inputs):
    """A route from one subnet to another, by their database ids; the gateway is an address of the first."""

    source: int
    destination: int
    gateway_ip: Address
    metric: Annotated[int, pydantic.Field(ge=0)] | None = None


class StaticRouteProvider(PlainProvider[StaticRouteInputs, Record]):
    """Routes by source, destination and gateway."""

    inputs = StaticRouteInputs
    computed = ("route_id", *OUTPUTS)
    noun = "static route"
    defaults: ClassVar[Mapping[str, Any]] = {"metric": 0}

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        source, destination = news.get("source"), news.get("destination")
        if not _base.is_unknown([source, destination]) and source == destination:
            yield "destination", "a subnet needs no route to itself"

    def label(self, inputs: StaticRouteInputs) -> str:
        return f"{inputs.source} to {inputs.destination} by {inputs.gateway_ip}"

    def collection(self, region: maas.Maas) -> maas.Collection[Record]:
        return region.routes

    def matches(self, record: Record, inputs: StaticRouteInputs) -> bool:
        key = (record.source, record.destination, record.gateway_ip)
        return key == (inputs.source, inputs.destination, inputs.gateway_ip)

    def seen(self, record: Record) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ("source", "destination", "gateway_ip", "metric")}

    def outputs(self, record: Record) -> dict[str, Any]:
        return {"route_id": record.id}


class StaticRoute(_base.Resource, module="maas", name="StaticRoute"):
    """A static route of MAAS."""

    provider_class = StaticRouteProvider
    source: pulumi.Output[int]
    destination: pulumi.Output[int]
    gateway_ip: pulumi.Output[str]
    metric: pulumi.Output[int | None]
    route_id: pulumi.Output[int]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        source: pulumi.Input[int],
        destination: pulumi.Input[int],
        gateway_ip: pulumi.Input[str],
        metric: pulumi.Input[int] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"source": source, "destination": destination, "gateway_ip": gateway_ip, "metric": metric}
        super().__init__(resource_name, props, opts)
