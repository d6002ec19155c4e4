"""What the HTTP services share: the request record, faults of the wire, the answer to an unknown route, serving on loopback.

Faults of the wire are seen by clients, which live in real time; their `seconds` are real seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import ssl
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from .requestlog import RequestLog
from .world import World

FAULTS = {
    "http-503": "answers 503 instead of doing anything",
    "http-504": "answers 504 as a gateway does that lost its server",
    "slow": "waits `seconds` (default 5) before it answers",
    "drop-after-effect": "does what was asked and closes the connection without an answer; reads are spared",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SLOW_SECONDS = 5.0

_log = logging.getLogger(__name__)


def application(
    service: str, world: World, log: RequestLog, reads: Callable[[web.Request], bool] = lambda request: False
) -> web.Application:
    """An application whose requests are recorded, struck by faults, and answered 501 where nothing is modelled.

    `reads` says of requests with other methods whether they change nothing that counts, such as a login.
    """
    middlewares = [_recorded(world, log, reads), _faulty(service, world), _modelled]
    return web.Application(middlewares=middlewares, client_max_size=1 << 30)


def not_modelled(method: str, path: str) -> web.Response:
    """The answer to a route that the simulator does not have; also a line in its log."""
    message = f"simulator: {method} {path} is not modelled"
    _log.error(message)
    return web.json_response({"error": message}, status=501)


async def serve(app: web.Application, port: int, tls: ssl.SSLContext | None = None) -> web.AppRunner:
    """Serves `app` on 127.0.0.1:`port`; OSError says what to do when somebody else has the port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await listen(runner, port, tls)
    return runner


async def listen(runner: web.AppRunner, port: int, tls: ssl.SSLContext | None = None) -> None:
    """Serves what a runner serves on 127.0.0.1:`port` too; when that fails it serves nowhere any more."""
    try:
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
    except OSError as exc:
        await runner.cleanup()
        if exc.errno != errno.EADDRINUSE:
            raise
        raise OSError(f"port {port} is taken by another process; stop it, or delete ports.json to choose others") from exc


def _recorded(world: World, log: RequestLog, reads: Callable[[web.Request], bool]) -> Middleware:
    @web.middleware
    async def recorded(request: web.Request, handler: Handler) -> web.StreamResponse:
        mutates = request.method not in SAFE and not reads(request)
        status = 500
        try:
            response = await handler(request)
            status = response.status
            return response
        except web.HTTPException as exc:
            status = exc.status
            raise
        finally:
            if mutates:
                world.changed()
            log.record(request.method, request.path_qs, mutates=mutates, status=status)

    return recorded


def cut(transport: asyncio.BaseTransport) -> None:
    """Breaks a connection without a good-bye; one that is gone already is left alone, where asyncio's TLS transport fails."""
    with contextlib.suppress(AttributeError):
        transport.abort()  # type: ignore[attr-defined] # every transport of a connection has it


def _faulty(service: str, world: World) -> Middleware:
    @web.middleware
    async def faulty(request: web.Request, handler: Handler) -> web.StreamResponse:
        targets = (service, f"{service} {request.method} {request.path_qs}")
        if slow := world.fault("slow", *targets):
            await asyncio.sleep(float(slow.options.get("seconds", SLOW_SECONDS)))
        for status in (503, 504):
            if world.fault(f"http-{status}", *targets):
                return web.Response(status=status, text=f"injected fault http-{status}\n")
        response = await handler(request)
        if request.method not in SAFE and world.fault("drop-after-effect", *targets) and request.transport:
            cut(request.transport)
        return response

    return faulty


@web.middleware
async def _modelled(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPNotFound:
        if request.match_info.http_exception is None:
            raise
        return not_modelled(request.method, request.path)
    except web.HTTPMethodNotAllowed:
        return not_modelled(request.method, request.path)
