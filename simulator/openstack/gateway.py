"""The way to the units' addresses: `/at/HOST/PORT/PATH` is PATH at HOST:PORT.

It has one prefix for services that speak plain HTTP, and one for those that speak TLS. What nobody listens on is a 502 with the
header X-Simulator, as a proxy answers for an address that does not; plain HTTP where TLS is spoken is a 400, as Apache says it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import web
from multidict import CIMultiDict, MultiDict

from .. import web as serving
from . import areas
from .call import Call, NotModelled, Refusal, Reply
from .cloud import Cloud

Find = Callable[[str, int], tuple[Cloud, str, str] | None]
"""From address and port to the cloud, the area's attribute and the unit's name."""
Secured = Callable[[Cloud, str], bool]
"""Whether a unit of a cloud speaks TLS."""

_PLAIN = (
    "Bad Request\nYour browser sent a request that this server could not understand.\nReason: You're speaking plain HTTP to an "
    "SSL-enabled server port.\nInstead use the HTTPS scheme to access this URL, please.\n"
)


class Gateway:
    """Routes requests to areas.

    Args:
        prefix: the URL before /at, as clients know it.
        find: who listens.
        secure: the URL before /at of services that speak TLS; empty where none does.
        secured: which do.
    """

    def __init__(self, prefix: str, find: Find, secure: str = "", secured: Secured = lambda cloud, unit: False) -> None:
        self._prefix = prefix
        self._find = find
        self._secure = secure
        self._secured = secured

    @property
    def template(self) -> str:
        """The URL template with {host} and {port} in it."""
        return self._prefix + "/at/{host}/{port}"

    @property
    def secure_template(self) -> str:
        """The same for services that speak TLS."""
        return self._secure + "/at/{host}/{port}"

    def url(self, host: str, port: int, secured: bool = False) -> str:
        """The base URL of an address and port."""
        return f"{self._secure if secured else self._prefix}/at/{host}/{port}"

    def routes(self) -> list[web.RouteDef]:
        """What the web server is to serve."""
        return [web.route("*", r"/at/{host}/{port:\d+}{path:(/.*)?}", self._answer), web.route("*", "/at{path:.*}", _nothing)]

    async def _answer(self, request: web.Request) -> web.Response:
        host, port = request.match_info["host"], int(request.match_info["port"])
        found = self._find(host, port)
        secured = bool(found and self._secured(found[0], found[2]))
        if found and secured and not request.secure:
            return web.Response(status=400, text=_PLAIN)
        if not found or secured != request.secure:
            text = f"nothing listens at {host}:{port}"
            return web.Response(status=502, text=text, headers={"X-Simulator": "unreachable"})
        cloud, area, unit = found
        call = Call(
            method=request.method,
            path=request.match_info["path"] or "/",
            query=MultiDict(request.query),
            headers=CIMultiDict(request.headers),
            body=await request.read(),
            base=self.url(host, port, secured),
            unit=unit,
        )
        try:
            reply = await cloud.area(area).answer(call)
        except Refusal as refusal:
            reply = refusal.reply
        except NotModelled:
            return serving.not_modelled(request.method, request.path)
        return response(reply, areas.AREAS[area].request_ids)


async def _nothing(request: web.Request) -> web.Response:
    """Clients that look for a service's root go up the path, beyond what the gateway has."""
    return web.Response(status=404, text=f"{request.path} is not of the form /at/HOST/PORT/PATH")


def response(reply: Reply, request_ids: tuple[str, ...]) -> web.Response:
    """A reply as the web server sends it; JSON without a charset, as these services have it."""
    headers: CIMultiDict[str] = CIMultiDict(reply.headers)
    number = f"req-{uuid.uuid4()}"
    for name in request_ids:
        headers.setdefault(name, number)
    body: Any = reply.body
    if isinstance(body, dict | list):
        body = web.json_response(body).body
        headers.setdefault("Content-Type", "application/json")
    elif isinstance(body, str):
        body = body.encode()
        headers.setdefault("Content-Type", "text/html; charset=UTF-8")
    return web.Response(status=reply.status, body=body, headers=headers)
