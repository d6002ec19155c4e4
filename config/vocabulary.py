"""The words that specifications are written in: each says once what a value of its kind looks like."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

UNSET = "to-be-set"
"""What a stack file says where the operator must put a value."""

_LARGEST = 2**60
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def _mac(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise ValueError("YAML took this MAC address for a number in base 60; put it in quotes")
    text = str(value).lower().replace("-", ":")
    if not re.fullmatch(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", text):
        raise ValueError("a MAC address looks like 52:54:00:12:34:56")
    if int(text[:2], 16) & 1:
        raise ValueError("this is a multicast address; a network port has a unicast one")
    return text


def _label(what: str) -> Callable[[Any], str]:
    """Reads one label, which MAAS, Juju and DNS all take for a name; `what` is the word for it in the error."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", value):
            raise ValueError(f"{what} is one label of a-z, 0-9 and inner hyphens, 63 at most")
        return value

    return read


def _name(value: str) -> str:
    text = value.strip()
    if not text:
        raise ValueError("must not be empty")
    if not text.isprintable():
        raise ValueError("must be one line of characters that can be printed")
    return text


def _interface(value: str) -> str:
    if not re.fullmatch(r"(?!\.{1,2}$)[^\s/:]{1,15}", value):
        raise ValueError("a network interface's name has 15 characters at most, and no space, slash or colon: eno2, br-mgmt")
    return value


def _disk(value: str) -> str:
    if not re.fullmatch(r"/dev/\S+", value):
        raise ValueError("a disk is the path of one device, such as /dev/sdb")
    return value


def _tag(value: str) -> str:
    if not re.fullmatch(r"[a-zA-Z0-9_-]+", value):
        raise ValueError("a tag consists of a-z, A-Z, 0-9, hyphens and underscores")
    return value


def _size(value: Any) -> int:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", str(value), re.IGNORECASE)
    if isinstance(value, bool) or not match:
        raise ValueError("a size looks like 512M, 20G or 1.5T (powers of 1024), or is a number of bytes")
    size = float(match[1]) * _UNITS[match[2].upper()]
    if size >= _LARGEST:
        raise ValueError("a size is less than 1024 PiB")
    return int(size)


def _network(value: Any) -> ipaddress.IPv4Network:
    try:
        return ipaddress.IPv4Network(str(value))
    except ValueError as error:
        why = f": {error}" if "host bits" in str(error) else ""
        raise ValueError(f"an IPv4 network in CIDR form, such as 10.20.0.0/24{why}") from None


def _subnet(value: ipaddress.IPv4Network) -> ipaddress.IPv4Network:
    if not 8 <= value.prefixlen <= 29:
        raise ValueError("a network that machines live on is a /8 at the largest and a /29 at the smallest")
    return value


def _address(value: Any) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(str(value))
    except ValueError:
        raise ValueError("an IPv4 address, such as 10.20.0.1") from None


def digest(value: str) -> str:
    """A checksum, normalised to lower case.

    Raises:
        ValueError: when it is not one; says what one looks like.
    """
    algorithm, _, digits = value.strip().lower().partition(":")
    lengths = {"md5": 32, "sha256": 64, "sha512": 128}
    if algorithm not in lengths:
        raise ValueError("a checksum is an algorithm and its digest, such as sha256:9f86…; known are md5, sha256 and sha512")
    if not re.fullmatch(r"[0-9a-f]+", digits) or len(digits) != lengths[algorithm]:
        raise ValueError(f"a {algorithm} digest has {lengths[algorithm]} hexadecimal digits, this has {len(digits)} characters")
    return f"{algorithm}:{digits}"


def port_range(value: Any) -> str:
    """One port or a range of them, as text.

    Raises:
        ValueError: when it is not one.
    """
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", str(value))
    if isinstance(value, bool) or not match or not 1 <= int(match[1]) <= int(match[2] or match[1]) <= 65535:
        raise ValueError("ports are one of 1 to 65535 or a range of them, such as 22 or 8000-8080")
    return str(value)


def public_key(value: str) -> str:
    """A public key as SSH writes it, on one line.

    Raises:
        ValueError: when it is not one, or the private one.
    """
    text = value.strip()
    if "PRIVATE KEY" in text:
        raise ValueError("this is the private key, which stays where it is; give the line of the .pub file beside it")
    if not re.fullmatch(r"(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w@.-]+ [A-Za-z0-9+/]+=*(?: .*)?", text):
        raise ValueError("a public key is the line of a .pub file: ssh-ed25519 AAAA… name")
    return text


def _base(value: Any) -> str:
    if not re.fullmatch(r"[a-z]+@[\w.]+/[a-z]+", str(value)):
        raise ValueError("a base looks like ubuntu@24.04/stable")
    return str(value)


def _channel(value: Any) -> str:
    if not re.fullmatch(r"[\w.-]+/(?:stable|candidate|beta|edge)(?:/[\w.-]+)?", str(value)):
        raise ValueError("a channel is a track and a risk, such as 2024.1/stable")
    return str(value)


Cidr = Annotated[ipaddress.IPv4Network, BeforeValidator(_network)]
"""An IPv4 network."""
Subnet = Annotated[Cidr, AfterValidator(_subnet)]
"""An IPv4 network with room for machines."""
Address = Annotated[ipaddress.IPv4Address, BeforeValidator(_address)]
"""An IPv4 address."""
Vid = Annotated[int, Field(ge=0, le=4094)]
"""A VLAN id as it stands on the wire; 0 is MAAS's word for untagged."""
Mtu = Annotated[int, Field(ge=552, le=65535)]
"""Bytes, within what MAAS accepts."""
MacAddress = Annotated[str, BeforeValidator(_mac)]
"""A unicast MAC address, normalised to lower case with colons."""
Hostname = Annotated[str, BeforeValidator(_label("a hostname"))]
"""One DNS label."""
Space = Annotated[str, BeforeValidator(_label("a space"))]
"""A space's name; Juju, which has it from MAAS, would write any other differently."""
Size = Annotated[int, BeforeValidator(_size)]
"""Bytes, written with a unit."""
Base = Annotated[str, BeforeValidator(_base)]
"""An operating system and channel in Juju's form."""
Channel = Annotated[str, BeforeValidator(_channel)]
"""A track of a charm with its risk."""
Count = Annotated[int, Field(ge=1, le=999)]
"""How many machines or units of a kind there are."""
Name = Annotated[str, AfterValidator(_name)]
"""A name that somebody else's system takes as it is."""
Interface = Annotated[str, AfterValidator(_interface)]
"""A network interface of Linux."""
Disk = Annotated[str, AfterValidator(_disk)]
"""The path of a disk."""
Tag = Annotated[str, AfterValidator(_tag)]
"""What machines are found by in MAAS."""
Secret = Annotated[SecretStr, Field(min_length=1)]
"""A value that shows as asterisks wherever it is printed."""


class Spec(BaseModel):
    """The base of all specifications: frozen, and a key that isn't known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
