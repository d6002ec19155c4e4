"""Projects of Keystone, by name in their domain.

Does not own: what is in them. Keystone deletes a project and leaves its networks and servers behind, so what this program makes
in one depends on it, and goes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from clients import openstack

from .. import _base
from ._keystone import InDomain, InDomainProvider
from ._vocabulary import IdList


class ProjectInputs(InDomain):
    """A project."""

    description: str | None = None
    enabled: bool | None = None
    tags: IdList | None = None


class ProjectProvider(InDomainProvider[ProjectInputs, openstack.Project]):
    """Projects by domain and name."""

    inputs = ProjectInputs
    noun = "project"
    names: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "description": "description",
        "enabled": "is_enabled",
        "tags": "tags",
    }
    defaults: ClassVar[Mapping[str, Any]] = {"description": "", "enabled": True, "tags": []}

    def same(self, name: str, old: Any, new: Any) -> bool:
        return sorted(old) == sorted(new) if name == "tags" else super().same(name, old, new)

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.Project]:
        return cloud.projects


class Project(_base.Resource, module="openstack", name="Project"):
    """A project of Keystone; its id is Keystone's."""

    provider_class = ProjectProvider
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
        enabled: pulumi.Input[bool] | None = None,
        tags: pulumi.Input[list[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in ProjectInputs.model_fields}
        super().__init__(resource_name, given, opts)
