"""Members of RAIDs and volume groups: what to add, what to remove."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated

from .._vocabulary import Unordered

IdList = Annotated[list[int], Unordered]
"""Database ids, of which the order says nothing."""


def moves(found: Mapping[str, Collection[int]], wanted: Mapping[str, Collection[int] | None]) -> dict[str, list[int]]:
    """Form fields that bring members to what is wanted, kind by kind; kinds that nobody says anything of stay."""
    fields: dict[str, list[int]] = {}
    for kind, ids in wanted.items():
        if ids is None:
            continue
        fields[f"add_{kind}"] = sorted(set(ids) - set(found[kind]))
        fields[f"remove_{kind}"] = sorted(set(found[kind]) - set(ids))
    return {name: ids for name, ids in fields.items() if ids}
