"""What the answers of charms' actions have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .parts import Parts
from .records import Model, Unit

Answer = Callable[[Parts, Model, Unit, dict[str, Any]], dict[str, Any]]
"""Gets the parameters of an action that has run on a unit; returns its output, or raises ActionError."""


class ActionError(Exception):
    """An action ends as failed, with this message and what it had put out before."""

    def __init__(self, message: str, output: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.output = dict(output or {})


def leading(model: Model, unit: Unit) -> bool:
    """Whether a unit is its application's leader."""
    return model.applications[unit.application].leader == unit.name
