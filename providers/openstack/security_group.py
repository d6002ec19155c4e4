"""Security groups, by name in their project; every project has a `default`, which is adopted. Rules are their own resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider, owner
from ._vocabulary import Id, Name


class SecurityGroupInputs(OnCloud):
    """A security group; `project` is an id, the administrator's own project when not given."""

    name: Name
    project: Id | None = None
    description: str | None = None
    stateful: bool | None = None


class SecurityGroupProvider(PlainProvider[SecurityGroupInputs, openstack.SecurityGroup]):
    """Security groups by name and project."""

    inputs = SecurityGroupInputs
    computed = OUTPUTS
    replace_on = frozenset({"cloud", "project"})
    noun = "security group"
    names: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "project": "project_id",
        "description": "description",
        "stateful": "stateful",
    }
    defaults: ClassVar[Mapping[str, Any]] = {"description": "", "stateful": True}

    def label(self, inputs: SecurityGroupInputs) -> str:
        return f"{inputs.name} of {inputs.project}" if inputs.project else inputs.name

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.SecurityGroup]:
        return cloud.security_groups

    def find(self, cloud: openstack.Cloud, inputs: SecurityGroupInputs) -> openstack.SecurityGroup | None:
        found = cloud.security_groups.list(name=inputs.name, project_id=owner(cloud, inputs.project))
        return openstack.only(found, f"security groups {inputs.name!r} in one project", cloud.where)


class SecurityGroup(_base.Resource, module="openstack", name="SecurityGroup"):
    """A security group of OpenStack; its id is Neutron's."""

    provider_class = SecurityGroupProvider
    name: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        cloud: pulumi.Input[str] = "",
        project: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        stateful: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in SecurityGroupInputs.model_fields}
        super().__init__(resource_name, given, opts)
