"""Sizes as LXD writes them."""

from __future__ import annotations

import re

_UNITS = {"": 1, "B": 1} | {
    f"{prefix}{kind}": base**power for power, prefix in enumerate("kMGTPE", start=1) for kind, base in (("B", 1000), ("iB", 1024))
}
_UNITS |= {"KB": 1000, "KiB": 1024}


def parse_bytes(text: str, whole: int = 0) -> int | None:
    """The number of bytes that "4GiB", "4096" or "50%" (of `whole`) means; None when it is none of these."""
    match = re.fullmatch(r"\s*(\d+)\s*([A-Za-z]*|%)\s*", text)
    if match is None:
        return None
    number, unit = int(match[1]), match[2]
    if unit == "%":
        return whole * number // 100
    factor = _UNITS.get(unit)
    return None if factor is None else number * factor


def parse_cpus(text: str) -> int | None:
    """How many threads a `limits.cpu` takes: "4" is four, "0-3" and "0,2,4-5" are pinned ones; None when it is neither."""
    if re.fullmatch(r"\d+", text):
        return int(text)
    total = 0
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*", part)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            return None
        total += int(match[2] or match[1]) - int(match[1]) + 1
    return total


def words(size: int) -> str:
    """A number of bytes for people."""
    value = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:g} {unit}" if value == int(value) else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:g} TiB" if value == int(value) else f"{value:.1f} TiB"
