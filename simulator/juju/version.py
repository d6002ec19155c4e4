"""The version of Juju that is simulated."""

from __future__ import annotations

VERSION = "3.6.25"


def parsed(text: str) -> tuple[int, ...]:
    """A version as numbers, to compare.

    Raises:
        ValueError: when it is none.
    """
    numbers = tuple(int(part) for part in text.split("."))
    if len(numbers) != 3:
        raise ValueError(f"{text!r} is no version of three numbers")
    return numbers
