"""Custom volumes in LXD's storage pools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pulumi

from clients import lxd as client

from .._base import Props
from . import _config
from ._cluster import NO_CLUSTER
from ._lxd import DEFAULT_PROJECT, LxdResource, identity
from ._object import Body, ObjectInputs, ObjectProvider


class StorageVolumeInputs(ObjectInputs):
    """A volume."""

    pool: str
    type: Literal["custom"] = "custom"
    content_type: Literal["filesystem", "block"] = "filesystem"
    target: str | None = None
    project: str = DEFAULT_PROJECT


class StorageVolumeProvider(ObjectProvider[StorageVolumeInputs]):
    """Custom volumes."""

    inputs = StorageVolumeInputs
    computed = (*ObjectProvider.computed, "location")
    replace_on = frozenset({"name", "pool", "type", "content_type", "project", "target", "remote"})
    filled = _config.Filled("block.*")
    noun = "storage volume"
    fixed = ("content_type",)

    def home(self, inputs: StorageVolumeInputs) -> tuple[str, ...]:
        return ("storage-pools", inputs.pool, "volumes", inputs.type)

    def key(self, inputs: StorageVolumeInputs) -> str:
        return identity(inputs.remote, inputs.project, inputs.pool, inputs.name)

    def fresh(self, inputs: StorageVolumeInputs) -> Body:
        return {**super().fresh(inputs), "type": inputs.type, "content_type": inputs.content_type}

    def seen(self, actual: client.Object, old: StorageVolumeInputs) -> dict[str, Any]:
        return {**super().seen(actual, old), "content_type": actual.body.get("content_type") or "filesystem"}

    def outputs(self, lxd: client.Lxd, actual: client.Object, inputs: StorageVolumeInputs) -> dict[str, Any]:
        return {"location": str(actual.body.get("location") or "")}

    def objections(self, lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
        yield from self.refused_where(news, {"target": NO_CLUSTER})


class StorageVolume(LxdResource, module="lxd", name="StorageVolume"):
    """A volume."""

    provider_class = StorageVolumeProvider
    name: pulumi.Output[str]
    pool: pulumi.Output[str]
    type: pulumi.Output[str]
    content_type: pulumi.Output[str]
    description: pulumi.Output[str]
    config: pulumi.Output[dict[str, str]]
    location: pulumi.Output[str]
    target: pulumi.Output[str | None]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]
