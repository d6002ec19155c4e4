"""Keys to S3 buckets in LXD storage pools."""

from __future__ import annotations

from typing import Required, TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class StorageBucketKeyArgsDict(TypedDict, total=False):
    """The arguments of StorageBucketKey."""

    bucket: Required[_inputs.Text]
    description: _inputs.Text | None
    name: _inputs.Text | None
    pool: Required[_inputs.Text]
    project: _inputs.Text | None
    remote: _inputs.Text | None
    role: _inputs.Text | None


class StorageBucketKeyArgs(_sdk.Arguments, of=StorageBucketKeyArgsDict):
    """The arguments of StorageBucketKey as an object."""

    def __init__(self, **given: Unpack[StorageBucketKeyArgsDict]) -> None:
        super().__init__(given)


class StorageBucketKey(lxd.StorageBucketKey, module="lxd", name="StorageBucketKey"):
    """A key to a bucket."""

    def __init__(
        self,
        resource_name: str,
        args: StorageBucketKeyArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[StorageBucketKeyArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(StorageBucketKeyArgs, args, opts, given))
