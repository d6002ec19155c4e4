"""LXD storage pools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Required, TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class StoragePoolArgsDict(TypedDict, total=False):
    """The arguments of StoragePool."""

    config: _inputs.Map | None
    description: _inputs.Text | None
    driver: Required[_inputs.Text]
    member_overrides: (
        pulumi.Input[Mapping[str, pulumi.Input[_inputs.StoragePoolMemberOverridesArgs] | Mapping[str, object]]] | None
    )
    name: _inputs.Text | None
    project: _inputs.Text | None
    remote: _inputs.Text | None


class StoragePoolArgs(_sdk.Arguments, of=StoragePoolArgsDict):
    """The arguments of StoragePool as an object."""

    def __init__(self, **given: Unpack[StoragePoolArgsDict]) -> None:
        super().__init__(given)


class StoragePool(lxd.StoragePool, module="lxd", name="StoragePool"):
    """A storage pool."""

    def __init__(
        self,
        resource_name: str,
        args: StoragePoolArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[StoragePoolArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(StoragePoolArgs, args, opts, given))
