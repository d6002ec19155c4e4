"""What a resource's attributes accept: checks with Neutron's words, conversions, defaults.

A collection declares its attributes once; reading a body (bodies.py), filtering and the members' view all follow from that.
"""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from .errors import invalid

Check = Callable[[Any], str | None]
"""Says why a value isn't accepted, None when it is."""

UNSET: Final = object()
"""Default of an attribute that has no value until the plugin gives it one."""
REQUIRED: Final = object()
"""Default of an attribute that a POST must name."""


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute of a resource."""

    default: Any = UNSET
    """Value of a POST that doesn't say it; `UNSET` and `REQUIRED` are special."""
    check: Check | None = None
    convert: Callable[[Any], Any] | None = None
    post: bool = True
    """May be sent in a POST."""
    put: bool = True
    """May be sent in a PUT."""
    admin: bool = False
    """Only an administrator may send it."""
    hidden: bool = False
    """Only an administrator sees it."""


def read_only(*, hidden: bool = False) -> Attribute:
    """An attribute that only Neutron sets."""
    return Attribute(post=False, put=False, hidden=hidden)


def text(limit: int | None = 255) -> Check:
    """A string of at most `limit` characters."""

    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return f"'{value}' is not a valid string."
        if limit is not None and len(value) > limit:
            return f"'{value}' exceeds maximum length of {limit}."
        return None

    return check


def uuid_text(value: Any) -> str | None:
    """A UUID, with or without dashes."""
    try:
        uuid.UUID(value)
    except (ValueError, TypeError, AttributeError):
        return f"'{value}' is not a valid UUID."
    return None


def optional(check: Check) -> Check:
    """What `check` accepts, and null."""
    return lambda value: None if value is None else check(value)


def each(check: Check) -> Check:
    """A list of what `check` accepts, without duplicates."""

    def checked(values: Any) -> str | None:
        if not isinstance(values, list):
            return f"'{values}' is not a list."
        if len({str(value) for value in values}) != len(values):
            return f"Duplicate items in the list: '{', '.join(map(str, values))}'."
        return next((reason for reason in map(check, values) if reason), None)

    return checked


def one_of(*values: Any) -> Check:
    """One of the named values."""
    return lambda value: None if value in values else f"{value} is not in valid_values."


def nameserver(value: Any) -> str | None:
    """An IP address of a name server."""
    return f"'{value}' is not a valid nameserver. {not_ip}" if (not_ip := ip(value)) else None


def ip(value: Any) -> str | None:
    """An IP address, v4 or v6."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return f"'{value}' is not a valid IP address."
    return None


def at_least(limit: int) -> Check:
    """An integer, or its digits, that isn't below `limit`."""

    def check(value: Any) -> str | None:
        try:
            number = int(value)
        except (ValueError, TypeError):
            return f"'{value}' is not an integer."
        return f"'{value}' is too small - must be at least '{limit}'." if number < limit else None

    return check


def keyed(*required: str, optional_keys: Iterable[str] = ()) -> Check:
    """A dictionary with all the `required` keys and none besides these and `optional_keys`."""
    allowed = {*required, *optional_keys}

    def check(value: Any) -> str | None:
        if not isinstance(value, dict):
            return f"'{value}' is not a dictionary."
        if not set(required) <= set(value):
            return _keys_message(required, value)
        unexpected = set(value) - allowed
        return f"Unexpected key(s) found: {_braces(unexpected)}." if unexpected else None

    return check


def boolean(value: Any) -> bool:
    """What oslo.utils takes for a boolean.

    Raises:
        Refused: it is none.
    """
    if isinstance(value, bool):
        return value
    if value in {0, 1}:
        return bool(value)
    if isinstance(value, str) and value.lower() in {"true", "1", "false", "0"}:
        return value.lower() in {"true", "1"}
    raise invalid(f"'{value}' cannot be converted to boolean")


def integer(value: Any) -> int | None:
    """An integer from itself or its digits; null stays.

    Raises:
        Refused: it is none.
    """
    if value is None:
        return None
    try:
        return int(value)
    except (ValueError, TypeError):
        raise invalid(f"'{value}' is not an integer") from None


def empty_for_null(value: Any) -> Any:
    """An empty list where null was sent."""
    return [] if value is None else value


def _keys_message(required: tuple[str, ...], value: dict[str, Any]) -> str:
    expected, provided = _braces(required), _braces(value)
    return f"Validation of dictionary's keys failed. Expected keys: {expected} Provided keys: {provided}."


def _braces(keys: Iterable[str]) -> str:
    return "{" + ", ".join(f"'{key}'" for key in sorted(keys)) + "}"
