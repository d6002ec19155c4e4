"""Names for machines that come without one: an adjective and an animal."""

from __future__ import annotations

import pathlib
import random
from collections.abc import Container

_ADJECTIVES, _ANIMALS = (part.split() for part in pathlib.Path(__file__).with_suffix(".txt").read_text().strip().split("\n\n"))


def petname(chooser: random.Random, taken: Container[str]) -> str:
    """A name that is not in `taken`."""
    while True:
        name = f"{chooser.choice(_ADJECTIVES)}-{chooser.choice(_ANIMALS)}"
        if name not in taken:
            return name
