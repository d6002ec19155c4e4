"""Roles of Keystone, by name. Those of every cloud (admin, manager, member, reader) are adopted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Name


class RoleInputs(OnCloud):
    """A role of all domains."""

    name: Name
    description: str | None = None


class RoleProvider(PlainProvider[RoleInputs, openstack.Role]):
    """Roles by name."""

    inputs = RoleInputs
    computed = OUTPUTS
    replace_on = frozenset({"cloud"})
    noun = "role"
    names: ClassVar[Mapping[str, str]] = {"name": "name", "description": "description"}
    defaults: ClassVar[Mapping[str, Any]] = {"description": ""}

    def label(self, inputs: RoleInputs) -> str:
        return inputs.name

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.Role]:
        return cloud.roles

    def find(self, cloud: openstack.Cloud, inputs: RoleInputs) -> openstack.Role | None:
        """Keystone's filter takes case as its database does."""
        found = [role for role in cloud.roles.list(name=inputs.name) if role.domain_id is None]
        return openstack.only(found, f"roles {inputs.name!r}", cloud.where)


class Role(_base.Resource, module="openstack", name="Role"):
    """A role of Keystone; its id is Keystone's."""

    provider_class = RoleProvider
    name: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        cloud: pulumi.Input[str] = "",
        description: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in RoleInputs.model_fields}
        super().__init__(resource_name, given, opts)
