"""One request as a handler sees it."""

from __future__ import annotations

import dataclasses
import urllib.parse
from typing import Any

from aiohttp import web

from . import answers, gojson
from .access import Caller
from .daemon import Daemon
from .errors import LxdError
from .operations import Effect, Resources
from .store import DEFAULT, Store


@dataclasses.dataclass(frozen=True, kw_only=True)
class Call:
    """The request, who makes it, and the daemon it is made to; `content` is the body."""

    request: web.Request
    daemon: Daemon
    caller: Caller
    content: bytes

    @property
    def store(self) -> Store:
        """The daemon's records."""
        return self.daemon.store

    @property
    def project(self) -> str:
        """The project it is about."""
        return self.request.query.get("project") or DEFAULT

    @property
    def recursion(self) -> int:
        """How much of each object a list shows; 0 is its URL only."""
        text = self.request.query.get("recursion", "0")
        return int(text) if text.isdigit() else 0

    @property
    def all_projects(self) -> bool:
        """Whether a list is asked for over all projects."""
        return self.request.query.get("all-projects", "") in ("true", "1")

    def param(self, name: str) -> str:
        """A part of the path."""
        return urllib.parse.unquote(self.request.match_info[name])

    def body(self, struct: str, **fields: str) -> dict[str, Any]:
        """The JSON body; see gojson for the kinds of `fields`."""
        return gojson.decode(self.content.decode(errors="replace"), struct, fields)

    def match(self, etag: Any) -> None:
        """Refuses a change to something that is no longer as the caller saw it; `etag` is what the tag is a hash of."""
        given = self.request.headers.get("If-Match")
        if not given:
            return
        ours = answers.digest(etag)
        stale = self.daemon.world.fault("stale-etag", "lxd", f"lxd {self.request.method} {self.request.path_qs}")
        if stale:
            ours = answers.digest([etag, "changed meanwhile"])
        if given.strip('"') != ours:
            raise LxdError(412, f"ETag doesn't match: {ours} vs {given.strip(chr(34))}")

    def run(self, description: str, effect: Effect, *, resources: Resources = None) -> web.Response:
        """Begins a background operation and answers with it."""
        operations = self.daemon.operations
        return answers.accepted(operations.run(description, effect, project=self.project, resources=resources))
