"""Listeners: each ready controller answers on a port of its own, with TLS."""

from __future__ import annotations

import asyncio
import collections
from collections.abc import Awaitable, Callable

from aiohttp import web

from .. import web as serving
from ..ports import Ports
from .facades import FACADES
from .http import Uploads
from .keys import Keys
from .parts import Parts
from .records import Controller
from .rpc import Connection


class Listeners:
    """Begins and ends serving controllers."""

    def __init__(self, parts: Parts, ports: Ports, keys: Keys) -> None:
        self._parts = parts
        self._ports = ports
        self._keys = keys
        self._running: dict[str, web.AppRunner] = {}
        self._turns: dict[str, asyncio.Lock] = collections.defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[None]] = set()

    def address(self, controller: Controller) -> str:
        """HOST:PORT of a controller, the same over restarts."""
        return f"127.0.0.1:{self._ports.get(controller.port)}"

    def begin(self, controller: Controller) -> None:
        """Serves soon."""
        self._spawn(self.serve(controller))

    def end(self, controller: Controller) -> None:
        """Stops serving soon; clients are told that the controller goes down."""
        self._spawn(self._close(controller.uuid))

    def cut(self, controller: Controller) -> None:
        """Ends at once and without a word, as when the power goes."""
        for connection in self._connections(controller.uuid):
            connection.drop()
        self._spawn(self._close(controller.uuid, politely=False))

    async def serve(self, controller: Controller) -> None:
        """Serves."""
        async with self._turns[controller.uuid]:  # it may be at the end of an earlier time
            if controller.uuid not in self._running:
                self._running[controller.uuid] = await self._serve(controller)

    async def _serve(self, controller: Controller) -> web.AppRunner:
        app = web.Application(middlewares=[_not_modelled], client_max_size=1 << 30)
        app.add_routes(
            [
                web.get("/api", self._socket(controller.uuid)),
                web.get("/model/{model}/api", self._socket(controller.uuid)),
                *Uploads(self._parts, controller.uuid).routes(),
            ]
        )
        return await serving.serve(app, self._ports.get(controller.port), self._keys.server_context())

    async def stop(self) -> None:
        """Stops serving everybody."""
        open_ones = list(self._parts.connections)
        for connection in open_ones:
            await connection.close()
        for connection in open_ones:
            await connection.drain()
        for uuid in list(self._running):
            await self._close(uuid)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _socket(self, controller: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            model = request.match_info.get("model")
            return await Connection(self._parts, FACADES, controller, model).serve(request)

        return serve

    async def _close(self, uuid: str, *, politely: bool = True) -> None:
        async with self._turns[uuid]:
            runner = self._running.pop(uuid, None)
            for connection in self._connections(uuid) if politely and runner else ():
                await connection.close()
            if runner:
                await runner.cleanup()

    def _connections(self, controller: str) -> list[Connection]:
        return [connection for connection in self._parts.connections if connection.controller_uuid == controller]

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@web.middleware
async def _not_modelled(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        return serving.not_modelled(request.method, request.path)
