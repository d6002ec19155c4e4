"""Paths to handlers: a table that an area fills once.

    router = Router()
    router.add("GET", "/v3/projects/{project_id}", self._project)      # self._project(call, project_id) -> Reply

A handler is a plain function. `{name}` is one part of a path, `{name:path}` all that is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .call import Call, Reply

Handler = Callable[..., Reply]


class Router:
    """Finds the handler of a request.

    Args:
        unknown: answers a path that no route has; without it the lookup raises KeyError.
        wrong_method: answers a path whose routes have other methods; it is given these methods too.
        heads: whether HEAD is answered by the handlers of GET.
    """

    def __init__(
        self,
        unknown: Callable[[Call], Reply] | None = None,
        wrong_method: Callable[[Call, list[str]], Reply] | None = None,
        *,
        heads: bool = True,
    ) -> None:
        self._unknown = unknown
        self._wrong_method = wrong_method
        self._heads = heads
        self._routes: list[tuple[re.Pattern[str], dict[str, Handler]]] = []
        self._by_template: dict[str, dict[str, Handler]] = {}

    def add(self, method: str, template: str, handler: Handler) -> None:
        """Registers a handler; routes are tried in the order in which their templates were first named."""
        if template not in self._by_template:
            self._by_template[template] = {}
            self._routes.append((_pattern(template), self._by_template[template]))
        self._by_template[template][method] = handler

    def answer(self, call: Call) -> Reply:
        """Calls the handler with the parts of the path by name."""
        allowed: list[str] = []
        for pattern, handlers in self._routes:
            found = pattern.fullmatch(call.path)
            if not found:
                continue
            handler = handlers.get(call.method) or (handlers.get("GET") if call.method == "HEAD" and self._heads else None)
            if handler:
                return handler(call, **found.groupdict())
            allowed += handlers
        if allowed and self._wrong_method:
            return self._wrong_method(call, allowed)
        if self._unknown:
            return self._unknown(call)
        raise KeyError(f"{call.method} {call.path}")


def _pattern(template: str) -> re.Pattern[str]:
    text = re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
    text = re.sub(r"\{(\w+):path\}", r"(?P<\1>.*)", text)
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", text))
