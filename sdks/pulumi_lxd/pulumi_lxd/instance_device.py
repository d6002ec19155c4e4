"""Single devices of LXD instances."""

from __future__ import annotations

from typing import Required, TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class InstanceDeviceInitArgsDict(TypedDict, total=False):
    """The arguments of InstanceDevice."""

    instance_name: Required[_inputs.Text]
    name: _inputs.Text | None
    project: _inputs.Text | None
    properties: Required[_inputs.Map]
    remote: _inputs.Text | None
    target: _inputs.Text | None
    type: Required[_inputs.Text]


class InstanceDeviceInitArgs(_sdk.Arguments, of=InstanceDeviceInitArgsDict):
    """The arguments of InstanceDevice as an object."""

    def __init__(self, **given: Unpack[InstanceDeviceInitArgsDict]) -> None:
        super().__init__(given)


class InstanceDevice(lxd.InstanceDevice, module="lxd", name="InstanceDevice"):
    """A device of an instance, apart from the instance's own list."""

    def __init__(
        self,
        resource_name: str,
        args: InstanceDeviceInitArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[InstanceDeviceInitArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(InstanceDeviceInitArgs, args, opts, given))
