"""What all rows share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Row(BaseModel):
    """A row of a table, by its number."""

    model_config = ConfigDict(extra="forbid")

    id: int = -1
