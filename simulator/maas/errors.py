"""The wire's errors: status, body and content type as a region answers them.

ApiError
├── FieldErrors    400, JSON {"field": ["text", …]}
├── NotFound       404, text "No Fabric matches the given query."
└── Refused        any status, plain text
"""

from __future__ import annotations

import json

JSON = "application/json; charset=utf-8"
BARE_JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
BARE_TEXT = "text/plain"
HTML = "text/html; charset=utf-8"

Fields = dict[str, list[str]]


class ApiError(Exception):
    """A request that a region does not grant; `body` goes out as it is."""

    def __init__(self, status: int, body: str, content_type: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(body)
        self.status = status
        self.body = body
        self.content_type = content_type
        self.headers = headers or {}


class FieldErrors(ApiError):
    """Fields that do not hold. `late` ones were found when saving, not by the form: their content type names no charset."""

    def __init__(self, fields: Fields, *, late: bool = False) -> None:
        super().__init__(400, json.dumps(fields), BARE_JSON if late else JSON)
        self.fields = fields


class NotFound(ApiError):
    """There is no object of this kind here."""

    def __init__(self, kind: str) -> None:
        super().__init__(404, f"No {kind} matches the given query.", BARE_TEXT)


class Refused(ApiError):
    """Anything else that is answered with a line of text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status, text, TEXT)


def forbidden() -> Refused:
    """The caller lacks permission for this object; a region says nothing more."""
    return Refused(403, "")


def missing(text: str) -> ApiError:
    """A 404 with a text of its own."""
    return ApiError(404, text, BARE_TEXT)
