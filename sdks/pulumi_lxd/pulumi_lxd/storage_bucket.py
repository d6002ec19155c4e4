"""S3 buckets in LXD storage pools."""

from __future__ import annotations

from typing import Required, TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class StorageBucketArgsDict(TypedDict, total=False):
    """The arguments of StorageBucket."""

    config: _inputs.Map | None
    description: _inputs.Text | None
    name: _inputs.Text | None
    pool: Required[_inputs.Text]
    project: _inputs.Text | None
    remote: _inputs.Text | None
    target: _inputs.Text | None


class StorageBucketArgs(_sdk.Arguments, of=StorageBucketArgsDict):
    """The arguments of StorageBucket as an object."""

    def __init__(self, **given: Unpack[StorageBucketArgsDict]) -> None:
        super().__init__(given)


class StorageBucket(lxd.StorageBucket, module="lxd", name="StorageBucket"):
    """A bucket."""

    def __init__(
        self,
        resource_name: str,
        args: StorageBucketArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[StorageBucketArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(StorageBucketArgs, args, opts, given))
