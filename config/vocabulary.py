"""The words that specifications are written in: each says once what a value of its kind looks like."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

UNSET = "to-be-set"
"""What a stack file says where the operator must put a value."""

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def _mac(value: Any) -> str:
    if isinstance(value, int):
        raise ValueError("YAML took this MAC address for a number in base 60; put it in quotes")
    text = str(value).lower().replace("-", ":")
    if not re.fullmatch(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", text):
        raise ValueError("a MAC address looks like 52:54:00:12:34:56")
    if int(text[:2], 16) & 1:
        raise ValueError("this is a multicast address; a network port has a unicast one")
    return text


def _hostname(value: Any) -> str:
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", str(value)):
        raise ValueError("a hostname is one label of a-z, 0-9 and inner hyphens, 63 at most")
    return str(value)


def _size(value: Any) -> int:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", str(value), re.IGNORECASE)
    if isinstance(value, bool) or not match:
        raise ValueError("a size looks like 512M, 20G or 1.5T (powers of 1024), or is a number of bytes")
    return int(float(match[1]) * _UNITS[match[2].upper()])


def _network(value: Any) -> ipaddress.IPv4Network:
    try:
        return ipaddress.IPv4Network(str(value))
    except ValueError as error:
        raise ValueError(f"a network in CIDR form, such as 10.20.0.0/24: {error}") from None


def _address(value: Any) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(str(value))
    except ValueError:
        raise ValueError("an IPv4 address, such as 10.20.0.1") from None


def _base(value: Any) -> str:
    if not re.fullmatch(r"[a-z]+@[\w.]+/[a-z]+", str(value)):
        raise ValueError("a base looks like ubuntu@24.04/stable")
    return str(value)


Cidr = Annotated[ipaddress.IPv4Network, BeforeValidator(_network)]
"""An IPv4 network."""
Address = Annotated[ipaddress.IPv4Address, BeforeValidator(_address)]
"""An IPv4 address."""
Vid = Annotated[int, Field(ge=0, le=4094)]
"""A VLAN id as it stands on the wire; 0 is MAAS's word for untagged."""
Mtu = Annotated[int, Field(ge=552, le=65535)]
"""Bytes, within what MAAS accepts."""
MacAddress = Annotated[str, BeforeValidator(_mac)]
"""A unicast MAC address, normalised to lower case with colons."""
Hostname = Annotated[str, BeforeValidator(_hostname)]
"""One DNS label."""
Size = Annotated[int, BeforeValidator(_size)]
"""Bytes, written with a unit."""
Base = Annotated[str, BeforeValidator(_base)]
"""An operating system and channel in Juju's form."""
Name = Annotated[str, Field(min_length=1), AfterValidator(lambda v: v.strip())]
"""A name that somebody else's system takes as it is."""
Secret = SecretStr
"""A value that shows as asterisks wherever it is printed."""


class Spec(BaseModel):
    """The base of all specifications: frozen, and a key that isn't known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
