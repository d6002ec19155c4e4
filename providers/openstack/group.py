"""Groups of users, by name in their domain, with their members: the whole of them when `users` is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from clients import openstack

from .. import _base
from ._keystone import InDomain, InDomainProvider
from ._vocabulary import IdList


class GroupInputs(InDomain):
    """A group; `users` are ids."""

    description: str | None = None
    users: IdList | None = None


class GroupProvider(InDomainProvider[GroupInputs, openstack.Group]):
    """Groups by domain and name."""

    inputs = GroupInputs
    noun = "group"
    names: ClassVar[Mapping[str, str]] = {"name": "name", "description": "description"}
    defaults: ClassVar[Mapping[str, Any]] = {"description": ""}

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.Group]:
        return cloud.groups

    def make(self, inputs: GroupInputs) -> _base.Made:
        made = super().make(inputs)
        self._gather(made.id, inputs)
        return made

    def look(self, id_: str, old: _base.Props, cloud: openstack.Cloud) -> _base.Found | None:
        found = super().look(id_, old, cloud)
        if found is None or "users" not in old:
            return found
        return _base.Found(inputs={**found.inputs, "users": cloud.identity.members(id_)}, outputs=found.outputs, id=found.id)

    def change(self, id_: str, old: _base.Props, inputs: GroupInputs) -> Mapping[str, Any]:
        outputs = super().change(id_, old, inputs)
        self._gather(id_, inputs)
        return outputs

    def _gather(self, id_: str, inputs: GroupInputs) -> None:
        if inputs.users is None:
            return
        identity = self.cloud(inputs.cloud).identity
        there = set(identity.members(id_))
        for user in sorted(set(inputs.users) - there):
            identity.join(id_, user)
        for user in sorted(there - set(inputs.users)):
            identity.leave(id_, user)


class Group(_base.Resource, module="openstack", name="Group"):
    """A group of Keystone; its id is Keystone's."""

    provider_class = GroupProvider
    name: pulumi.Output[str]
    domain: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        domain: pulumi.Input[str] = "default",
        cloud: pulumi.Input[str] = "",
        description: pulumi.Input[str] | None = None,
        users: pulumi.Input[list[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in GroupInputs.model_fields}
        super().__init__(resource_name, given, opts)
