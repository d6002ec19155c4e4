"""How MAAS's JSON becomes a typed value: field by field under the same names, but for what a kind reads in its own way."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Self

Json = Mapping[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Record:
    """A typed value of what MAAS answers; a field that MAAS doesn't tell is None."""

    @classmethod
    def _from_dict(cls, data: Json) -> Self:
        own = cls._own(data)
        return cls(**{field.name: own.get(field.name, data.get(field.name)) for field in dataclasses.fields(cls)})

    @classmethod
    def _own(cls, data: Json) -> Json:
        """The fields that a kind reads in its own way."""
        return {}


def name_of(value: Any) -> str:
    """The name of an object that MAAS shows whole in some answers and by its name in others; empty for none."""
    return str(value["name"]) if isinstance(value, Mapping) else str(value or "")
