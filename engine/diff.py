"""What has changed: a provider's answer, or the engine's own comparison of inputs."""

from __future__ import annotations

import contextlib
import dataclasses
import enum
from typing import Any

from engine import property_path, values

_INVERSE = {"add": "delete", "delete": "add", "add-replace": "delete-replace", "delete-replace": "add-replace"}


class Changes(enum.Enum):
    """A provider's verdict."""

    UNKNOWN = 0
    NONE = 1
    SOME = 2


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Diff:
    """A comparison; keys are top-level property names, paths go deeper."""

    changes: Changes
    replace_keys: list[str] = dataclasses.field(default_factory=list)
    changed_keys: list[str] = dataclasses.field(default_factory=list)
    detailed: dict[str, str] | None = None
    """Path → add, update or delete, with ``-replace`` where that needs a new object."""
    delete_before_replace: bool = False

    @property
    def replace(self) -> bool:
        """Whether the resource must be made anew."""
        detailed = self.detailed or {}
        return bool(self.replace_keys) or any(kind.endswith("replace") for kind in detailed.values())

    def inverted(self) -> Diff:
        """Returns the diff seen from the other side."""
        if self.detailed is None:
            return self
        return dataclasses.replace(self, detailed={p: _INVERSE.get(k, k) for p, k in self.detailed.items()})


NO_CHANGE = Diff(changes=Changes.NONE)
SOME_CHANGE = Diff(changes=Changes.SOME)


def replacement(key: str) -> Diff:
    """Returns a diff that asks for a replacement because of ``key``."""
    return Diff(changes=Changes.SOME, replace_keys=[key])


def compare_inputs(old: values.PropertyMap, new: values.PropertyMap) -> Diff:
    """Compares inputs in place of a provider that can't; secrets count by what they hide."""
    olds, news = values.reveal(old), values.reveal(new)
    changed = values.changed_keys(olds, news)
    if not changed:
        return NO_CHANGE
    detailed: dict[str, str] = {}
    for key in changed:
        _collect(_step(key), olds.get(key), news.get(key), detailed)
    return Diff(changes=Changes.SOME, changed_keys=changed, detailed=detailed)


def _collect(path: str, old: Any, new: Any, found: dict[str, str]) -> None:
    if old is None or new is None:
        found[path] = "add" if old is None else "delete"
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in values.changed_keys(old, new):
            _collect(path + _step(key, nested=True), old.get(key), new.get(key), found)
    elif isinstance(old, list) and isinstance(new, list):
        _collect_items(path, old, new, found)
    else:
        found[path] = "update"


def _collect_items(path: str, old: list[Any], new: list[Any], found: dict[str, str]) -> None:
    shared = min(len(old), len(new))
    for index in range(shared):
        if not values.equal(old[index], new[index]):
            _collect(f"{path}[{index}]", old[index], new[index], found)
    found.update({f"{path}[{index}]": "add" for index in range(shared, len(new))})
    found.update({f"{path}[{index}]": "delete" for index in range(shared, len(old))})


def _step(key: str, *, nested: bool = False) -> str:
    if not all(c == "_" or (c.isascii() and c.isalnum()) for c in key):
        return '["' + key.replace('"', '\\"') + '"]'
    return f".{key}" if nested else key


def apply_replace_on_changes(diff: Diff, patterns: list[str]) -> Diff:
    """Turns changes at ``patterns`` into reasons for a replacement."""
    if diff.changes is not Changes.SOME or not patterns:
        return diff
    wanted = [property_path.parse(pattern) for pattern in patterns]

    def covered(path: str) -> bool:
        with contextlib.suppress(ValueError):
            return any(property_path.covers(p, property_path.parse(path)) for p in wanted)
        return False

    detailed = diff.detailed
    if detailed is not None:
        detailed = {p: _replacing(k) if covered(p) else k for p, k in detailed.items()}
    keys = {*diff.replace_keys, *filter(covered, diff.changed_keys)}
    return dataclasses.replace(diff, detailed=detailed, replace_keys=sorted(keys))


def _replacing(kind: str) -> str:
    return kind if kind.endswith("replace") else f"{kind}-replace"
