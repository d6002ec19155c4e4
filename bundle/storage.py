"""Storage and device directives: `cinder,10G,1` and `2,nvidia.com/gpu,model=a100`."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping

_POOL = re.compile(r"^[a-zA-Z]+[-?a-zA-Z0-9._]*$")
_SIZE = re.compile(r"^(?P<number>\d+(?:\.\d+)?)(?P<unit>[MGTPEZY])(?:i?B)?$")
_EXPONENT = "MGTPEZY"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Storage:
    """How the storage of a charm is filled.

    Attributes:
        pool: name of the storage pool; None takes the model's default.
        count: how many instances.
        size: MiB of each; None takes the charm's minimum.
    """

    pool: str | None = None
    count: int = 1
    size: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Device:
    """A device that a charm asks for: type such as `nvidia.com/gpu`, how many, with which attributes."""

    type: str
    count: int = 1
    attributes: Mapping[str, str] = dataclasses.field(default_factory=dict)


def parse_storage(text: str) -> Storage:
    """Reads a directive `pool,count,size`, in any order and with any part left out.

    Raises:
        ValueError: with the reason, when a part is unknown, given twice, or all are missing.
    """
    found: dict[str, str | int] = {}
    for part in (part.strip() for part in text.split(",")):
        name, value = _storage_part(part)
        if name in found:
            raise ValueError(f"has two values for its {name}: keep one of them")
        found[name] = value
    pool, count, size = found.get("pool"), found.get("count"), found.get("size")
    return Storage(
        pool=None if pool is None else str(pool),
        count=1 if count is None else int(count),
        size=None if size is None else int(size),
    )


def _storage_part(part: str) -> tuple[str, str | int]:
    size = _SIZE.match(part)
    if size:
        return "size", math.ceil(float(size["number"]) * 1024 ** _EXPONENT.index(size["unit"]))
    if part.isdigit():
        if int(part) < 1:
            raise ValueError("asks for 0 instances: the count must be 1 or more")
        return "count", int(part)
    if _POOL.match(part):
        return "pool", part
    raise ValueError(f'has the part "{part}", which is no pool, count or size: write it like "ceph,10G,1"')


def parse_device(text: str) -> Device:
    """Reads a directive `count,type,key=value;key=value`; count and attributes may be left out.

    Raises:
        ValueError: with the reason.
    """
    parts = [part.strip() for part in text.split(",")]
    count = 1
    if parts[0].lstrip("-").isdigit():
        count = int(parts.pop(0))
    if count < 1 or not parts or not parts[0] or len(parts) > 2:
        raise ValueError('is not "count,type,key=value;key=value" with a count of 1 or more')
    attributes = {}
    for pair in filter(None, parts[1].split(";") if len(parts) > 1 else ()):
        key, separator, value = pair.partition("=")
        if not separator:
            raise ValueError(f'has the attribute "{pair}", which is no key=value pair: write it like "model=a100"')
        attributes[key] = value
    return Device(type=parts[0], count=count, attributes=attributes)
