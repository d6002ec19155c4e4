"""Custom volumes in LXD storage pools."""

from __future__ import annotations

from typing import Required, TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class StorageVolumeArgsDict(TypedDict, total=False):
    """The arguments of StorageVolume."""

    config: _inputs.Map | None
    content_type: _inputs.Text | None
    description: _inputs.Text | None
    name: _inputs.Text | None
    pool: Required[_inputs.Text]
    project: _inputs.Text | None
    remote: _inputs.Text | None
    target: _inputs.Text | None
    type: _inputs.Text | None


class StorageVolumeArgs(_sdk.Arguments, of=StorageVolumeArgsDict):
    """The arguments of StorageVolume as an object."""

    def __init__(self, **given: Unpack[StorageVolumeArgsDict]) -> None:
        super().__init__(given)


class StorageVolume(lxd.StorageVolume, module="lxd", name="StorageVolume"):
    """A custom volume."""

    def __init__(
        self,
        resource_name: str,
        args: StorageVolumeArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[StorageVolumeArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(StorageVolumeArgs, args, opts, given))
