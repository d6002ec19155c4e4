"""Values of settings: their syntax, and LXD's words where it is broken."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from .errors import LxdError, bad_request

Check = Callable[[str], None]
"""Raises ValueError with LXD's words; an empty value is no value and is fine."""

_UNITS: dict[str, int] = {
    "": 1,
    "B": 1,
    "bytes": 1,
    **{f"{unit}B": 1000**power for power, unit in enumerate(("k", "M", "G", "T", "P", "E"), 1)},
    **{f"{unit}iB": 1024**power for power, unit in enumerate(("K", "M", "G", "T", "P", "E"), 1)},
}
_SIZE = re.compile(r"(\d+)\s*([A-Za-z]*)")


def size(text: str) -> int:
    """Bytes of "2GiB", "8GB" or "8000000000"."""
    found = _SIZE.fullmatch(text.strip())
    if not found or found[2] not in _UNITS:
        raise ValueError(f"Invalid value: {text}")
    return int(found[1]) * _UNITS[found[2]]


def memory(text: str, total: int) -> int:
    """Bytes of a memory limit, which may be a share of the host's `total` bytes."""
    return total * int(text[:-1]) // 100 if text.endswith("%") else size(text)


def cpus(text: str) -> int:
    """How many CPUs a limit names: "4", or pinned "0-3,5"."""
    if text.isdigit():
        return int(text)
    ranges = [part.partition("-") for part in text.split(",")]
    return sum(int(last or first) - int(first) + 1 for first, _, last in ranges)


def any_text(_: str) -> None:
    """Takes anything."""


def is_size(text: str) -> None:
    """Takes a number of bytes, with or without a unit."""
    size(text)


def is_memory(text: str) -> None:
    """Takes a size or a percentage."""
    if text.endswith("%"):
        is_integer(text[:-1])
    else:
        size(text)


def is_integer(text: str) -> None:
    """Takes a whole number."""
    if not re.fullmatch(r"[-+]?\d+", text):
        raise ValueError(f'Invalid value for an integer "{text}"')


def is_boolean(text: str) -> None:
    """Takes LXD's words for yes and no."""
    if text.lower() not in {"true", "1", "yes", "on", "false", "0", "no", "off"}:
        raise ValueError(f'Invalid value for a boolean "{text}"')


def is_cpu_set(text: str) -> None:
    """Takes a number or ranges of CPUs."""
    if not re.fullmatch(r"\d+(-\d+)?(,\d+(-\d+)?)*", text):
        raise ValueError("Invalid CPU limit syntax")


def is_priority(text: str) -> None:
    """Takes 0 to 10."""
    is_integer(text)
    if not 0 <= int(text) <= 10:
        raise ValueError(f'Invalid value for a limit "{text}". Must be between 0 and 10')


def is_mac(text: str) -> None:
    """Takes an Ethernet address."""
    if not re.fullmatch(r"([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}", text):
        raise ValueError(f'Invalid value, must be a valid MAC address: "{text}"')


def is_port(text: str) -> None:
    """Takes a TCP or UDP port."""
    is_integer(text)
    if not 0 < int(text) < 65536:
        raise ValueError("Value is not a valid port number")


def one_of(*words: str) -> Check:
    """Takes one of these."""

    def check(text: str) -> None:
        if text not in words:
            raise ValueError(f'Invalid value "{text}" (not one of {list(words)})'.replace("'", "").replace(", ", " "))

    return check


def cidr_or(*words: str) -> Check:
    """Takes an address with its prefix length, or one of these words."""

    def check(text: str) -> None:
        try:
            if text not in words:
                if "/" not in text:
                    raise ValueError
                ipaddress.ip_interface(text)
        except ValueError:
            raise ValueError(f"invalid CIDR address: {text}") from None

    return check


def is_true(text: str | None) -> bool:
    """Whether a setting says yes."""
    return (text or "").lower() in {"true", "1", "yes", "on"}


def check(value: str, checker: Check, where: str = "") -> None:
    """Checks a value that is there; LxdError 400 tells what is wrong, after `where`."""
    try:
        if value:
            checker(value)
    except ValueError as exc:
        raise _refusal(f"{where}{exc}") from exc


def _refusal(text: str) -> LxdError:
    return bad_request(text)
