"""What all of Keystone's handlers share: routes with their rights, bodies, lists with their links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..call import Call, Reply
from ..cloud import Cloud
from ..routing import Router
from ..schemawords import Schema
from . import errors, schemas
from .store import Store
from .token import Token
from .tokens import Tokens

Handler = Callable[..., Reply]
Own = Callable[[Token, Mapping[str, str]], bool]
"""Whether a token may do something to what the path names, without being admin."""


def mine(token: Token, path: Mapping[str, str]) -> bool:
    """It is about the asking user."""
    return path.get("user_id") == token.user_id


def anybody(token: Token, path: Mapping[str, str]) -> bool:
    """Every token will do."""
    return True


class Desk:
    """Routes, with what the handlers behind them work on.

    A handler is called as `handler(call, token, **parts of the path)`.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.store = Store()
        self.tokens = Tokens(self.store, cloud.clock, cloud.fault)
        self.router = Router(errors.no_page, errors.no_method)

    def add(self, method: str, path: str, action: str, handler: Handler, own: Own | None = None) -> None:
        """Registers a handler for those who may do `identity:ACTION`."""

        def guarded(call: Call, **parts: str) -> Reply:
            token = self.tokens.authorise(call)
            reads = method == "GET" and token.system and "reader" in token.roles
            if not (token.is_admin or reads or (own and own(token, parts))):
                raise errors.forbidden(f"identity:{action}")
            return handler(call, token, **parts)

        self.router.add(method, f"/v3{path}", guarded)


def body_of(call: Call, kind: str, schema: Schema | None = None) -> dict[str, Any]:
    """The object of this kind in the body, checked.

    Raises:
        Refusal: 400.
    """
    sent = call.json(errors.malformed)
    found = sent.get(kind) if isinstance(sent, dict) else None
    if not isinstance(found, dict):
        raise errors.refusal(400, f"{kind!r} is a required property")
    if schema:
        schemas.check(schema, found)
    return found


def one(kind: str, view: dict[str, Any], status: int = 200) -> Reply:
    """An answer that shows one thing."""
    return Reply(status=status, body={kind: view})


def many(call: Call, kind: str, views: Iterable[dict[str, Any]]) -> Reply:
    """An answer that shows a list."""
    return Reply(body={kind: list(views), "links": {"next": None, "self": call.url, "previous": None}})


def done() -> Reply:
    """An answer that shows nothing."""
    return Reply(status=204)


def filtered(call: Call, views: Iterable[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Those that match the query, in the order of their ids; names match in whatever case, `enabled` as a word."""
    found = sorted(views, key=lambda view: str(view["id"]))
    for name in names:
        if name not in call.query:
            continue
        wanted = call.query[name]
        if name == "enabled":
            found = [view for view in found if view["enabled"] is (wanted.lower() not in ("false", "0", "no"))]
        else:
            found = [view for view in found if str(view.get(name) or "").lower() == wanted.lower()]
    return found
