"""Words that the inputs of several rooms are written in, checked and normalised once."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any

import pydantic


def _network(value: Any) -> str:
    """Host bits are dropped, as MAAS and Neutron do, so that no difference shows later."""
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


Cidr = Annotated[str, pydantic.BeforeValidator(_network)]
Address = Annotated[str, pydantic.BeforeValidator(_address)]
Unordered = pydantic.BeforeValidator(_sorted)
"""Makes a list one of which the order says nothing: `Annotated[list[int], Unordered]`."""
