"""LXD instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class InstanceArgsDict(TypedDict, total=False):
    """The arguments of Instance."""

    allow_restart: _inputs.Flag | None
    config: _inputs.Map | None
    description: _inputs.Text | None
    devices: pulumi.Input[Sequence[pulumi.Input[_inputs.InstanceDeviceArgs] | Mapping[str, object]]] | None
    ephemeral: _inputs.Flag | None
    execs: pulumi.Input[Mapping[str, pulumi.Input[_inputs.InstanceExecsArgs] | Mapping[str, object]]] | None
    files: pulumi.Input[Sequence[pulumi.Input[_inputs.InstanceFileArgs] | Mapping[str, object]]] | None
    image: _inputs.Text | None
    name: _inputs.Text | None
    profiles: _inputs.Texts | None
    project: _inputs.Text | None
    remote: _inputs.Text | None
    running: _inputs.Flag | None
    target: _inputs.Text | None
    timeouts: pulumi.Input[_inputs.InstanceTimeoutsArgs] | Mapping[str, object] | None
    type: _inputs.Text | None
    wait_fors: pulumi.Input[Sequence[pulumi.Input[_inputs.InstanceWaitForArgs] | Mapping[str, object]]] | None


class InstanceArgs(_sdk.Arguments, of=InstanceArgsDict):
    """The arguments of Instance as an object."""

    def __init__(self, **given: Unpack[InstanceArgsDict]) -> None:
        super().__init__(given)


class Instance(lxd.Instance, module="lxd", name="Instance"):
    """A container or a virtual machine."""

    def __init__(
        self,
        resource_name: str,
        args: InstanceArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[InstanceArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(InstanceArgs, args, opts, given))
