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
_SIZE = re.compile(r"(\d+)([A-Za-z]*)")


def size(text: str) -> int:
    """Bytes of "2GiB", "8GB" or "8000000000"."""
    found = _SIZE.fullmatch(text)
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
        if not text[:-1].isdigit():
            raise ValueError(f'strconv.ParseInt: parsing "{text[:-1]}": invalid syntax')
    else:
        size(text)


def is_integer(text: str) -> None:
    """Takes a whole number."""
    if not re.fullmatch(r"[-+]?\d+", text):
        raise ValueError(f'Invalid value for an integer "{text}"')


def is_unsigned(text: str) -> None:
    """Takes 0 and above."""
    if not text.isdigit():
        raise ValueError(f'Invalid value for uint32 "{text}": strconv.ParseUint: parsing "{text}": invalid syntax')


def is_mtu(text: str) -> None:
    """Takes the largest size of a packet."""
    if not text.isdigit():
        raise ValueError(f'Invalid MTU "{text}"')


def is_allowance(text: str) -> None:
    """Takes a share of CPU time: "50%" or "25ms/100ms"."""
    if not re.fullmatch(r"\d+%|\d+ms/\d+ms", text):
        raise ValueError(f"Invalid allowance: {text}")


def is_expiry(text: str) -> None:
    """Takes how long snapshots are kept: "1M 2H 3d 4w 5m 6y"."""
    if not re.fullmatch(r"\d+[MHdwmy]( \d+[MHdwmy])*", text):
        raise ValueError("Invalid expiry expression")


def is_schedule(text: str) -> None:
    """Takes when snapshots are taken: a cron line or @daily and the like."""
    lines = [part.strip() for part in text.split(",")] if text.startswith("@") else [text]
    words = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@annually", "@yearly", "@startup", "@never")
    if not all(line in words or len(line.split()) == 5 for line in lines):
        raise ValueError("Schedule must be of the form: <minute> <hour> <day-of-month> <month> <day-of-week>")


def is_lxc_lines(text: str) -> None:
    """Takes lines of liblxc's configuration."""
    for line in text.splitlines():
        if line.strip() and not line.strip().startswith("#") and "=" not in line:
            raise ValueError(f"Invalid raw.lxc line: {line}")


def is_ranges(text: str) -> None:
    """Takes IPv4 ranges: "10.0.0.2-10.0.0.9,10.0.0.20-10.0.0.29"."""
    for item in text.split(","):
        for end in item.strip().split("-"):
            try:
                ipaddress.IPv4Address(end.strip())
            except ValueError:
                raise ValueError(f'Item "{item.strip()}": Not an IPv4 address "{end.strip()}"') from None


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
        raise ValueError("Invalid MAC address, must be 6 bytes of hex separated by colons")


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
