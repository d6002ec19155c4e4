"""Requests in Juju's bulk form: one entity in, its result out, its error raised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from . import errors


class Call(Protocol):
    """Asks a controller or a model; `Session.call` is one."""

    def __call__(
        self, facade: str, method: str, params: Mapping[str, Any] | None = None, *, seconds: float = ...
    ) -> dict[str, Any]:
        """Returns the reply's content."""


def first(reply: Mapping[str, Any], what: str, key: str = "results") -> dict[str, Any]:
    """The only result of a bulk request.

    Raises:
        JujuError: when it is an error.
    """
    results = reply.get(key) or []
    errors.raise_first(results, what)
    return dict(results[0] or {}) if results else {}


def checked(reply: Mapping[str, Any], what: str, key: str = "results") -> list[dict[str, Any]]:
    """All results of a bulk request, once none of them is an error."""
    results = reply.get(key) or []
    errors.raise_first(results, what)
    return [dict(r or {}) for r in results]


def entities(*tags: str) -> dict[str, Any]:
    """The form in which Juju takes a list of tags."""
    return {"entities": [{"tag": tag} for tag in tags]}


def given(**values: Any) -> dict[str, Any]:
    """Parameters by their wire names (underscores for dashes), without those that are None."""
    return {name.replace("_", "-"): value for name, value in values.items() if value is not None}


def nanoseconds(seconds: float) -> int:
    """A Go duration."""
    return int(seconds * 1_000_000_000)
