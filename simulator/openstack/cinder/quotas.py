"""Quotas of a project, and the refusal of what would exceed them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..faults import Fault

if TYPE_CHECKING:
    from .storage import Storage

DEFAULTS = {
    "volumes": 10,
    "per_volume_gigabytes": -1,
    "snapshots": 10,
    "gigabytes": 1000,
    "backups": 10,
    "backup_gigabytes": 1000,
}
CLASS = "default"
"""The one quota class, kept as if it were a project."""
_BY_TYPE = ("volumes", "gigabytes", "snapshots")


def defaults(storage: Storage) -> dict[str, int]:
    """What holds for a project that has no limits of its own; each type has quotas too."""
    types = list(storage.store.types.values())[::-1]
    by_type = {f"{name}_{each.name}": -1 for each in types for name in _BY_TYPE}
    return DEFAULTS | by_type | {"groups": 10} | storage.store.quotas.get(CLASS, {})


def limits(storage: Storage, project: str) -> dict[str, int]:
    """Every limit of a project; -1 is none."""
    return defaults(storage) | storage.store.quotas.get(project, {})


def used(storage: Storage, project: str) -> dict[str, int]:
    """What a project uses of its quotas; snapshots take gigabytes too."""
    count = dict.fromkeys(limits(storage, project), 0)
    names = {each.id: each.name for each in storage.store.types.values()}
    for volume in storage.store.volumes.values():
        if volume.project_id == project:
            kind = names.get(volume.type_id, "")
            _add(count, {"volumes": 1, f"volumes_{kind}": 1, "gigabytes": volume.size, f"gigabytes_{kind}": volume.size})
    for snapshot in storage.store.snapshots.values():
        if snapshot.project_id == project:
            _add(count, {"snapshots": 1, "gigabytes": snapshot.size})
    return count


def _add(count: dict[str, int], more: dict[str, int]) -> None:
    for name, number in more.items():
        count[name] = count.get(name, 0) + number


def require(storage: Storage, project: str, asked: dict[str, int]) -> None:
    """Refuses numbers of `volumes`, `snapshots` and `gigabytes` that exceed the quotas.

    Raises:
        Fault: 413.
    """
    limit, use = limits(storage, project), used(storage, project)
    for name, number in asked.items():
        if 0 <= limit[name] < use[name] + number:
            raise Fault(413, _words(name, number, limit[name], use[name]), {"Retry-After": "0"})


def _words(name: str, number: int, limit: int, use: int) -> str:
    if name == "gigabytes":
        return (
            "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. "
            f"Requested {number}G, quota is {limit}G and {use}G has been consumed."
        )
    kind = name.rstrip("s").capitalize()
    return f"{kind}LimitExceeded: Maximum number of {name} allowed ({limit}) exceeded for quota '{name}'."
