"""Lists of small records whose order means nothing, such as the ports of a forward or the rules of an ACL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._base import Inputs


def to_lxd(row: Inputs) -> dict[str, Any]:
    """A record as LXD wants it: what is empty is left out."""
    return {name: value for name, value in row.model_dump(mode="json").items() if value not in ("", None)}


def from_lxd(kind: type[Inputs], rows: Iterable[Mapping[str, Any]] | None, asked: Sequence[Inputs]) -> list[dict[str, Any]]:
    """LXD's records as the program writes them: those that it asked for in its order, then the others."""
    found = [kind.model_validate({k: v for k, v in row.items() if k in kind.model_fields}) for row in rows or ()]
    known = [row for row in asked if row in found]
    return [row.model_dump(mode="json", exclude_none=True) for row in [*known, *(row for row in found if row not in known)]]


def same(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two lists hold the same records."""
    return sorted(map(_key, old)) == sorted(map(_key, new))


def _key(row: Mapping[str, Any]) -> str:
    return json.dumps({k: v for k, v in row.items() if v not in ("", None)}, sort_keys=True)
