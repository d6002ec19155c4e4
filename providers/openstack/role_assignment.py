"""Roles that users and groups have on projects, on domains, or on the whole cloud."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._link import LinkProvider
from ._vocabulary import Id


class RoleAssignmentInputs(OnCloud):
    """A role of a user or a group; all are ids. Without a project or a domain it is on the whole cloud."""

    role: Id
    user: Id | None = None
    group: Id | None = None
    project: Id | None = None
    domain: Id | None = None


class RoleAssignmentProvider(LinkProvider[RoleAssignmentInputs]):
    """Assignments by role, holder and place."""

    inputs = RoleAssignmentInputs
    replace_on = frozenset(RoleAssignmentInputs.model_fields)
    noun = "role assignment"

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        if (news.get("user") is None) == (news.get("group") is None):
            yield "user", "give either a user or a group"
        if news.get("project") is not None and news.get("domain") is not None:
            yield "domain", "give a project or a domain, not both"

    def key(self, inputs: RoleAssignmentInputs) -> str:
        return _grant(inputs).path.lstrip("/")

    def holds(self, cloud: openstack.Cloud, inputs: RoleAssignmentInputs) -> bool:
        return cloud.identity.granted(_grant(inputs))

    def bring(self, cloud: openstack.Cloud, inputs: RoleAssignmentInputs) -> None:
        cloud.identity.grant(_grant(inputs))

    def end_it(self, cloud: openstack.Cloud, inputs: RoleAssignmentInputs) -> None:
        cloud.identity.revoke(_grant(inputs))


class RoleAssignment(_base.Resource, module="openstack", name="RoleAssignment"):
    """A role that somebody has somewhere."""

    provider_class = RoleAssignmentProvider
    role: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it held before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        role: pulumi.Input[str],
        user: pulumi.Input[str] | None = None,
        group: pulumi.Input[str] | None = None,
        project: pulumi.Input[str] | None = None,
        domain: pulumi.Input[str] | None = None,
        cloud: pulumi.Input[str] = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in RoleAssignmentInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _grant(inputs: RoleAssignmentInputs) -> openstack.Grant:
    return openstack.Grant(**inputs.model_dump(exclude={"cloud"}))
