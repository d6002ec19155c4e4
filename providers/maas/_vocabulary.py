"""Words of MAAS's inputs, checked and normalised once."""

from __future__ import annotations

import re
from typing import Annotated, Any

import pydantic

from .._vocabulary import Address, Cidr, Unordered

__all__ = ["Address", "Cidr", "Hostname", "Mac", "Mtu", "Name", "NameList", "PowerValue", "Text", "Vid"]


def _mac(value: Any) -> str:
    text = str(value).lower().replace("-", ":")
    if not re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", text):
        raise ValueError("must be a MAC address such as 52:54:00:12:34:56")
    return text


def _digits(value: Any) -> Any:
    """Numbers travel as floating point; MAAS wants their digits."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _power(value: Any) -> str | list[str]:
    return [_digits(v) for v in value] if isinstance(value, (list, tuple)) else str(_digits(value))


Mac = Annotated[str, pydantic.BeforeValidator(_mac)]
Text = Annotated[str, pydantic.BeforeValidator(_digits)]
PowerValue = Annotated[str | list[str], pydantic.BeforeValidator(_power)]
Vid = Annotated[int, pydantic.Field(ge=0, le=4094)]
Mtu = Annotated[int, pydantic.Field(ge=552, le=65535)]
Name = Annotated[str, pydantic.StringConstraints(min_length=1)]
NameList = Annotated[list[Name], Unordered]
"""Names of which the order says nothing."""
Hostname = Annotated[str, pydantic.StringConstraints(to_lower=True, pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
