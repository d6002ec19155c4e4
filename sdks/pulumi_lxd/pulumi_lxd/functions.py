"""Functions: what a program asks LXD without making anything, under the generated SDK's names.

The results can be awaited, like those of the generated SDK, and need not be.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping
from typing import Any

import pulumi

from providers.lxd import lookups

from . import _inputs

_DEFAULT = "default"


@dataclasses.dataclass(frozen=True, kw_only=True)
class GetImageResult:
    """An image of an LXD server."""

    aliases: list[str]
    architecture: str
    created_at: int
    fingerprint: str
    image: str
    type: str
    project: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GetInfoResult:
    """What a server can do."""

    api_extensions: list[str]
    cluster_members: Mapping[str, Mapping[str, Any]]
    instance_types: list[str]
    remote: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GetInstanceResult:
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
class GetNetworkResult:
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
class GetProfileResult:
    """A profile."""

    config: Mapping[str, str]
    description: str
    name: str
    project: str
    devices: list[Mapping[str, Any]] | None = None
    remote: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GetProjectResult:
    """A project."""

    config: Mapping[str, str]
    description: str
    name: str
    remote: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GetStoragePoolResult:
    """A storage pool."""

    config: Mapping[str, str]
    description: str
    driver: str
    locations: list[str]
    name: str
    status: str
    project: str | None = None
    remote: str | None = None


class AwaitableGetImageResult(GetImageResult):
    """An image of an LXD server. It is there already, and can be awaited all the same."""

    def __await__(self) -> Generator[Any, None, GetImageResult]:
        yield from ()
        return GetImageResult(**vars(self))


class AwaitableGetInfoResult(GetInfoResult):
    """What a server can do. It is there already, and can be awaited all the same."""

    def __await__(self) -> Generator[Any, None, GetInfoResult]:
        yield from ()
        return GetInfoResult(**vars(self))


class AwaitableGetInstanceResult(GetInstanceResult):
    """An instance, as it is now. It is there already, and can be awaited all the same."""

    def __await__(self) -> Generator[Any, None, GetInstanceResult]:
        yield from ()
        return GetInstanceResult(**vars(self))


class AwaitableGetNetworkResult(GetNetworkResult):
    """A network. It is there already, and can be awaited all the same."""

    def __await__(self) -> Generator[Any, None, GetNetworkResult]:
        yield from ()
        return GetNetworkResult(**vars(self))


class AwaitableGetProfileResult(GetProfileResult):
    """A profile. It is there already, and can be awaited all the same."""

    def __await__(self) -> Generator[Any, None, GetProfileResult]:
        yield from ()
        return GetProfileResult(**vars(self))


class AwaitableGetProjectResult(GetProjectResult):
    """A project. It is there already, and can be awaited all the same."""

    def __await__(self) -> Generator[Any, None, GetProjectResult]:
        yield from ()
        return GetProjectResult(**vars(self))


class AwaitableGetStoragePoolResult(GetStoragePoolResult):
    """A storage pool. It is there already, and can be awaited all the same."""

    def __await__(self) -> Generator[Any, None, GetStoragePoolResult]:
        yield from ()
        return GetStoragePoolResult(**vars(self))


def get_image(
    image: str,
    architecture: str | None = None,
    project: str | None = None,
    type: str | None = None,  # noqa: A002 - the SDK says so
    opts: pulumi.InvokeOptions | None = None,
) -> AwaitableGetImageResult:
    """An image of an LXD server."""
    return AwaitableGetImageResult(**lookups.image(opts, image, project, {"architecture": architecture, "type": type}))


def get_image_output(
    image: _inputs.Text,
    architecture: _inputs.Text | None = None,
    project: _inputs.Text | None = None,
    type: _inputs.Text | None = None,  # noqa: A002 - the SDK says so
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[GetImageResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(image=image, architecture=architecture, project=project, type=type)
    return given.apply(lambda known: GetImageResult(**vars(get_image(**known, opts=opts))))


def get_info(remote: str | None = None, opts: pulumi.InvokeOptions | None = None) -> AwaitableGetInfoResult:
    """What a server can do."""
    return AwaitableGetInfoResult(**lookups.info(opts, remote))


def get_info_output(remote: _inputs.Text | None = None, opts: pulumi.InvokeOptions | None = None) -> pulumi.Output[GetInfoResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(remote=remote)
    return given.apply(lambda known: GetInfoResult(**vars(get_info(**known, opts=opts))))


def get_instance(
    name: str, project: str | None = None, remote: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> AwaitableGetInstanceResult:
    """An instance, as it is now."""
    return AwaitableGetInstanceResult(**lookups.instance(opts, remote, name, project or _DEFAULT))


def get_instance_output(
    name: _inputs.Text,
    project: _inputs.Text | None = None,
    remote: _inputs.Text | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[GetInstanceResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(name=name, project=project, remote=remote)
    return given.apply(lambda known: GetInstanceResult(**vars(get_instance(**known, opts=opts))))


def get_network(
    name: str, project: str | None = None, remote: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> AwaitableGetNetworkResult:
    """A network."""
    return AwaitableGetNetworkResult(**lookups.network(opts, remote, name, project or _DEFAULT))


def get_network_output(
    name: _inputs.Text,
    project: _inputs.Text | None = None,
    remote: _inputs.Text | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[GetNetworkResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(name=name, project=project, remote=remote)
    return given.apply(lambda known: GetNetworkResult(**vars(get_network(**known, opts=opts))))


def get_profile(
    name: str, project: str | None = None, remote: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> AwaitableGetProfileResult:
    """A profile."""
    return AwaitableGetProfileResult(**lookups.profile(opts, remote, name, project or _DEFAULT))


def get_profile_output(
    name: _inputs.Text,
    project: _inputs.Text | None = None,
    remote: _inputs.Text | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[GetProfileResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(name=name, project=project, remote=remote)
    return given.apply(lambda known: GetProfileResult(**vars(get_profile(**known, opts=opts))))


def get_project(name: str, remote: str | None = None, opts: pulumi.InvokeOptions | None = None) -> AwaitableGetProjectResult:
    """A project."""
    return AwaitableGetProjectResult(**lookups.project(opts, remote, name))


def get_project_output(
    name: _inputs.Text, remote: _inputs.Text | None = None, opts: pulumi.InvokeOptions | None = None
) -> pulumi.Output[GetProjectResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(name=name, remote=remote)
    return given.apply(lambda known: GetProjectResult(**vars(get_project(**known, opts=opts))))


def get_storage_pool(
    name: str, project: str | None = None, remote: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> AwaitableGetStoragePoolResult:
    """A storage pool."""
    return AwaitableGetStoragePoolResult(**lookups.storage_pool(opts, remote, name, project))


def get_storage_pool_output(
    name: _inputs.Text,
    project: _inputs.Text | None = None,
    remote: _inputs.Text | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[GetStoragePoolResult]:
    """The same, of values that are not known yet."""
    given = pulumi.Output.all(name=name, project=project, remote=remote)
    return given.apply(lambda known: GetStoragePoolResult(**vars(get_storage_pool(**known, opts=opts))))
