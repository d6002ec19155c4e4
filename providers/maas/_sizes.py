"""Sizes of disks and what is on them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

import pydantic

UNITS: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
ALIGNMENT: Final = 4 * 1024 * 1024
"""MAAS rounds what it makes on a disk down to this."""


def _bytes(value: Any) -> int:
    """Bytes of "30G" and the like; powers of ten, as MAAS reads them."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value)
    match = re.fullmatch(r"(\d+)([KMGT]?)", str(value).strip().upper())
    if match is None:
        raise ValueError("must be a number of bytes, or one with K, M, G or T such as 30G")
    return int(match[1]) * UNITS[match[2]]


Size = Annotated[int, pydantic.BeforeValidator(_bytes), pydantic.Field(gt=0)]


def same(one: int, other: int) -> bool:
    """Whether two sizes are the same once MAAS has rounded them, with room for its partition table."""
    return abs(int(one) - int(other)) < 4 * ALIGNMENT


def told(actual: int, asked: int | None) -> int | None:
    """The size as the program would have written it: none where it asked for none, its own where MAAS only rounded it."""
    return asked if asked is None or same(asked, actual) else actual
