"""What a provider's methods tell the base of an object."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class Made:
    """What a create or an adoption leaves: `id`, and the outputs beyond the inputs."""

    id: str
    outputs: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Found:
    """What the server has: `inputs` as the program would have written them, `outputs` beyond those.

    An input that is there with None is one that the server no longer has; one that is left out can't be read back
    and is taken to be as it was.
    """

    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    id: str | None = None
