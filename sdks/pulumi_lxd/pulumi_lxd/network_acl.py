"""Access control lists of LXD networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class NetworkAclArgsDict(TypedDict, total=False):
    """The arguments of NetworkAcl."""

    config: _inputs.Map | None
    description: _inputs.Text | None
    egresses: pulumi.Input[Sequence[pulumi.Input[_inputs.NetworkAclEgressArgs] | Mapping[str, object]]] | None
    ingresses: pulumi.Input[Sequence[pulumi.Input[_inputs.NetworkAclIngressArgs] | Mapping[str, object]]] | None
    name: _inputs.Text | None
    project: _inputs.Text | None
    remote: _inputs.Text | None


class NetworkAclArgs(_sdk.Arguments, of=NetworkAclArgsDict):
    """The arguments of NetworkAcl as an object."""

    def __init__(self, **given: Unpack[NetworkAclArgsDict]) -> None:
        super().__init__(given)


class NetworkAcl(lxd.NetworkAcl, module="lxd", name="NetworkAcl"):
    """An access control list."""

    def __init__(
        self,
        resource_name: str,
        args: NetworkAclArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[NetworkAclArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(NetworkAclArgs, args, opts, given))
