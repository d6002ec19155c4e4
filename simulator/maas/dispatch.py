"""From HTTP to handlers and back: finds the method, checks who asks, reads the body, writes the answer."""

from __future__ import annotations

import json
import logging
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from .. import web as serving
from . import auth, body, describe, passwords
from .api import users
from .call import Answer, Call
from .errors import BARE_JSON, BARE_TEXT, HTML, JSON, TEXT, ApiError, Refused
from .records.people import User
from .region import Region
from .routing import ROOT, Action, Resource

_log = logging.getLogger(__name__)
_BODIES = ("POST", "PUT")
# real paths that are not modelled: they answer 501 and not, as a region does to nonsense, 404
UNMODELLED = ("files/", "license-key", "networks/", "commissioning-scripts/")


class Dispatcher:
    """Serves one region's API.

    Args:
        region: what handlers work on.
        resources: the route table.
    """

    def __init__(self, region: Region, resources: Sequence[Resource]) -> None:
        self._region = region
        self._resources = [resource for resource in resources if resource.within(region)]
        self._auth = auth.Authenticator(region)
        self._hash = describe.description(self._resources, "")["hash"]

    def routes(self) -> list[web.RouteDef]:
        """The HTTP routes."""
        return [
            web.get(ROOT + "describe/", self._describe),
            web.post("/MAAS/accounts/authenticate/", self._authenticate),
            web.route("*", ROOT + "{path:.*}", self._handle),
        ]

    async def _describe(self, request: web.Request) -> web.Response:
        base = f"{request.scheme}://{request.host}"
        return self._reply(Answer(body=describe.description(self._resources, base), content_type=BARE_JSON))

    async def _authenticate(self, request: web.Request) -> web.Response:
        form = await request.post()
        name, password = str(form.get("username", "")), str(form.get("password", ""))
        rows = self._region.store.users.values()
        found = next((row for row in rows if row.username == name and passwords.holds(password, row.password)), None)
        if not found:
            return self._reply(Answer(status=403, content_type=HTML))
        row = users.new_token(self._region, found, str(form.get("consumer", "")) or "MAAS consumer")
        shown = {"consumer_key": row.consumer, "name": row.name, "token_key": row.key, "token_secret": row.secret}
        return self._reply(Answer(body=shown, content_type=BARE_JSON))

    async def _handle(self, request: web.Request) -> web.Response:
        try:
            answer = await self._answer(request)
        except ApiError as exc:
            answer = Answer(status=exc.status, body=exc.body, content_type=exc.content_type, headers=exc.headers)
        except Exception as exc:  # a region answers so too; the log tells what is broken here
            _log.exception("%s %s failed", request.method, request.path)
            answer = Answer(status=500, body=str(exc), content_type=TEXT)
        return self._reply(answer)

    async def _answer(self, request: web.Request) -> Any:
        resource, params = self._find(request)
        query = body.listed(urllib.parse.parse_qsl(request.query_string, keep_blank_values=True))
        sent = await request.read() if request.method in _BODIES else b""
        fields, files, raw = body.parse(request.headers.get("Content-Type", ""), sent)
        user = self._user(request, fields)
        if user is None and not resource.anonymous:
            raise auth.anonymous()
        given = query.get("op") or (fields.get("op") if request.method == "POST" else None)
        op = given[-1] if given else None
        action = self._action(resource, request.method, op, user)
        if query.get("format", ["json"])[-1] != "json":
            raise ApiError(400, f"Invalid output format specified '{query['format'][-1]}'.", BARE_TEXT)
        if action.admin and user and not user.is_superuser:
            raise Refused(403, "This method is reserved for admin users.")
        sent_as: dict[str, Any] = {"body": fields, "files": files, "raw": raw, "json": request.content_type == "application/json"}
        call = Call(user=user, params=params, query=query, host=request.host, op=op, **sent_as)
        return action.function(self._region, call)

    def _find(self, request: web.Request) -> tuple[Resource, dict[str, str]]:
        path = urllib.parse.unquote(request.path)
        for resource in self._resources:
            params = resource.match(path)
            if params is not None:
                return resource, params
        below = path.removeprefix(ROOT)
        if below.endswith("/") and below.startswith(UNMODELLED):
            answer = serving.not_modelled(request.method, path)
            raise ApiError(501, answer.text or "", JSON)
        raise ApiError(404, f"Unknown API endpoint: {path}.", TEXT)

    def _user(self, request: web.Request, form: Mapping[str, list[str]]) -> User | None:
        fields = urllib.parse.parse_qsl(request.query_string, keep_blank_values=True)
        if request.content_type == "application/x-www-form-urlencoded":
            fields += [(field, value) for field, values in form.items() for value in values]
        url = f"{request.scheme}://{request.host}{request.path}"
        return self._auth.user(request.method, url, request.headers.get("Authorization"), fields)

    @staticmethod
    def _action(resource: Resource, method: str, op: str | None, user: User | None) -> Action:
        if method not in resource.methods:
            raise ApiError(405, "", HTML, {"Allow": ", ".join(resource.methods)})
        action = resource.find(method, op)
        if not action or (user is None and not action.anonymous):
            raise Refused(400, f"Unrecognised signature: method={method} op={op}")
        return action

    def _reply(self, answer: Any) -> web.Response:
        if not isinstance(answer, Answer):
            answer = Answer(body=answer)
        sent = answer.body
        if not isinstance(sent, bytes):
            written = isinstance(sent, str) and (answer.status >= 400 or answer.content_type in (BARE_TEXT, TEXT, HTML))
            sent = (sent if written else json.dumps(sent)).encode()
        headers = {"Content-Type": answer.content_type, "X-MAAS-API-Hash": self._hash, **answer.headers}
        return web.Response(status=answer.status, body=sent, headers=headers)
