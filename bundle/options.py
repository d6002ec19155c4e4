"""Option values against the types that charms declare."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from . import catalogue, plan, tree

_SECRET = re.compile(r"^secret:(?:[a-z0-9]{20}|[A-Za-z0-9./-]+)$")


def fit(value: tree.Value, option: catalogue.Option) -> plan.OptionValue:
    """Returns the value as the charm's type; quoted numbers and booleans are read, as Juju reads them.

    Args:
        value: the YAML value, not null.
        option: what the charm declares.

    Raises:
        ValueError: when it does not fit; says what the charm wants and the mend.
    """
    try:
        return _FITTERS[option.type](value)
    except (ValueError, TypeError):
        shown = f'"{value}"' if isinstance(value, str) else str(value).lower()
        raise ValueError(f"expected {option.type}, got {shown}{_mend(value, option.type)}") from None


def _mend(value: tree.Value, wanted: str) -> str:
    if wanted in {"string", "secret"} and not isinstance(value, str):
        return f'; quote it: "{str(value).lower() if isinstance(value, bool) else value}"'
    if value == "":
        return "; to have the charm's default, remove the option"
    return {"boolean": "; write true or false", "secret": '; write "secret:ID"'}.get(wanted, "; write a number")


def _string(value: tree.Value) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _int(value: tree.Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError
    return int(value)


def _float(value: tree.Value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    return float(value)


def _boolean(value: tree.Value) -> bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise TypeError
    if value.lower() not in {"true", "false"}:
        raise ValueError
    return value.lower() == "true"


def _secret(value: tree.Value) -> str:
    if not isinstance(value, str) or not _SECRET.match(value):
        raise ValueError
    return value


_FITTERS: Mapping[str, Callable[[tree.Value], plan.OptionValue]] = {
    "string": _string,
    "int": _int,
    "float": _float,
    "boolean": _boolean,
    "secret": _secret,
}
