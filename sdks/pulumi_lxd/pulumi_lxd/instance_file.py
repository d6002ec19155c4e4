"""Single files in LXD instances."""

from __future__ import annotations

from typing import Required, TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class InstanceFileInitArgsDict(TypedDict, total=False):
    """The arguments of InstanceFile."""

    append: _inputs.Flag | None
    content: _inputs.Text | None
    create_directories: _inputs.Flag | None
    gid: _inputs.Number | None
    instance: Required[_inputs.Text]
    mode: _inputs.Text | None
    project: _inputs.Text | None
    remote: _inputs.Text | None
    source_path: _inputs.Text | None
    target_path: Required[_inputs.Text]
    uid: _inputs.Number | None


class InstanceFileInitArgs(_sdk.Arguments, of=InstanceFileInitArgsDict):
    """The arguments of InstanceFile as an object."""

    def __init__(self, **given: Unpack[InstanceFileInitArgsDict]) -> None:
        super().__init__(given)


class InstanceFile(lxd.InstanceFile, module="lxd", name="InstanceFile"):
    """A file inside an instance."""

    def __init__(
        self,
        resource_name: str,
        args: InstanceFileInitArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[InstanceFileInitArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(InstanceFileInitArgs, args, opts, given))
