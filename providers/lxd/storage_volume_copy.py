"""Custom volumes that begin as a copy of another one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi

from clients import lxd as client

from .._base import Props
from ._cluster import NO_CLUSTER
from ._lxd import InProject, LxdResource, identity
from ._object import Body, ObjectProvider

ONE_SERVER = "volumes are copied within one server; leave source_remote out, or name the same server"


class StorageVolumeCopyInputs(InProject):
    """A copy, and what it is a copy of."""

    name: str
    pool: str
    source_name: str
    source_pool: str
    source_project: str = "default"
    source_remote: str | None = None
    target: str | None = None


class StorageVolumeCopyProvider(ObjectProvider[StorageVolumeCopyInputs]):
    """Copies: whether one is there is all that is compared, since it goes its own way from then on."""

    inputs = StorageVolumeCopyInputs
    replace_on = frozenset(StorageVolumeCopyInputs.model_fields)
    noun = "storage volume"
    configurable = False

    def home(self, inputs: StorageVolumeCopyInputs) -> tuple[str, ...]:
        return ("storage-pools", inputs.pool, "volumes", "custom")

    def key(self, inputs: StorageVolumeCopyInputs) -> str:
        return identity(inputs.remote, inputs.project, inputs.pool, inputs.name)

    def editable(self, inputs: StorageVolumeCopyInputs) -> Body:
        return {}

    def fresh(self, inputs: StorageVolumeCopyInputs) -> Body:
        place = {"pool": inputs.source_pool, "name": inputs.source_name, "project": inputs.source_project}
        return {"name": inputs.name, "type": "custom", "source": {"type": "copy", **place}}

    def seen(self, actual: client.Object, old: StorageVolumeCopyInputs) -> dict[str, Any]:
        return {}

    def objections(self, lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
        yield from self.refused_where(news, {"target": NO_CLUSTER})
        source = news.get("source_remote")
        if isinstance(source, str) and self.lxd(source).remote.where != lxd.remote.where:
            yield "source_remote", ONE_SERVER

    def _put_back(self, actual: client.Object) -> Body:
        return {}

    def _give_back(self, lxd: client.Lxd, inputs: StorageVolumeCopyInputs, before: Any) -> None:
        """Nothing of an adopted volume was changed."""


class StorageVolumeCopy(LxdResource, module="lxd", name="StorageVolumeCopy"):
    """A copy of a volume."""

    provider_class = StorageVolumeCopyProvider
    name: pulumi.Output[str]
    pool: pulumi.Output[str]
    source_name: pulumi.Output[str]
    source_pool: pulumi.Output[str]
    source_project: pulumi.Output[str]
    source_remote: pulumi.Output[str | None]
    target: pulumi.Output[str | None]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]
