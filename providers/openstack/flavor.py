"""Flavors, by name. Nova changes nothing of one but its description and its extra specs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Id, Name, Size, TextMap


class FlavorInputs(OnCloud):
    """A flavor.

    Attributes:
        ram: MiB.
        disk: GiB of the root disk.
        ephemeral: GiB of a further disk.
        swap: MiB.
        public: whether every project may use it.
        flavor_id: Nova's id; a UUID when not given.
        extra_specs: the whole of them when given.
    """

    name: Name
    ram: Size
    vcpus: Size
    disk: Size = 0
    ephemeral: Size = 0
    swap: Size = 0
    rxtx_factor: float = 1.0
    public: bool = True
    flavor_id: Id | None = None
    description: str | None = None
    extra_specs: TextMap | None = None


class FlavorProvider(PlainProvider[FlavorInputs, openstack.Flavor]):
    """Flavors by name."""

    inputs = FlavorInputs
    computed = OUTPUTS
    replace_on = frozenset(FlavorInputs.model_fields) - {"description", "extra_specs"}
    noun = "flavor"
    names: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "ram": "ram",
        "vcpus": "vcpus",
        "disk": "disk",
        "ephemeral": "ephemeral",
        "swap": "swap",
        "rxtx_factor": "rxtx_factor",
        "public": "is_public",
        "flavor_id": "id",
        "description": "description",
        "extra_specs": "extra_specs",
    }
    defaults: ClassVar[Mapping[str, Any]] = {"description": None, "extra_specs": {}}

    def label(self, inputs: FlavorInputs) -> str:
        return inputs.name

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.Flavor]:
        return cloud.flavors

    def find(self, cloud: openstack.Cloud, inputs: FlavorInputs) -> openstack.Flavor | None:
        """Nova lists private flavors too when nobody asks for public ones."""
        return next((f for f in cloud.flavors.list(is_public=None) if f.name == inputs.name), None)

    def add(self, cloud: openstack.Cloud, inputs: FlavorInputs, fields: Mapping[str, Any]) -> openstack.Flavor:
        """Extra specs come in a request of their own; a flavor without them is completed by the next run."""
        body = {name: value for name, value in fields.items() if name != "extra_specs"}
        record = super().add(cloud, inputs, body)
        if inputs.extra_specs:
            cloud.compute.set_extra_specs(record.id, record.extra_specs, inputs.extra_specs)
        return record

    def edit(self, cloud: openstack.Cloud, record: openstack.Flavor, fields: Mapping[str, Any]) -> openstack.Flavor:
        if "extra_specs" in fields:
            cloud.compute.set_extra_specs(record.id, record.extra_specs, fields["extra_specs"] or {})
        if "description" in fields:
            return cloud.flavors.update(record.id, description=fields["description"])
        return record


class Flavor(_base.Resource, module="openstack", name="Flavor"):
    """A flavor of Nova; its id is Nova's."""

    provider_class = FlavorProvider
    name: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        ram: pulumi.Input[int],
        vcpus: pulumi.Input[int],
        disk: pulumi.Input[int] = 0,
        ephemeral: pulumi.Input[int] = 0,
        swap: pulumi.Input[int] = 0,
        rxtx_factor: pulumi.Input[float] = 1.0,
        public: pulumi.Input[bool] = True,
        flavor_id: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        extra_specs: pulumi.Input[Mapping[str, Any]] | None = None,
        cloud: pulumi.Input[str] = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in FlavorInputs.model_fields}
        super().__init__(resource_name, given, opts)
