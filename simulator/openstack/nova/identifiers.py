"""Ids."""

from __future__ import annotations

import random
import string
import uuid


def new_id() -> str:
    """A fresh UUID."""
    return str(uuid.uuid4())


def reservation() -> str:
    """The id of one request for servers."""
    return "r-" + "".join(random.choices(string.ascii_lowercase + string.digits, k=8))  # noqa: S311 no secret


def request() -> str:
    """The id of a request."""
    return f"req-{new_id()}"
