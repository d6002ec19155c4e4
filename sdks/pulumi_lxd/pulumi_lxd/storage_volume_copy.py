"""Custom volumes that begin as a copy."""

from __future__ import annotations

from typing import Required, TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class StorageVolumeCopyArgsDict(TypedDict, total=False):
    """The arguments of StorageVolumeCopy."""

    name: _inputs.Text | None
    pool: Required[_inputs.Text]
    project: _inputs.Text | None
    remote: _inputs.Text | None
    source_name: Required[_inputs.Text]
    source_pool: Required[_inputs.Text]
    source_project: _inputs.Text | None
    source_remote: _inputs.Text | None
    target: _inputs.Text | None


class StorageVolumeCopyArgs(_sdk.Arguments, of=StorageVolumeCopyArgsDict):
    """The arguments of StorageVolumeCopy as an object."""

    def __init__(self, **given: Unpack[StorageVolumeCopyArgsDict]) -> None:
        super().__init__(given)


class StorageVolumeCopy(lxd.StorageVolumeCopy, module="lxd", name="StorageVolumeCopy"):
    """A custom volume that begins as a copy of another."""

    def __init__(
        self,
        resource_name: str,
        args: StorageVolumeCopyArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[StorageVolumeCopyArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(StorageVolumeCopyArgs, args, opts, given))
