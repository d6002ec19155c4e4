"""Property paths such as ``tags.owner``, ``items[0]``, ``["odd name"]`` and ``*``."""

from __future__ import annotations

import re
from typing import Any

from engine import values

Path = tuple[str | int, ...]

_STEP = re.compile(
    r"""\[ (?: "(?P<quoted>(?:\\"|[^"])*)" | (?P<star>\*) | (?P<index>-?\d+) ) \]   # ["name"] [*] [0]
      | \.? (?P<name>[^.\[]+)                                                       # .name""",
    re.VERBOSE,
)


def parse(text: str) -> Path:
    """Parses a path; raises ``ValueError`` that shows where it breaks off."""
    if text.startswith("."):
        raise ValueError(f"property path {text!r}: expected a name or an index at the start")
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        found = _STEP.match(text, position)
        if not found:
            raise ValueError(f"property path {text!r}: cannot read {text[position:]!r}")
        if found["quoted"] is not None:
            steps.append(found["quoted"].replace('\\"', '"'))
        elif found["index"] is not None:
            steps.append(int(found["index"]))
        else:
            steps.append(found["star"] or found["name"])
        position = found.end()
    return tuple(steps)


def covers(outer: Path, inner: Path) -> bool:
    """Tells whether ``outer`` names ``inner`` or something around it; ``*`` names anything."""
    return len(inner) >= len(outer) and all(o in ("*", i) for o, i in zip(outer, inner, strict=False))


def reset_ignored(
    inputs: values.PropertyMap, olds: values.PropertyMap, ignored: list[str]
) -> tuple[values.PropertyMap, list[str]]:
    """Puts old values back at the paths whose changes are to be ignored.

    Returns:
        The new inputs, and those paths that could not be applied because an element on the way
        was added or removed.
    """
    result = values.copy_value(inputs)
    failed = []
    for text in ignored:
        try:
            path = parse(text)
        except ValueError:
            continue
        if not _reset(path, olds, result, hidden=False):
            failed.append(text)
    return result, failed


def _open(value: Any) -> tuple[Any, bool]:
    return (value.value, True) if isinstance(value, values.Secret) else (value, False)


def _reset(path: Path, old: Any, new: Any, *, hidden: bool) -> bool:
    """Copies ``old`` over ``new`` at ``path``; ``hidden`` when only the old side is secret here."""
    if not path:
        return False
    old, old_secret = _open(old)
    new, new_secret = _open(new)
    hidden = (hidden or old_secret) and not new_secret
    if path[0] == "*":
        return _reset_all(path, old, new, hidden=hidden)
    if isinstance(path[0], int):
        return _reset_item(path, old, new, hidden=hidden)
    return _reset_key(path, old, new, hidden=hidden)


def _kept(value: Any, hidden: bool) -> Any:
    return values.secret(value) if hidden else value


def _reset_key(path: Path, old: Any, new: Any, *, hidden: bool) -> bool:
    key = path[0]
    if len(path) == 1:
        if isinstance(old, dict) and key in old:
            if not isinstance(new, dict):
                return False
            new[key] = _kept(old[key], hidden)
        elif isinstance(new, dict):
            new.pop(key, None)
        return True
    if not isinstance(old, dict) or not isinstance(new, dict):
        return not isinstance(old, dict) and not isinstance(new, dict)
    if key in old and key not in new:
        return False
    if key not in old and key not in new:
        return True
    return _reset(path[1:], old.get(key), new[key], hidden=hidden)


def _reset_item(path: Path, old: Any, new: Any, *, hidden: bool) -> bool:
    index = path[0]
    if not isinstance(index, int) or index < 0:
        return False
    if not isinstance(old, list) or not isinstance(new, list):
        return not isinstance(old, list) and not isinstance(new, list)
    if index >= len(old) or index >= len(new):
        return len(path) == 1 and index >= len(old) and index >= len(new)
    if len(path) > 1:
        return _reset(path[1:], old[index], new[index], hidden=hidden)
    new[index] = _kept(old[index], hidden)
    return True


def _reset_all(path: Path, old: Any, new: Any, *, hidden: bool) -> bool:
    if len(path) == 1:
        return _reset_whole(old, new, hidden=hidden)
    if isinstance(old, dict) and isinstance(new, dict):
        return all(k in new and _reset(path[1:], old[k], new[k], hidden=hidden) for k in old)
    if isinstance(old, list) and isinstance(new, list):
        pairs = zip(old, new, strict=False)
        return all(_reset(path[1:], o, n, hidden=hidden) for o, n in pairs) and len(old) == len(new)
    return False


def _reset_whole(old: Any, new: Any, *, hidden: bool) -> bool:
    if isinstance(new, dict):
        if isinstance(old, dict):
            new.clear()
            new.update({k: _kept(v, hidden) for k, v in old.items()})
        return True
    if isinstance(new, list):
        if isinstance(old, list):
            shared = min(len(old), len(new))
            new[:shared] = [_kept(v, hidden) for v in old[:shared]]
            return len(old) == len(new)
        return True
    return False
