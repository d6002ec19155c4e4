"""Types of shares, by name, with their extra specs: the whole of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Name, TextMap
from .service_check import address


class ShareTypeInputs(OnCloud):
    """A type of shares; Manila wants `driver_handles_share_servers` among the extra specs."""

    name: Name
    extra_specs: TextMap


class ShareTypeProvider(PlainProvider[ShareTypeInputs, openstack.ShareType]):
    """Types by name."""

    inputs = ShareTypeInputs
    computed = OUTPUTS
    replace_on = frozenset({"cloud", "name"})
    noun = "share type"
    names: ClassVar[Mapping[str, str]] = {"name": "name", "extra_specs": "extra_specs"}

    def label(self, inputs: ShareTypeInputs) -> str:
        return inputs.name

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.ShareType]:
        return cloud.share_types

    def find(self, cloud: openstack.Cloud, inputs: ShareTypeInputs) -> openstack.ShareType | None:
        """Manila lists private types too when it is asked for all."""
        return next((t for t in cloud.share_types.list(is_public="all") if t.name == inputs.name), None)

    def read_one(self, cloud: openstack.Cloud, id_: str) -> openstack.ShareType | None:
        """Types are gone with their service; one that is only down, or came after the log-in, is in the catalogue of today."""
        try:
            return super().read_one(cloud, id_)
        except (openstack.AbsentServiceError, openstack.UnreachableError, openstack.FaultError):
            if address(cloud, "sharev2"):
                raise
            return None

    def edit(self, cloud: openstack.Cloud, record: openstack.ShareType, fields: Mapping[str, Any]) -> openstack.ShareType:
        cloud.shares.set_extra_specs(record.id, record.extra_specs, fields["extra_specs"])
        return record


class ShareType(_base.Resource, module="openstack", name="ShareType"):
    """A type of shares of Manila; its id is Manila's. It can't go while there are shares of it."""

    provider_class = ShareTypeProvider
    name: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        extra_specs: pulumi.Input[Mapping[str, Any]],
        cloud: pulumi.Input[str] = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in ShareTypeInputs.model_fields}
        super().__init__(resource_name, given, opts)
