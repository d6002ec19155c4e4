"""Which projects may use a private flavor."""

from __future__ import annotations

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._link import LinkProvider
from ._vocabulary import Id


class FlavorAccessInputs(OnCloud):
    """A project that may use a private flavor; both are ids."""

    flavor: Id
    project: Id


class FlavorAccessProvider(LinkProvider[FlavorAccessInputs]):
    """Access by flavor and project."""

    inputs = FlavorAccessInputs
    replace_on = frozenset(FlavorAccessInputs.model_fields)
    noun = "flavor access"

    def key(self, inputs: FlavorAccessInputs) -> str:
        return f"{inputs.flavor}/{inputs.project}"

    def holds(self, cloud: openstack.Cloud, inputs: FlavorAccessInputs) -> bool:
        try:
            return inputs.project in cloud.compute.access(inputs.flavor)
        except openstack.NotFoundError:
            return False

    def bring(self, cloud: openstack.Cloud, inputs: FlavorAccessInputs) -> None:
        cloud.compute.grant(inputs.flavor, inputs.project)

    def end_it(self, cloud: openstack.Cloud, inputs: FlavorAccessInputs) -> None:
        cloud.compute.withdraw(inputs.flavor, inputs.project)


class FlavorAccess(_base.Resource, module="openstack", name="FlavorAccess"):
    """A project's use of a private flavor."""

    provider_class = FlavorAccessProvider
    flavor: pulumi.Output[str]
    project: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it held before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        flavor: pulumi.Input[str],
        project: pulumi.Input[str],
        cloud: pulumi.Input[str] = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in FlavorAccessInputs.model_fields}
        super().__init__(resource_name, given, opts)
