"""Server groups, by name in the administrator's project. Nova changes nothing of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Name

Policy = Literal["affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"]


class ServerGroupInputs(OnCloud):
    """Servers that are placed with respect to one another."""

    name: Name
    policy: Policy


class ServerGroupProvider(PlainProvider[ServerGroupInputs, openstack.ServerGroup]):
    """Server groups by name."""

    inputs = ServerGroupInputs
    computed = OUTPUTS
    replace_on = frozenset(ServerGroupInputs.model_fields)
    noun = "server group"
    names: ClassVar[Mapping[str, str]] = {"name": "name", "policy": "policy"}

    def label(self, inputs: ServerGroupInputs) -> str:
        return inputs.name

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.ServerGroup]:
        return cloud.server_groups

    def find(self, cloud: openstack.Cloud, inputs: ServerGroupInputs) -> openstack.ServerGroup | None:
        found = [group for group in cloud.server_groups.list() if group.name == inputs.name]
        return openstack.only(found, f"server groups {inputs.name!r}", cloud.where)

    def seen(self, record: openstack.ServerGroup) -> dict[str, Any]:
        """Before 2.64 a group had a list of one policy."""
        return {"name": record.name, "policy": record.policy or next(iter(record.policies), None)}


class ServerGroup(_base.Resource, module="openstack", name="ServerGroup"):
    """A server group of Nova; its id is Nova's."""

    provider_class = ServerGroupProvider
    name: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        policy: pulumi.Input[str],
        cloud: pulumi.Input[str] = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in ServerGroupInputs.model_fields}
        super().__init__(resource_name, given, opts)
