"""Times as OpenStack's services write them, from POSIX seconds."""

from __future__ import annotations

import datetime


def seconds(time: float | None) -> str | None:
    """With six zeros, as a row that was read from a database."""
    return None if time is None else _moment(int(time)).strftime("%Y-%m-%dT%H:%M:%S.%f")


def exact(time: float) -> str:
    """With microseconds, as a row that was just made."""
    return _moment(time).strftime("%Y-%m-%dT%H:%M:%S.%f")


def short(time: float) -> str:
    """As Nova writes a server's times."""
    return _moment(int(time)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(time: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(time, datetime.UTC)
