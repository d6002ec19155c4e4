"""LXD projects."""

from __future__ import annotations

from typing import TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class ProjectArgsDict(TypedDict, total=False):
    """The arguments of Project."""

    config: _inputs.Map | None
    description: _inputs.Text | None
    name: _inputs.Text | None
    remote: _inputs.Text | None


class ProjectArgs(_sdk.Arguments, of=ProjectArgsDict):
    """The arguments of Project as an object."""

    def __init__(self, **given: Unpack[ProjectArgsDict]) -> None:
        super().__init__(given)


class Project(lxd.Project, module="lxd", name="Project"):
    """A project: instances, profiles, images and networks of its own."""

    def __init__(
        self,
        resource_name: str,
        args: ProjectArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[ProjectArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(ProjectArgs, args, opts, given))
