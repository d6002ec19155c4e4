"""Snapshots of LXD instances."""

from __future__ import annotations

from typing import Required, TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class InstanceSnapshotArgsDict(TypedDict, total=False):
    """The arguments of InstanceSnapshot."""

    instance: Required[_inputs.Text]
    name: _inputs.Text | None
    project: _inputs.Text | None
    remote: _inputs.Text | None
    stateful: _inputs.Flag | None


class InstanceSnapshotArgs(_sdk.Arguments, of=InstanceSnapshotArgsDict):
    """The arguments of InstanceSnapshot as an object."""

    def __init__(self, **given: Unpack[InstanceSnapshotArgsDict]) -> None:
        super().__init__(given)


class InstanceSnapshot(lxd.InstanceSnapshot, module="lxd", name="InstanceSnapshot"):
    """A snapshot of an instance."""

    def __init__(
        self,
        resource_name: str,
        args: InstanceSnapshotArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[InstanceSnapshotArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(InstanceSnapshotArgs, args, opts, given))
