"""Words of OpenStack's inputs, checked and normalised once."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any

import pydantic


def _network(value: Any) -> str:
    """Host bits are dropped, as Neutron does, so that no difference shows later."""
    try:
        return str(ipaddress.ip_network(str(value), strict=False))
    except ValueError:
        raise ValueError("must be an address range such as 10.20.0.0/24") from None


def _address(value: Any) -> str:
    try:
        return str(ipaddress.ip_address(str(value)))
    except ValueError:
        raise ValueError("must be an IP address such as 10.20.0.1") from None


def _sorted(value: Any) -> Any:
    return sorted(set(value)) if isinstance(value, (list, tuple)) else value


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
Cidr = Annotated[str, pydantic.BeforeValidator(_network)]
Address = Annotated[str, pydantic.BeforeValidator(_address)]
Mtu = Annotated[int, pydantic.Field(ge=68, le=65535)]
Port = Annotated[int, pydantic.Field(ge=-1, le=65535)]
Size = Annotated[int, pydantic.Field(ge=0)]
Limit = Annotated[int, pydantic.Field(ge=-1)]
"""A quota; -1 is without bound."""
Seconds = Annotated[float, pydantic.Field(gt=0)]
IdList = Annotated[list[Id], pydantic.BeforeValidator(_sorted)]
"""Of which the order says nothing."""
Text = Annotated[str, pydantic.BeforeValidator(_text)]
TextMap = dict[str, Text]
