"""A request to one service and its answer, without the web server that carries them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from multidict import CIMultiDict, MultiDict


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reply:
    """What a service answers: a dict or list goes out as JSON, text and bytes as they are, None as an empty body."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


class Refusal(Exception):  # noqa: N818 - it is an answer
    """A request ends here, with this answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.status} {reply.body!r}")
        self.reply = reply


class NotModelled(Exception):  # noqa: N818 - it is an answer
    """The simulator does not have this route; the gateway answers 501 and notes it in the log."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Call:
    """A request as the service at an address sees it.

    `path` starts with a slash and `base` is the URL before it, as the client knows it. `unit` is the Juju unit that listens
    at the address that was called, "" where there is no Juju.
    """

    method: str
    path: str
    query: MultiDict[str] = dataclasses.field(default_factory=MultiDict)
    headers: CIMultiDict[str] = dataclasses.field(default_factory=CIMultiDict)
    body: bytes = b""
    base: str = ""
    unit: str = ""

    def json(self, bad: Callable[[], Reply] | None = None) -> Any:
        """The body as JSON, None where there is none; `bad` makes the area's own 400 for what is not JSON.

        Raises:
            Refusal: the body is not JSON.
        """
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            raise Refusal(bad() if bad else Reply(status=400, body={"message": "Malformed request body"})) from None

    @property
    def token(self) -> str:
        """What the client sent as X-Auth-Token, "" when nothing."""
        return self.headers.get("X-Auth-Token", "")

    @property
    def url(self) -> str:
        """The whole URL with its query, as `self` links show it."""
        query = "&".join(f"{key}={value}" if value else key for key, value in self.query.items())
        return f"{self.base}{self.path}" + (f"?{query}" if query else "")
