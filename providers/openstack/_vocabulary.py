"""Words of OpenStack's inputs, checked and normalised once."""

from __future__ import annotations

from typing import Annotated, Any

import pydantic

from .._vocabulary import Address, Cidr, Unordered

__all__ = [
    "Address",
    "Cidr",
    "Id",
    "IdList",
    "KeystoneName",
    "Limit",
    "Mtu",
    "Name",
    "Port",
    "Seconds",
    "SegmentationId",
    "Size",
    "Text",
    "TextMap",
]


def _text(value: Any) -> Any:
    """Numbers travel as floating point; the services want text in their maps."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (int, float)) else value


Name = Annotated[str, pydantic.StringConstraints(min_length=1, max_length=255)]
KeystoneName = Annotated[str, pydantic.StringConstraints(min_length=1, max_length=64)]
Id = Annotated[str, pydantic.StringConstraints(min_length=1)]
Mtu = Annotated[int, pydantic.Field(ge=68, le=65535)]
Port = Annotated[int, pydantic.Field(ge=-1, le=65535)]
SegmentationId = Annotated[int, pydantic.Field(ge=0, le=2**24 - 1)]
"""A VLAN, or the number of a tunnel."""
Size = Annotated[int, pydantic.Field(ge=0)]
Limit = Annotated[int, pydantic.Field(ge=-1)]
"""A quota; -1 is without bound."""
Seconds = Annotated[float, pydantic.Field(gt=0)]
IdList = Annotated[list[Id], Unordered]
"""Of which the order says nothing."""
Text = Annotated[str, pydantic.BeforeValidator(_text)]
TextMap = dict[str, Text]
