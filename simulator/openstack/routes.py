"""A route table: method, path, the versions it exists in, who may, what its body looks like."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from . import bodies
from .call import Call, Reply
from .faults import Fault, NoRoute, denied

Schema = dict[str, Any] | Callable[[int], dict[str, Any]]
Handler = Callable[[Any, "Request"], Reply]
LAST = 1000


class Caller(Protocol):
    """Who asks: what Keystone said of the token."""

    @property
    def user_id(self) -> str:
        """The user."""

    @property
    def project_id(self) -> str | None:
        """The project that the token is for, None for another scope."""

    @property
    def is_admin(self) -> bool:
        """Whether the token bears the role admin."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Request:
    """A request that has found its route.

    Attributes:
        call: as it came in.
        caller: whose token it bears.
        version: the minor version asked for.
        params: what stands in the path.
        body: the JSON that was sent, checked; None without one.
    """

    call: Call
    caller: Caller
    version: int
    params: Mapping[str, str]
    body: Any = None

    @property
    def admin(self) -> bool:
        """Whether the caller is an administrator."""
        return self.caller.is_admin

    @property
    def project(self) -> str:
        """The project that the caller's token is for."""
        return self.caller.project_id or ""

    def query(self, name: str) -> str | None:
        """A parameter of the query, None when it isn't there."""
        value = self.call.query.get(name)
        return None if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Whether a parameter of the query says yes."""
        return (self.query(name) or "").lower() in ("1", "true", "yes", "t", "on")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one path, in the versions `since` to `until`."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    policy: str = ""
    admin: bool = False
    since: int = 0
    until: int = LAST
    schema: Schema | None = None
    query_schema: Schema | None = None

    def check(self, request: Request) -> None:
        """Refuses a body or query that isn't as it should be, and a caller who may not.

        Raises:
            Fault: 400 or 403.
        """
        for schema, value in ((self.query_schema, dict(request.call.query)), (self.schema, request.body)):
            if schema:
                bodies.check(schema(request.version) if callable(schema) else schema, value)
        if self.admin and not request.admin:
            raise denied(self.policy)


class Routes:
    """The routes of a service."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def on(self, method: str, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Registers a handler; `path` has parameters as `{name}`, `options` are those of `Route`."""
        pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))

        def register(handler: Handler) -> Handler:
            self._routes.append(Route(method=method, pattern=pattern, handler=handler, **options))
            return handler

        return register

    def find(self, method: str, path: str, version: int) -> tuple[Route, dict[str, str]]:
        """The route of a request and what stands in its path.

        Raises:
            NoRoute: there is none in any version.
            Fault: 404, there is one in other versions.
        """
        matches = [
            (route, found) for route in self._routes if route.method == method and (found := route.pattern.fullmatch(path))
        ]
        if not matches:
            raise NoRoute(f"{method} {path}")
        for route, found in matches:
            if route.since <= version <= route.until:
                return route, found.groupdict()
        raise Fault(404, "The resource could not be found.")
