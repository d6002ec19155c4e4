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


class Storage:
    """Reads storage."""

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


def _instance(details: Mapping[str, Any]) -> StorageInstance:
    storage, info = details["storage"], details.get("info") or {}
    name, _, number = storage["storage-tag"].removeprefix("storage-").rpartition("-")
    owner, _, unit = str(storage.get("owner-tag") or "").removeprefix("unit-").rpartition("-")
    return StorageInstance(
        id=f"{name}/{number}", name=name, unit=f"{owner}/{unit}", pool=info.get("pool") or "", size=int(info.get("size") or 0)
    )
