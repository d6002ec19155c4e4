"""LXD profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class ProfileArgsDict(TypedDict, total=False):
    """The arguments of Profile."""

    config: _inputs.Map | None
    description: _inputs.Text | None
    devices: pulumi.Input[Sequence[pulumi.Input[_inputs.ProfileDeviceArgs] | Mapping[str, object]]] | None
    name: _inputs.Text | None
    project: _inputs.Text | None
    remote: _inputs.Text | None


class ProfileArgs(_sdk.Arguments, of=ProfileArgsDict):
    """The arguments of Profile as an object."""

    def __init__(self, **given: Unpack[ProfileArgsDict]) -> None:
        super().__init__(given)


class Profile(lxd.Profile, module="lxd", name="Profile"):
    """A profile: config and devices that instances share."""

    def __init__(
        self,
        resource_name: str,
        args: ProfileArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[ProfileArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(ProfileArgs, args, opts, given))
