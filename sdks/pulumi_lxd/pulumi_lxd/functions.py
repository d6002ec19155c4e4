"""Functions: what a program asks LXD without making anything, under the generated SDK's names.

The results can be awaited, like those of the generated SDK, and need not be.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping
from typing import Any, Self

import pulumi

from providers.lxd import lookups

from . import _inputs

_DEFAULT = "default"


class _Result:
    """An answer that is there already and can be awaited all the same."""

    def __await__(self) -> Generator[Any, None, Self]:
        yield from ()
        return self


@dataclasses.dataclass(frozen=True, kw_only=True)
class GetImageResult(_Result):
    """An image of an LXD server."""

    aliases: list[str]
    architecture: str
    created_at: int
    fingerprint: str
    image: str
    type: str
    project: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GetInfoResult(_Result):
    """What a server can do."""

    api_extensions: list[str]
    cluster_members: Mapping[str, Mapping[str, Any]]
    instance_types: list[str]
    remote: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GetInstanceResult(_Result):
    """An instance, as it is now."""

    config: Mapping[str, str]
    description: str
    devices: Mapping[str, Mapping[str, Any]]
    ephemeral: bool
    interfaces: Mapping[str, Mapping[str, Any]]
    ipv4_address: str
    ipv6_address: str
    location: str
    mac_address: str
    name: str
    profiles: list[str]
    running: bool
    status: str
    type: str
    project: str | None = None
    remote: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GetNetworkResult(_Result):
    """A network."""

    config: Mapping[str, str]
    description: str
    ipv4_address: str
    ipv6_address: str
    managed: bool
    name: str
    project: str
    type: str
    remote: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GetProfileResult(_Result):
    """A profile."""

    config: Mapping[str, str]
    description: str
    name: str
    project: str
    devices: list[Mapping[str, Any]] | None = None
    remote: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GetProjectResult(_Result):
    """A project."""

    config: Mapping[str, str]
    description: str
    name: str
    remote: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GetStoragePoolResult(_Result):
    """A storage pool."""

    config: Mapping[str, str]
    description: str
    driver: str
    locations: list[str]
    name: str
    status: str
    project: str | None = None
    remote: str | None = None


def get_image(
    image: str,
    architecture: str | None = None,
    project: str | None = None,
    type: str | None = None,  # noqa: A002 - the SDK says so
    opts: pulumi.InvokeOptions | None = None,
) -> GetImageResult:
    """An image of an LXD server."""
    return GetImageResult(**lookups.image(lookups.remotes(opts), image, project, {"architecture": architecture, "type": type}))


def get_image_output(
    image: _inputs.Text,
    architecture: _inputs.Text | None = None,
    project: _inputs.Text | None = None,
    type: _inputs.Text | None = None,  # noqa: A002 - the SDK says so
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[GetImageResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(image=image, architecture=architecture, project=project, type=type)
    return given.apply(lambda known: get_image(**known, opts=opts))


def get_info(remote: str | None = None, opts: pulumi.InvokeOptions | None = None) -> GetInfoResult:
    """What a server can do."""
    return GetInfoResult(**lookups.info(lookups.remotes(opts), remote))


def get_info_output(remote: _inputs.Text | None = None, opts: pulumi.InvokeOptions | None = None) -> pulumi.Output[GetInfoResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(remote=remote)
    return given.apply(lambda known: get_info(**known, opts=opts))


def get_instance(
    name: str, project: str | None = None, remote: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> GetInstanceResult:
    """An instance, as it is now."""
    return GetInstanceResult(**lookups.instance(lookups.remotes(opts), remote, name, project or _DEFAULT))


def get_instance_output(
    name: _inputs.Text,
    project: _inputs.Text | None = None,
    remote: _inputs.Text | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[GetInstanceResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(name=name, project=project, remote=remote)
    return given.apply(lambda known: get_instance(**known, opts=opts))


def get_network(
    name: str, project: str | None = None, remote: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> GetNetworkResult:
    """A network."""
    return GetNetworkResult(**lookups.network(lookups.remotes(opts), remote, name, project or _DEFAULT))


def get_network_output(
    name: _inputs.Text,
    project: _inputs.Text | None = None,
    remote: _inputs.Text | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[GetNetworkResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(name=name, project=project, remote=remote)
    return given.apply(lambda known: get_network(**known, opts=opts))


def get_profile(
    name: str, project: str | None = None, remote: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> GetProfileResult:
    """A profile."""
    return GetProfileResult(**lookups.profile(lookups.remotes(opts), remote, name, project or _DEFAULT))


def get_profile_output(
    name: _inputs.Text,
    project: _inputs.Text | None = None,
    remote: _inputs.Text | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[GetProfileResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(name=name, project=project, remote=remote)
    return given.apply(lambda known: get_profile(**known, opts=opts))


def get_project(name: str, remote: str | None = None, opts: pulumi.InvokeOptions | None = None) -> GetProjectResult:
    """A project."""
    return GetProjectResult(**lookups.project(lookups.remotes(opts), remote, name))


def get_project_output(
    name: _inputs.Text, remote: _inputs.Text | None = None, opts: pulumi.InvokeOptions | None = None
) -> pulumi.Output[GetProjectResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(name=name, remote=remote)
    return given.apply(lambda known: get_project(**known, opts=opts))


def get_storage_pool(
    name: str, project: str | None = None, remote: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> GetStoragePoolResult:
    """A storage pool."""
    return GetStoragePoolResult(**lookups.storage_pool(lookups.remotes(opts), remote, name, project))


def get_storage_pool_output(
    name: _inputs.Text,
    project: _inputs.Text | None = None,
    remote: _inputs.Text | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[GetStoragePoolResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(name=name, project=project, remote=remote)
    return given.apply(lambda known: get_storage_pool(**known, opts=opts))
