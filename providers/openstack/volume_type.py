"""Types of volumes, by name, with their extra specs: the whole of them when given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Name, TextMap


class VolumeTypeInputs(OnCloud):
    """A type of volumes, e.g. with the extra spec `volume_backend_name`."""

    name: Name
    description: str | None = None
    public: bool | None = None
    extra_specs: TextMap | None = None


class VolumeTypeProvider(PlainProvider[VolumeTypeInputs, openstack.VolumeType]):
    """Types by name."""

    inputs = VolumeTypeInputs
    computed = OUTPUTS
    replace_on = frozenset({"cloud"})
    noun = "volume type"
    names: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "description": "description",
        "public": "is_public",
        "extra_specs": "extra_specs",
    }
    defaults: ClassVar[Mapping[str, Any]] = {"description": None, "public": True, "extra_specs": {}}

    def label(self, inputs: VolumeTypeInputs) -> str:
        return inputs.name

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.VolumeType]:
        return cloud.volume_types

    def find(self, cloud: openstack.Cloud, inputs: VolumeTypeInputs) -> openstack.VolumeType | None:
        """Cinder lists private types too when it is asked for all."""
        return next((t for t in cloud.volume_types.list(is_public="None") if t.name == inputs.name), None)

    def add(self, cloud: openstack.Cloud, inputs: VolumeTypeInputs, fields: Mapping[str, Any]) -> openstack.VolumeType:
        """Extra specs come in a request of their own; a type without them is completed by the next run."""
        record = super().add(cloud, inputs, {name: value for name, value in fields.items() if name != "extra_specs"})
        if inputs.extra_specs:
            cloud.volumes.set_extra_specs(record.id, record.extra_specs, inputs.extra_specs)
        return record

    def edit(self, cloud: openstack.Cloud, record: openstack.VolumeType, fields: Mapping[str, Any]) -> openstack.VolumeType:
        if "extra_specs" in fields:
            cloud.volumes.set_extra_specs(record.id, record.extra_specs, fields["extra_specs"] or {})
        own = {name: value for name, value in fields.items() if name != "extra_specs"}
        return cloud.volume_types.update(record.id, **own) if own else record


class VolumeType(_base.Resource, module="openstack", name="VolumeType"):
    """A type of volumes of Cinder; its id is Cinder's."""

    provider_class = VolumeTypeProvider
    name: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        description: pulumi.Input[str] | None = None,
        public: pulumi.Input[bool] | None = None,
        extra_specs: pulumi.Input[Mapping[str, Any]] | None = None,
        cloud: pulumi.Input[str] = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in VolumeTypeInputs.model_fields}
        super().__init__(resource_name, given, opts)
