"""Durations as Go writes them."""

from __future__ import annotations

import re
from typing import Any

from .answers import Refusal

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(value: Any, default: int = 0) -> int:
    """Seconds of a duration such as "10m", "8760h", "30" or 30; `default` for none."""
    if value in (None, ""):
        return default
    text = str(value)
    if text.lstrip("-").isdigit():
        return int(text)
    parts = re.findall(r"(\d+)([smhd])", text)
    if not parts or "".join(a + b for a, b in parts) != text:
        raise Refusal(400, f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return sum(int(number) * _UNITS[unit] for number, unit in parts)
