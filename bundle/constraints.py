"""Constraints: `cores=8 mem=20G tags=a,^b` as the typed values that Juju's API takes (mem and root-disk in MiB)."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable, Iterator, Mapping

from . import problems

Wire = str | int | bool | tuple[str, ...]

_SIZE = re.compile(r"^(?P<number>\d+(?:\.\d+)?)(?P<unit>[MGTP]?)$")
_MIB = {"": 1, "M": 1, "G": 1024, "T": 1024**2, "P": 1024**3}
_ARCHITECTURES = ("amd64", "arm64", "armhf", "i386", "ppc64el", "riscv64", "s390x")
_CONTAINERS = ("none", "lxd")
_SMALL_MIB = 256


def _number(text: str) -> int:
    if not text.isdigit():
        raise ValueError("must be a whole number")
    return int(text)


def mebibytes(text: str) -> int:
    """Returns a size such as `1.5G` in MiB, rounded up; no suffix means MiB.

    Raises:
        ValueError: when the text is no size.
    """
    found = _SIZE.match(text)
    if not found:
        raise ValueError("must be a number with the suffix M, G, T or P")
    return math.ceil(float(found["number"]) * _MIB[found["unit"]])


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split(",") if word)


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError('must be "true" or "false"')
    return text == "true"


def _one_of(*choices: str) -> Callable[[str], str]:
    def choose(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text

    return choose


PARSERS: Mapping[str, Callable[[str], Wire]] = {
    "allocate-public-ip": _boolean,
    "arch": _one_of(*_ARCHITECTURES),
    "container": _one_of(*_CONTAINERS),
    "cores": _number,
    "cpu-power": _number,
    "image-id": str,
    "instance-role": str,
    "instance-type": str,
    "mem": mebibytes,
    "root-disk": mebibytes,
    "root-disk-source": str,
    "spaces": _words,
    "tags": _words,
    "virt-type": str,
    "zones": _words,
}
"""How the text of each constraint becomes its value; the keys are all that Juju 3.6 knows."""

_ALIASES = {"cpu-cores": "cores"}


def parse(text: str, what: str, place: problems.Place, report: problems.Report) -> dict[str, Wire]:
    """Reads a line of constraints.

    Args:
        text: `key=value` pairs separated by spaces; an empty value takes a constraint away.
        what: names the owner in errors, e.g. `application "keystone"`.
        place: where the line stands.
        report: takes the errors.

    Returns:
        The values by name; sizes are MiB, lists keep their order and their `^` for "not".
    """
    values: dict[str, Wire] = {}
    for key, raw in _pairs(text, what, place, report):
        fault = _fault(key, raw, values)
        if fault:
            report.error(place, f'invalid constraints "{text}" in {what}: {fault}')
        elif raw:
            values[key] = PARSERS[key](raw)
    memory = values.get("mem")
    if isinstance(memory, int) and memory < _SMALL_MIB:
        report.warn(place, f"{what} asks for mem={memory} MiB; a number without suffix is MiB: did you mean mem={memory}G?")
    return values


def _pairs(text: str, what: str, place: problems.Place, report: problems.Report) -> Iterator[tuple[str, str]]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        report.error(place, f'invalid constraints "{text}" in {what}: {error}')
        return
    for word in words:
        key, separator, raw = word.partition("=")
        if separator:
            yield _ALIASES.get(key, key), raw
        else:
            report.error(place, f'invalid constraints "{text}" in {what}: "{word}" is no key=value pair; write it like "cores=4"')


def _fault(key: str, raw: str, values: Mapping[str, Wire]) -> str:
    if key not in PARSERS:
        near = problems.did_you_mean(key, PARSERS)
        return f'unknown constraint "{key}"{near or "; known are " + ", ".join(PARSERS)}'
    if key in values:
        return f'"{key}" is given twice; keep one'
    if re.search(r",[a-z-]+=", raw):
        return f'"{key}={raw}" joins constraints with a comma; separate them with spaces'
    try:
        PARSERS[key](raw or "0" if PARSERS[key] in (_number, mebibytes) else raw)
    except ValueError as error:
        return f'"{key}={raw}" {error}' if raw else ""
    return ""
