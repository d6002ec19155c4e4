"""Reads explained.md: one line a pair, "- `file#number` why"."""

from __future__ import annotations

import pathlib
import re

_LINE = re.compile(r"^- `(?P<name>[\w.-]+#\d+)`:? (?P<why>.+)$", re.MULTILINE)


def explanations() -> dict[str, str]:
    """Why each pair that differs does."""
    text = pathlib.Path(__file__).with_name("explained.md").read_text()
    return {found["name"]: found["why"] for found in _LINE.finditer(text)}
