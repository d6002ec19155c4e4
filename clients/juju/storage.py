"""Storage that the units of a model have."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from . import naming, replies

_KINDS: Final = ("ListVolumes", "ListFilesystems")


@dataclasses.dataclass(frozen=True, kw_only=True)
class StorageInstance:
    """One storage of a unit.

    Attributes:
        id: such as `osd-devices/0`.
        name: the charm's for it.
        unit: whose it is.
        pool: where it comes from.
        size: in MiB.
    """

    id: str
    name: str
    unit: str
    pool: str
    size: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class StoragePool:
    """Where storage comes from: a provider, such as maas or loop, with settings."""

    name: str
    provider: str
    attributes: Mapping[str, Any]


class Storage:
    """Reads storage; makes, changes and removes the pools that it comes from."""

    def __init__(self, call: replies.Call) -> None:
        self._call = call

    def of(self, application: str) -> list[StorageInstance]:
        """What an application's units have, by id; a filesystem on a volume counts once."""
        found: dict[str, StorageInstance] = {}
        for method in _KINDS:
            result = replies.first(self._call("Storage", method, {"filters": [{}]}), f"listing the storage of {application}")
            instances = [_instance(details) for details in result.get("result") or [] if details.get("storage")]
            found.update({i.id: i for i in instances if naming.application_of(i.unit) == application})
        return sorted(found.values(), key=lambda i: (i.name, int(i.id.rpartition("/")[2])))

    def pools(self) -> list[StoragePool]:
        """The pools of the model, Juju's own included."""
        result = replies.first(
            self._call("Storage", "ListPools", {"filters": [{"names": [], "providers": []}]}), "listing the pools"
        )
        return [
            StoragePool(name=pool["name"], provider=pool["provider"], attributes=dict(pool.get("attrs") or {}))
            for pool in result.get("storage-pools") or []
        ]

    def create_pool(self, pool: StoragePool) -> None:
        """Makes a pool."""
        replies.first(self._call("Storage", "CreatePool", {"pools": [_wire(pool)]}), f"the storage pool {pool.name}")

    def update_pool(self, pool: StoragePool) -> None:
        """Gives a pool other settings; storage that came from it stays as it is."""
        replies.first(
            self._call("Storage", "UpdatePool", {"pools": [_wire(pool)]}), f"the change of the storage pool {pool.name}"
        )

    def remove_pool(self, name: str) -> None:
        """Removes a pool."""
        reply = self._call("Storage", "RemovePool", {"pools": [{"name": name}]})
        replies.first(reply, f"the removal of the storage pool {name}")


def _wire(pool: StoragePool) -> dict[str, Any]:
    return {"name": pool.name, "provider": pool.provider, "attrs": dict(pool.attributes)}


def _instance(details: Mapping[str, Any]) -> StorageInstance:
    storage, info = details["storage"], details.get("info") or {}
    name, _, number = storage["storage-tag"].removeprefix("storage-").rpartition("-")
    owner, _, unit = str(storage.get("owner-tag") or "").removeprefix("unit-").rpartition("-")
    return StorageInstance(
        id=f"{name}/{number}", name=name, unit=f"{owner}/{unit}", pool=info.get("pool") or "", size=int(info.get("size") or 0)
    )
