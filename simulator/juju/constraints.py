"""Constraints as the command line has them: "cores=8 mem=20G tags=a,^b"."""

from __future__ import annotations

from typing import Any

from .errors import ApiError

_LISTS = ("tags", "spaces", "zones")
_NUMBERS = ("cores", "cpu-power")
_SIZES = ("mem", "root-disk")
_WORDS = ("arch", "container", "image-id", "instance-role", "instance-type", "root-disk-source", "virt-type")
_UNITS = {"M": 1, "G": 1024, "T": 1024**2, "P": 1024**3}


def parse(text: str) -> dict[str, Any]:
    """Reads constraints; sizes are in MiB.

    Raises:
        ApiError: a part of it makes no sense.
    """
    return dict(_parse_one(part) for part in text.split())


def _parse_one(part: str) -> tuple[str, Any]:
    key, equals, value = part.partition("=")
    if not equals:
        raise ApiError(f'malformed constraint "{part}"', "not valid")
    if key in _LISTS:
        return key, [item for item in value.split(",") if item]
    if key in _SIZES:
        return key, _size(key, value)
    if key in _NUMBERS:
        return key, _number(key, value)
    if key == "allocate-public-ip":
        return key, value == "true"
    if key in _WORDS:
        return key, value
    raise ApiError(f'unknown constraint "{key}"', "not valid")


def _size(key: str, value: str) -> int:
    unit = _UNITS.get(value[-1:].upper())
    try:
        return -(-int(float(value[:-1]) * unit * 1000) // 1000) if unit else int(value)
    except ValueError:
        raise ApiError(
            f'bad "{key}" constraint: must be a non-negative float with optional M/G/T/P suffix', "not valid"
        ) from None


def _number(key: str, value: str) -> int:
    if not value.isdigit():
        raise ApiError(f'bad "{key}" constraint: must be a non-negative integer', "not valid")
    return int(value)
