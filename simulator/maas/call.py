"""One request as handlers see it, and what they answer when it is not plain JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from .errors import BARE_TEXT, JSON, TEXT
from .records.people import User

Data = Mapping[str, list[str]]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Call:
    """A request: who asks (None: nobody), the path's parameters, the query, the body's fields, files and raw bytes.

    `json` says that the body came as JSON, which some methods take otherwise than a form.
    """

    user: User | None
    params: Mapping[str, str]
    query: Data
    body: Data
    files: Mapping[str, bytes]
    raw: bytes
    host: str
    op: str | None = None
    json: bool = False

    @property
    def who(self) -> User:
        """The caller of a method that is closed to the anonymous."""
        if self.user is None:
            raise RuntimeError("an anonymous call reached a method that needs a user")
        return self.user

    def first(self, field: str) -> str | None:
        """The value of a query field."""
        values = self.query.get(field)
        return values[-1] if values else None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer that is not 200 with JSON."""

    status: int = 200
    body: Any = ""
    content_type: str = JSON
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


def deleted() -> Answer:
    """Gone."""
    return Answer(status=204, content_type=BARE_TEXT)


def created(body: Any) -> Answer:
    """Made, by one of the few methods that answer 201."""
    return Answer(status=201, body=body)


def text(body: str, *, bare: bool = False) -> Answer:
    """A word instead of JSON."""
    return Answer(body=body, content_type=BARE_TEXT if bare else TEXT)
