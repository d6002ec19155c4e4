"""Config maps: strings to strings, of which LXD fills in some itself."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from typing import Annotated, Any

import pydantic


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():  # the engine knows no other numbers
        return str(int(value))
    return str(value) if isinstance(value, (int, float)) else value


def _texts(value: Any) -> Any:
    return {key: _text(item) for key, item in value.items()} if isinstance(value, Mapping) else value


Config = Annotated[dict[str, str], pydantic.BeforeValidator(_texts)]
"""A config as LXD wants it; numbers and booleans are written the way LXD writes them."""


class Filled:
    """Which keys LXD fills in by itself, as globs; `volatile.*` is always among them."""

    def __init__(self, *patterns: str) -> None:
        self._patterns = ("volatile.*", *patterns)

    def __contains__(self, key: object) -> bool:
        return any(fnmatch.fnmatchcase(str(key), pattern) for pattern in self._patterns)


def shown(actual: Mapping[str, str], asked: Mapping[str, str], filled: Filled) -> dict[str, str]:
    """What the server has, without what it filled in by itself: means the same as `asked` when nobody changed anything."""
    wanted = meant(asked)
    return {k: v for k, v in actual.items() if k in wanted or k not in filled}


def whole(actual: Mapping[str, str], asked: Mapping[str, str], before: Mapping[str, str], filled: Filled) -> dict[str, str]:
    """The config to put: what is asked, and what the server filled in and nobody asked for, now or `before`."""
    kept = {k: v for k, v in actual.items() if k in filled and k not in before}
    return {**kept, **meant(asked)}


def meant(config: Mapping[str, str]) -> dict[str, str]:
    """Without empty values: to LXD, empty is unset."""
    return {k: v for k, v in config.items() if v != ""}
