"""Whether an answer of the simulator is the recorded one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .names import IDENTIFIER, Names

HEADERS = ("Content-Type", "X-Content-Type-Options", "X-LXD-type", "X-LXD-mode", "X-LXD-uid", "X-LXD-gid")
MEASURED = frozenset(
    {
        "bytes_received",
        "bytes_sent",
        "packets_received",
        "packets_sent",
        "pid",
        "processes",
        "server_pid",
        "speed",
        "usage",
        "usage_peak",
        "used",
    }
)
"""Fields whose number is measured: only its kind is compared."""


def differences(recorded: dict[str, Any], ours: dict[str, Any], names: Names) -> list[str]:
    """What differs between two answers ({"status", "headers", "body"}); empty when nothing does."""
    found = []
    if recorded["status"] != ours["status"]:
        found.append(f"status {ours['status']}, recorded {recorded['status']}")
    tags = [_lower(answer["headers"]).get("etag") for answer in (recorded, ours)]
    if recorded["body"] == ours["body"] and tags[0] != tags[1]:
        found.append(f"header etag of the same body: {tags[1]}, recorded {tags[0]}")
    found += _headers(_lower(recorded["headers"]), _lower(ours["headers"]), names)
    return found + list(_values(recorded["body"], ours["body"], "body", names))


def _headers(recorded: dict[str, str], ours: dict[str, str], names: Names) -> Iterator[str]:
    for header in map(str.lower, HEADERS):
        if recorded.get(header) != ours.get(header):
            yield f"header {header}: {ours.get(header)}, recorded {recorded.get(header)}"
    for header in ("etag", "location"):
        pair = recorded.get(header), ours.get(header)
        if (pair[0] is None) != (pair[1] is None) or (pair[0] and pair[1] and not names.same_text(pair[0], pair[1])):
            yield f"header {header}: {pair[1]}, recorded {pair[0]}"


def _values(recorded: Any, ours: Any, path: str, names: Names) -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(ours, dict):
        yield from _objects(recorded, ours, path, names)
    elif isinstance(recorded, list) and isinstance(ours, list):
        yield from _lists(recorded, ours, path, names)
    elif isinstance(recorded, str) and isinstance(ours, str):
        if not names.same_text(recorded, ours) and path.rsplit(".", 1)[-1] not in MEASURED:
            yield f"{path}: {ours!r}, recorded {recorded!r}"
    elif type(recorded) is not type(ours) or (recorded != ours and path.rsplit(".", 1)[-1] not in MEASURED):
        yield f"{path}: {ours!r}, recorded {recorded!r}"


def _objects(recorded: dict[str, Any], ours: dict[str, Any], path: str, names: Names) -> Iterator[str]:
    for key in sorted(recorded.keys() | ours.keys()):
        if key not in recorded or key not in ours:
            where = "is not recorded" if key in ours else "is missing"
            yield f"{path}.{key} {where}"
        else:
            yield from _values(recorded[key], ours[key], f"{path}.{key}", names)


def _lists(recorded: list[Any], ours: list[Any], path: str, names: Names) -> Iterator[str]:
    if len(recorded) != len(ours):
        yield f"{path}: {len(ours)} items {ours!r}, recorded {len(recorded)} {recorded!r}"
        return
    left = list(ours)
    for at, item in enumerate(recorded):
        mine = left[0]
        if IDENTIFIER.search(str(item)):  # the server sorts by names that differ from run to run
            mine = next((other for other in left if not list(_values(item, other, path, Trial(names)))), left[0])
        left.remove(mine)
        yield from _values(item, mine, f"{path}[{at}]", names)


class Trial(Names):
    """Pairs names on trial: what it learns is forgotten."""

    def __init__(self, names: Names) -> None:
        super().__init__(names._certificates)
        self._ours = dict(names._ours)
        self._recorded = dict(names._recorded)


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
