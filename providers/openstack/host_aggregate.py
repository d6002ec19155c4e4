"""Host aggregates, by name, with their hosts and metadata: the whole of them when given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import IdList, Name, TextMap

_ZONE = "availability_zone"


class HostAggregateInputs(OnCloud):
    """A host aggregate; `hosts` as Nova calls them."""

    name: Name
    availability_zone: Name | None = None
    hosts: IdList | None = None
    metadata: TextMap | None = None


class HostAggregateProvider(PlainProvider[HostAggregateInputs, openstack.HostAggregate]):
    """Host aggregates by name."""

    inputs = HostAggregateInputs
    computed = OUTPUTS
    replace_on = frozenset({"cloud"})
    noun = "host aggregate"
    names: ClassVar[Mapping[str, str]] = {"name": "name", _ZONE: _ZONE, "hosts": "hosts", "metadata": "metadata"}
    defaults: ClassVar[Mapping[str, Any]] = {_ZONE: None, "hosts": [], "metadata": {}}

    def label(self, inputs: HostAggregateInputs) -> str:
        return inputs.name

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.HostAggregate]:
        return cloud.aggregates

    def find(self, cloud: openstack.Cloud, inputs: HostAggregateInputs) -> openstack.HostAggregate | None:
        return next((a for a in cloud.aggregates.list() if a.name == inputs.name), None)

    def seen(self, record: openstack.HostAggregate) -> dict[str, Any]:
        """Nova keeps the zone in the metadata too."""
        return {**super().seen(record), "hosts": sorted(record.hosts), "metadata": _own(record)}

    def id_of(self, record: openstack.HostAggregate) -> str:
        return str(record.id)

    def add(self, cloud: openstack.Cloud, inputs: HostAggregateInputs, fields: Mapping[str, Any]) -> openstack.HostAggregate:
        """Hosts and metadata come in requests of their own; an aggregate without them is completed by the next run."""
        body = {name: value for name, value in fields.items() if name in ("name", _ZONE)}
        record = super().add(cloud, inputs, body)
        return self.edit(cloud, record, {name: value for name, value in fields.items() if name not in body})

    def edit(self, cloud: openstack.Cloud, record: openstack.HostAggregate, fields: Mapping[str, Any]) -> openstack.HostAggregate:
        own = {name: value for name, value in fields.items() if name in ("name", _ZONE)}
        if "hosts" in fields:
            _gather(cloud, record, set(fields["hosts"] or ()))
        if "metadata" in fields:
            gone = dict.fromkeys(_own(record).keys() - (fields["metadata"] or {}).keys())
            cloud.compute.set_metadata(self.id_of(record), {**gone, **(fields["metadata"] or {})})
        return cloud.aggregates.update(self.id_of(record), **own) if own else record

    def drop(self, cloud: openstack.Cloud, record: openstack.HostAggregate) -> None:
        _gather(cloud, record, set())
        cloud.aggregates.delete(self.id_of(record))


class HostAggregate(_base.Resource, module="openstack", name="HostAggregate"):
    """A host aggregate of Nova."""

    provider_class = HostAggregateProvider
    name: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        availability_zone: pulumi.Input[str] | None = None,
        hosts: pulumi.Input[list[str]] | None = None,
        metadata: pulumi.Input[Mapping[str, Any]] | None = None,
        cloud: pulumi.Input[str] = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in HostAggregateInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _own(record: openstack.HostAggregate) -> dict[str, str]:
    return {key: value for key, value in record.metadata.items() if key != _ZONE}


def _gather(cloud: openstack.Cloud, record: openstack.HostAggregate, wanted: set[str]) -> None:
    there = set(record.hosts)
    for host in sorted(there - wanted):
        cloud.compute.remove_host(str(record.id), host)
    for host in sorted(wanted - there):
        cloud.compute.add_host(str(record.id), host)
