"""Quotas of a project: the limits, what is used of them, and the refusal of what would exceed them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..faults import forbidden

if TYPE_CHECKING:
    from .compute import Compute
    from .records import Flavor

DEFAULTS = {
    "cores": 20,
    "fixed_ips": -1,
    "floating_ips": -1,
    "injected_file_content_bytes": 10240,
    "injected_file_path_bytes": 255,
    "injected_files": 5,
    "instances": 10,
    "key_pairs": 100,
    "metadata_items": 128,
    "ram": 51200,
    "security_group_rules": -1,
    "security_groups": -1,
    "server_group_members": 10,
    "server_groups": 10,
}
CLASS = "default"
"""The one quota class, kept as if it were a project."""
_NETWORK = frozenset({"fixed_ips", "floating_ips", "security_group_rules", "security_groups"})
_INJECTED = frozenset({"injected_file_content_bytes", "injected_file_path_bytes", "injected_files"})
NETWORK_UNTIL, INJECTED_UNTIL = 35, 56


def names(version: int) -> list[str]:
    """The quotas that a version knows."""
    hidden = (_NETWORK if version > NETWORK_UNTIL else frozenset()) | (_INJECTED if version > INJECTED_UNTIL else frozenset())
    return [name for name in DEFAULTS if name not in hidden]


def defaults(compute: Compute) -> dict[str, int]:
    """What holds for a project that has no limits of its own: Nova's defaults, changed by the quota class."""
    return DEFAULTS | compute.store.quotas.get(CLASS, {})


def limits(compute: Compute, project: str) -> dict[str, int]:
    """Every limit of a project; -1 is none."""
    return defaults(compute) | compute.store.quotas.get(project, {})


def used(compute: Compute, project: str) -> dict[str, int]:
    """What a project uses of its quotas."""
    servers = [each for each in compute.store.servers.values() if each.project_id == project]
    count = dict.fromkeys(DEFAULTS, 0)
    return count | {
        "instances": len(servers),
        "cores": sum(each.flavor.vcpus for each in servers),
        "ram": sum(each.flavor.ram for each in servers),
        "server_groups": sum(each.project_id == project for each in compute.store.groups.values()),
    }


def require(compute: Compute, project: str, flavor: Flavor, count: int = 1) -> None:
    """Refuses servers that the project's quotas have no room for.

    Raises:
        Fault: 403.
    """
    asked = {"instances": count, "cores": count * flavor.vcpus, "ram": count * flavor.ram}
    require_room(compute, project, asked)


def require_room(compute: Compute, project: str, asked: dict[str, int]) -> None:
    """Refuses numbers that exceed the quotas.

    Raises:
        Fault: 403.
    """
    limit, use = limits(compute, project), used(compute, project)
    over = sorted(name for name, number in asked.items() if number > 0 and 0 <= limit[name] < use[name] + number)
    if over:
        wanted, taken, most = (", ".join(str(each[name]) for name in over) for each in (asked, use, limit))
        every = ", ".join(over)
        raise forbidden(f"Quota exceeded for {every}: Requested {wanted}, but already used {taken} of {most} {every}")
