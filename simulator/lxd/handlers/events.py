"""The event stream, on a websocket."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import web

from ..call import Call
from ..errors import bad_request

TYPES = frozenset({"logging", "operation", "lifecycle"})


async def listen(call: Call) -> web.StreamResponse:
    """GET /1.0/events: until the client leaves."""
    wanted = call.request.query.get("type", "")
    types = frozenset(wanted.split(",")) if wanted else TYPES
    if types - TYPES:
        raise bad_request(f'"{sorted(types - TYPES)[0]}" isn\'t a supported event type')
    socket = web.WebSocketResponse()
    await socket.prepare(call.request)
    events = call.daemon.events
    listener = events.listen(types, None if call.all_projects else call.project)
    left = asyncio.create_task(_until_left(socket))
    try:
        while not left.done():
            following = asyncio.create_task(listener.queue.get())
            await asyncio.wait((left, following), return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                await socket.send_json(following.result())
            else:
                following.cancel()
    except ConnectionError:
        return socket
    finally:
        events.leave(listener)
        left.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await left
    return socket


async def _until_left(socket: web.WebSocketResponse) -> None:
    async for _ in socket:
        continue
