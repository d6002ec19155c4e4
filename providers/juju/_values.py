"""What Juju's inputs are made of, normalised so that two ways to say the same thing are equal.

mem and root-disk are in MiB, bases have their risk, channels their track and risk, lists of tags are sorted.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import pydantic

from clients.juju import naming

_SIZES: Final = ("mem", "root-disk")
_NUMBERS: Final = ("cores", "cpu-power")
_LISTS: Final = ("tags", "spaces", "zones")
_FLAGS: Final = ("allocate-public-ip",)
_TEXTS: Final = ("arch", "container", "image-id", "instance-role", "instance-type", "root-disk-source", "virt-type")
_KEYS: Final = (*_SIZES, *_NUMBERS, *_LISTS, *_FLAGS, *_TEXTS)
_SIZE: Final = re.compile(r"^(\d+(?:\.\d+)?)([MGTP]?)i?B?$")
_MIB: Final = {"": 1, "M": 1, "G": 1024, "T": 1024**2, "P": 1024**3}


def whole(value: Any) -> Any:
    """A value with its whole numbers whole: the engine makes every number a floating point one on its way."""
    if isinstance(value, Mapping):
        return {key: whole(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def mebibytes(value: int | float | str) -> int:
    """A size as a number of MiB, rounded up; a number without suffix is MiB already.

    Raises:
        ValueError: when it is no size.
    """
    found = _SIZE.match(str(value))
    if not found:
        raise ValueError(f"{value!r} is no size: write a number of MiB, or one with M, G, T or P")
    return math.ceil(float(found[1]) * _MIB[found[2]])


def directive(storage: Mapping[str, Any]) -> dict[str, Any]:
    """A storage directive in wire form, with its defaults, and its size in MiB."""
    size = mebibytes(whole(storage.get("size") or 0))
    return {"Pool": str(storage.get("pool") or ""), "Size": size, "Count": int(storage.get("count", 1))}


def same_directives(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the same storage is asked for, in whatever way its size is written."""
    return {name: directive(value) for name, value in old.items()} == {name: directive(value) for name, value in new.items()}


def revision(value: Any) -> Any:
    """A resource's revision as a number, however it is written; anything else as it is."""
    return int(value) if isinstance(value, str) and value.isdigit() else whole(value)


def numbers(version: str) -> tuple[int, ...]:
    """A version's numbers, to compare it; () of none."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def without_nulls(value: Any) -> Any:
    """A map without its nulls: in Python, an option that is None is one that isn't set."""
    return {k: v for k, v in value.items() if v is not None} if isinstance(value, Mapping) else value


def constraints(values: Mapping[str, Any]) -> dict[str, Any]:
    """Constraints in wire form, normalised; those that say nothing are dropped.

    Raises:
        ValueError: for an unknown constraint or a value that doesn't fit it.
    """
    found = {key.replace("_", "-"): value for key, value in values.items() if value not in (None, "", [], ())}
    for key in found:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            raise ValueError(f"there is no constraint {key!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    return {key: _constraint(key, value) for key, value in sorted(found.items())}


def constraints_from(text: str) -> dict[str, Any]:
    """The constraints that Juju writes as one line: `mem=4096M tags=a,b`."""
    pairs = (word.partition("=") for word in text.split())
    return constraints({key: value for key, _, value in pairs if key.replace("_", "-") in _KEYS})


def constraints_text(values: Mapping[str, Any]) -> str:
    """Constraints as the `juju` command takes them."""
    return " ".join(f"{key}={_text(key, value)}" for key, value in sorted(values.items()))


def same_constraints(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two normalised sets ask the same; Juju adds an architecture that nobody asked for."""
    there = {k: v for k, v in old.items() if k != "arch" or "arch" in new}
    return there == dict(new)


def _constraint(key: str, value: Any) -> Any:
    if key in _SIZES:
        return mebibytes(value)
    if key in _NUMBERS:
        return int(value)
    if key in _LISTS:
        words = value.split(",") if isinstance(value, str) else value
        return sorted(str(word).strip() for word in words)
    if key in _FLAGS:
        return value in (True, "true")
    return str(value)


def _text(key: str, value: Any) -> str:
    if key in _SIZES:
        return f"{value}M"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, (list, tuple)) else str(value)


def _base(text: str) -> str:
    return naming.base_text(naming.base(text)) or text


def _endpoints(texts: Sequence[str]) -> list[str]:
    if len(texts) != 2:
        raise ValueError(f"an integration has 2 endpoints, not {len(texts)}")
    if texts[0] == texts[1]:
        raise ValueError("an integration is between two different endpoints")
    return sorted(texts)


Base = Annotated[str, pydantic.AfterValidator(_base)]
"""`ubuntu@24.04/stable`; `ubuntu@24.04` and `noble` mean the same."""

Channel = Annotated[str, pydantic.AfterValidator(naming.channel)]
"""`2024.1/stable`; `stable` means `latest/stable`."""

Constraints = Annotated[dict[str, Any], pydantic.AfterValidator(constraints)]
"""In wire form; `{"mem": "4G", "tags": ["a"]}` is taken too."""

Option = Annotated[bool | int | float | str, pydantic.AfterValidator(whole)]
"""The value of a charm's option."""

Options = Annotated[dict[str, Option], pydantic.BeforeValidator(without_nulls)]
"""Values of a charm's options by name; None is as good as nothing."""

Resource = Annotated[int | str, pydantic.BeforeValidator(revision)]
"""The revision of a charm's resource; `3` and `"3"` mean the same."""

Version = Annotated[str, pydantic.Field(pattern=r"^\d+\.\d+\.\d+$")]
"""A version of Juju's agents, such as 3.6.14."""

Settings = Annotated[dict[str, Any], pydantic.AfterValidator(whole)]
"""Values by name, as the server types them."""

Endpoints = Annotated[list[str], pydantic.AfterValidator(_endpoints)]
"""Two of `application:endpoint`, in either order."""
