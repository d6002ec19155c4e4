"""The websocket RPC: one frame a request, answers in whatever order they are ready.

Owns: frames, the way from a frame to a handler, access, the record of requests, faults of a connection. Does not own: what a
method does.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import logging
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from .. import web as common
from .errors import ApiError, denied
from .facade import Call, Facade, Method
from .records import Controller, Model, User
from .wire import without_nulls

if TYPE_CHECKING:
    from .parts import Parts
    from .watcher import AllWatcher

_log = logging.getLogger(__name__)
SLOW_SECONDS = 5.0
_OUTLIVE = ("AllWatcher", "Pinger")
"""Facades that answer on a connection whose model has gone, so that a watcher can say so."""


class Connection:
    """One client's connection to a controller (`model` is None) or to a model."""

    def __init__(self, parts: Parts, facades: dict[str, Facade], controller: str, model: str | None) -> None:
        self.watchers: dict[str, AllWatcher] = {}
        self._parts = parts
        self._facades = facades
        self.controller_uuid = controller
        self.model_uuid = model
        self._user = ""
        self._socket = web.WebSocketResponse(max_msg_size=0, compress=False)
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.Transport | None = None

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Answers frames until the client goes."""
        await self._socket.prepare(request)
        self._transport = request.transport
        self._parts.connections.add(self)
        try:
            async for message in self._socket:
                if message.type != WSMsgType.TEXT:
                    break
                task = asyncio.create_task(self._answer(json.loads(message.data)))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        finally:
            self._parts.connections.discard(self)
            self._end()
        return self._socket

    async def close(self) -> None:
        """Says good-bye, as a controller does that goes down."""
        await self._socket.close(code=1001, message=b"controller is going down")

    def drop(self) -> None:
        """Breaks the connection without a word."""
        if self._transport:
            common.cut(self._transport)

    def login(self, user: str) -> None:
        """Remembers who this is."""
        self._user = user

    def facades(self) -> list[dict[str, Any]]:
        """What is served on this connection."""
        scope = "model" if self.model_uuid else "controller"
        return [{"name": f.name, "versions": list(f.versions)} for f in self._facades.values() if scope in f.scopes]

    @property
    def logged_in(self) -> bool:
        """Whether somebody logged in."""
        return bool(self._user)

    async def drain(self) -> None:
        """Waits until what was asked is done, though nobody waits for the answers."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _end(self) -> None:
        """Ends watchers; other requests go on to their end, as a controller's do whose client went."""
        for watcher in self.watchers.values():
            watcher.stop()

    async def _answer(self, frame: dict[str, Any]) -> None:
        name = f"{frame.get('type', '')}.{frame.get('request', '')}"
        faults = self._parts.faults
        if slow := faults.take("slow", "juju", f"juju {name}", name):
            await asyncio.sleep(float(slow.options.get("seconds", SLOW_SECONDS)))
        if faults.drops(name, "before"):
            self.drop()
            return
        reply = {"request-id": frame.get("request-id", 0)} | await self._reply(frame, name)
        if faults.drops(name, "after"):
            self.drop()
            return
        if not self._socket.closed:
            with contextlib.suppress(ConnectionError):  # the client went while its request was worked on
                await self._socket.send_str(json.dumps(reply))

    async def _reply(self, frame: dict[str, Any], name: str) -> dict[str, Any]:
        mutates, status = False, 200
        try:
            method = self._find(frame)
            mutates = method.mutates
            return {"response": await self._run(method, frame) or {}}
        except ApiError as exc:
            status = 501 if exc.code == "not implemented" else 400
            info = {"error-info": exc.info} if exc.info else {}
            return {"error": exc.message, "error-code": exc.code, "response": {}} | info
        except Exception as exc:  # without an answer its client would wait for ever
            _log.exception("%s failed", name)
            status = 500
            return {"error": f"simulator: {name} failed: {exc!r}", "error-code": "", "response": {}}
        finally:
            if mutates:
                self._parts.changed()
            path = f"/model/{self.model_uuid}/api" if self.model_uuid else "/api"
            self._parts.requests.record(name, path, mutates=mutates, status=status)

    async def _run(self, method: Method, frame: dict[str, Any]) -> dict[str, Any] | None:
        call = Call(
            parts=self._parts,
            connection=self,
            controller=self._controller(),
            params=without_nulls(frame.get("params") or {}),
            id=str(frame.get("id") or frame.get("Id") or ""),
            version=int(frame.get("version") or 0),
            logged_in=self._login_of(),
            on=None if frame["type"] in _OUTLIVE and not self._has_model() else self._model(),
        )
        if frame["type"] != "Admin":
            _check(call, method)
            if method.mutates and call.on is not None:
                _check_blocks(call.on, frame["type"], frame["request"])
        result = method.handler(call)
        return await result if inspect.isawaitable(result) else result

    def _find(self, frame: dict[str, Any]) -> Method:
        kind, name, version = frame.get("type", ""), frame.get("request", ""), frame.get("version", 0)
        facade = self._facades.get(kind)
        if facade is None:
            _log.error("simulator: %s(%s).%s is not modelled", kind, version, name)
            raise ApiError(f'unknown facade type "{kind}"', "not implemented")
        if version not in facade.versions:
            raise ApiError(f'unknown version {version} of facade type "{kind}"', "not implemented")
        scope = "model" if self.model_uuid else "controller"
        if scope not in facade.scopes:
            raise ApiError(f'facade "{kind}" not supported for {scope} API connection', "not supported")
        if name not in facade.methods:
            _log.error("simulator: %s(%s).%s is not modelled", kind, version, name)
            raise ApiError(f"no such request - method {kind}({version}).{name} is not implemented", "not implemented")
        return facade.methods[name]

    def _controller(self) -> Controller:
        found = self._parts.store.controllers.get(self.controller_uuid)
        if found is None:
            raise ApiError("controller is gone", "dead")
        return found

    def _has_model(self) -> bool:
        return self.model_uuid in self._controller().models

    def _model(self) -> Model | None:
        if self.model_uuid is None:
            return None
        found = self._controller().models.get(self.model_uuid)
        if found is None:
            raise ApiError(f'unknown model: "{self.model_uuid}"', "model not found")
        return found

    def _login_of(self) -> User | None:
        return self._controller().users.get(self._user)


def _check(call: Call, method: Method) -> None:
    if call.user.disabled:
        raise denied()
    if method.access == "superuser":
        call.require_superuser()
    elif method.access != "login" and call.on is not None and not call.may(method.access, call.on):
        raise denied()


def _check_blocks(model: Model, kind: str, name: str) -> None:
    """Refuses what the operator has forbidden in a model."""
    removes = name.startswith(("Destroy", "Remove"))
    for block, text in model.blocks.items():
        if kind != "Block" and (block == "BlockChange" or (block == "BlockRemove" and removes)):
            raise ApiError(text or "the operation has been blocked", "operation is blocked")
