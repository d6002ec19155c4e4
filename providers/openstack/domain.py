"""Domains of Keystone, by name. One that we made is disabled before it is deleted, as Keystone wants it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import KeystoneName


class DomainInputs(OnCloud):
    """A domain."""

    name: KeystoneName
    description: str | None = None
    enabled: bool | None = None


class DomainProvider(PlainProvider[DomainInputs, openstack.Domain]):
    """Domains by name."""

    inputs = DomainInputs
    computed = OUTPUTS
    replace_on = frozenset({"cloud"})
    noun = "domain"
    names: ClassVar[Mapping[str, str]] = {"name": "name", "description": "description", "enabled": "is_enabled"}
    defaults: ClassVar[Mapping[str, Any]] = {"description": "", "enabled": True}

    def label(self, inputs: DomainInputs) -> str:
        return inputs.name

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.Domain]:
        return cloud.domains

    def find(self, cloud: openstack.Cloud, inputs: DomainInputs) -> openstack.Domain | None:
        return openstack.only(cloud.domains.list(name=inputs.name), f"domains {inputs.name!r}", cloud.where)

    def drop(self, cloud: openstack.Cloud, record: openstack.Domain) -> None:
        cloud.domains.update(record.id, is_enabled=False)
        super().drop(cloud, record)


class Domain(_base.Resource, module="openstack", name="Domain"):
    """A domain of Keystone; everything in it goes with it."""

    provider_class = DomainProvider
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
        enabled: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in DomainInputs.model_fields}
        super().__init__(resource_name, given, opts)
