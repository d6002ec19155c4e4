"""LXD networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class NetworkArgsDict(TypedDict, total=False):
    """The arguments of Network."""

    config: _inputs.Map | None
    description: _inputs.Text | None
    member_overrides: pulumi.Input[Mapping[str, pulumi.Input[_inputs.NetworkMemberOverridesArgs] | Mapping[str, object]]] | None
    name: _inputs.Text | None
    project: _inputs.Text | None
    remote: _inputs.Text | None
    type: _inputs.Text | None


class NetworkArgs(_sdk.Arguments, of=NetworkArgsDict):
    """The arguments of Network as an object."""

    def __init__(self, **given: Unpack[NetworkArgsDict]) -> None:
        super().__init__(given)


class Network(lxd.Network, module="lxd", name="Network"):
    """A network."""

    def __init__(
        self,
        resource_name: str,
        args: NetworkArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[NetworkArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(NetworkArgs, args, opts, given))
