"""The HTTP side: each route's handler behind one door that reads, authorises, and renders refusals."""

from __future__ import annotations

import asyncio
import inspect
import weakref
from collections.abc import Awaitable, Callable

from aiohttp import web

from .. import web as common
from ..requestlog import RequestLog
from . import answers, routes
from .access import Level, caller, require
from .call import Call
from .daemon import Daemon
from .errors import LxdError, not_found

_Served = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Connections(weakref.WeakSet[asyncio.Transport]):
    """The connections that carried a request and are still there."""


CONNECTIONS: web.AppKey[Connections] = web.AppKey("connections", Connections)


def build(daemon: Daemon, log: RequestLog) -> web.Application:
    """The application that serves both the socket and HTTPS."""
    app = common.application("lxd", daemon.world, log)
    app[CONNECTIONS] = Connections()
    for route in routes.ROUTES:
        app.router.add_route(route.method, route.path, _served(daemon, route.handler, route.level))
    app.router.add_route("*", "/{path:.*}", _served(daemon, _unknown, Level.ANYONE))
    return app


def abort(app: web.Application) -> None:
    """Cuts what connections are left; a TLS goodbye would wait for clients that are not listening."""
    connections = app[CONNECTIONS]
    for transport in list(connections):
        common.cut(transport)


def _served(daemon: Daemon, handler: routes.Handler, level: Level) -> _Served:
    async def serve(request: web.Request) -> web.StreamResponse:
        content = await request.read()
        if request.transport:
            request.app[CONNECTIONS].add(request.transport)
        call = Call(request=request, daemon=daemon, caller=caller(request, daemon.store.state), content=content)
        try:
            require(call.caller, level, call.project)
            if "filter" in request.query:  # to answer with everything would be a lie
                return common.not_modelled(request.method, request.path_qs)
            answer = handler(call)
            return await answer if inspect.isawaitable(answer) else answer
        except LxdError as exc:
            return answers.error(exc)

    return serve


def _unknown(call: Call) -> web.StreamResponse:
    """LXD's own 404 and 501 for what LXD 5.0 doesn't have, the simulator's 501 for what it has and the simulator has not."""
    request = call.request
    if any(pattern.fullmatch(request.path) for pattern in routes.NOT_MODELLED):
        return common.not_modelled(request.method, request.path)
    require(call.caller, Level.CLIENT, call.project)
    if any(pattern.fullmatch(request.path) for pattern in routes.KNOWN):
        raise LxdError(501, "not implemented")
    raise not_found()
