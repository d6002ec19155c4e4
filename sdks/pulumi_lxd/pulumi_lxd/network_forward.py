"""Addresses of LXD networks whose ports lead into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Required, TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class NetworkForwardArgsDict(TypedDict, total=False):
    """The arguments of NetworkForward."""

    config: _inputs.Map | None
    description: _inputs.Text | None
    listen_address: Required[_inputs.Text]
    network: Required[_inputs.Text]
    ports: pulumi.Input[Sequence[pulumi.Input[_inputs.NetworkForwardPortArgs] | Mapping[str, object]]] | None
    project: _inputs.Text | None
    remote: _inputs.Text | None


class NetworkForwardArgs(_sdk.Arguments, of=NetworkForwardArgsDict):
    """The arguments of NetworkForward as an object."""

    def __init__(self, **given: Unpack[NetworkForwardArgsDict]) -> None:
        super().__init__(given)


class NetworkForward(lxd.NetworkForward, module="lxd", name="NetworkForward"):
    """An address of a network whose ports lead to instances."""

    def __init__(
        self,
        resource_name: str,
        args: NetworkForwardArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[NetworkForwardArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(NetworkForwardArgs, args, opts, given))
