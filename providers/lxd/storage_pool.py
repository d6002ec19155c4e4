"""LXD storage pools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi

from clients import lxd as client

from .._base import Props, is_unknown
from . import _config
from ._cluster import NO_CLUSTER
from ._lxd import LxdResource, identity
from ._object import Body, ObjectInputs, ObjectProvider


class StoragePoolInputs(ObjectInputs):
    """A storage pool; `project` is accepted for the SDK's sake: pools are in no project."""

    driver: str
    project: str | None = None
    member_overrides: dict[str, Any] | None = None


class StoragePoolProvider(ObjectProvider[StoragePoolInputs]):
    """Storage pools; LXD chooses where they are unless it is told."""

    inputs = StoragePoolInputs
    computed = (*ObjectProvider.computed, "members")
    replace_on = frozenset({"name", "driver", "remote"})
    collection = ("storage-pools",)
    filled = _config.Filled("source", "size", "zfs.pool_name", "lvm.vg_name", "lvm.thinpool_name", "volatile.initial_source")
    noun = "storage pool"
    fixed = ("driver",)

    def project(self, inputs: StoragePoolInputs) -> str | None:
        return None

    def key(self, inputs: StoragePoolInputs) -> str:
        return identity(inputs.remote, inputs.name)

    def fresh(self, inputs: StoragePoolInputs) -> Body:
        return {**super().fresh(inputs), "driver": inputs.driver}

    def seen(self, actual: client.Object, old: StoragePoolInputs) -> dict[str, Any]:
        return {**super().seen(actual, old), "driver": actual.body["driver"]}

    def outputs(self, lxd: client.Lxd, actual: client.Object, inputs: StoragePoolInputs) -> dict[str, Any]:
        return {"members": {}}

    def objections(self, lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
        yield from self.refused_where(news, {"member_overrides": NO_CLUSTER})
        drivers = lxd.reach().storage_drivers
        if not is_unknown(news["driver"]) and drivers and news["driver"] not in drivers:
            yield (
                "driver",
                f"LXD at {lxd.remote.where} can't make a pool of {news['driver']!r}; it has {', '.join(sorted(drivers))}",
            )


class StoragePool(LxdResource, module="lxd", name="StoragePool"):
    """A storage pool."""

    provider_class = StoragePoolProvider
    name: pulumi.Output[str]
    driver: pulumi.Output[str]
    description: pulumi.Output[str]
    config: pulumi.Output[dict[str, str]]
    member_overrides: pulumi.Output[dict[str, Any] | None]
    members: pulumi.Output[dict[str, Any]]
    project: pulumi.Output[str | None]
    remote: pulumi.Output[str | None]
