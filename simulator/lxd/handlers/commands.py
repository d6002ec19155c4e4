"""Commands inside instances: with their output recorded, on websockets, or neither; and the logs recorded output goes to."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import uuid
from typing import Any

from aiohttp import WSMsgType, web

from .. import answers, machines, shell, views
from ..call import Call
from ..errors import LxdError, bad_request, forbidden, not_found
from ..operations import Operation, Outcome
from ..programs import Result, Session
from ..records import Instance
from . import instances

_FIELDS = {
    "command": "list",
    "environment": "config",
    "wait-for-websocket": "bool",
    "interactive": "bool",
    "record-output": "bool",
    "cwd": "string",
}
_DESCRIPTION = "Executing command"
_CONNECT_SECONDS = 5.0
"""Real seconds in which a client that asked for websockets has to connect them."""
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Streams:
    """The websockets of one command: each by its secret, connected in any order."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.secrets = {name: secrets.token_hex(32) for name in names}
        self._sockets: dict[str, web.WebSocketResponse] = {}
        self._connected = asyncio.Event()
        self._input = bytearray()
        self._input_ended = asyncio.Event()
        self.finished = asyncio.Event()

    def named(self, secret: str) -> str | None:
        """Which stream a secret opens."""
        return next((name for name, known in self.secrets.items() if secrets.compare_digest(known, secret)), None)

    async def serve(self, name: str, socket: web.WebSocketResponse) -> None:
        """Carries one stream until the command ended or the client left."""
        self._sockets[name] = socket
        if set(self.secrets) - {"control"} <= self._sockets.keys():
            self._connected.set()
        reader = asyncio.create_task(self._read(name, socket))
        await self.finished.wait()
        reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reader

    async def connected(self) -> bool:
        """Whether the client connected what it asked for."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._connected.wait(), _CONNECT_SECONDS)
        return self._connected.is_set()

    async def typed(self) -> bytes:
        """Everything the client sends until it ends its input."""
        await self._input_ended.wait()
        return bytes(self._input)

    async def send(self, name: str, data: bytes) -> None:
        """Sends output and ends its stream."""
        socket = self._sockets.get(name)
        if socket is None or socket.closed:
            return
        with contextlib.suppress(ConnectionError):
            if data:
                await socket.send_bytes(data)
            await socket.send_str("")  # how LXD ends a stream

    async def close(self) -> None:
        """Ends all streams."""
        for socket in self._sockets.values():
            with contextlib.suppress(ConnectionError):
                await socket.close()
        self.finished.set()

    async def _read(self, name: str, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if name == "0" and message.type == WSMsgType.BINARY:
                self._input += message.data
            elif name == "0" and message.type == WSMsgType.TEXT and not message.data:
                break
        if name == "0":
            self._input_ended.set()


def run(call: Call) -> web.Response:
    """POST /1.0/instances/NAME/exec."""
    record = instances.find(call)
    wanted = call.body("InstanceExecPost", **_FIELDS)
    if not machines.is_running(call.daemon, record):
        raise bad_request("Instance is not running")
    if record.frozen:
        raise bad_request("Instance is frozen")
    session = _session(call, record, wanted)
    command = wanted.get("command") or []
    if wanted.get("wait-for-websocket"):
        return _on_websockets(call, record, session, command, bool(wanted.get("interactive")))

    def effect() -> Outcome:
        _refuse_silent(call, record)
        result = _execute(session, command)
        metadata: dict[str, Any] = {"return": result.code}
        if wanted.get("record-output"):
            metadata["output"] = _record(record, result)
        return Outcome(seconds=result.seconds, metadata=metadata)

    return call.run(_DESCRIPTION, effect, resources=instances.resources(record))


async def websocket(call: Call) -> web.StreamResponse:
    """GET /1.0/operations/ID/websocket?secret=…: one stream of a command."""
    operation = call.daemon.operations.get(call.param("id"))
    streams: Streams | None = operation.streams
    if streams is None:
        raise bad_request("This operation has no websocket")
    name = streams.named(call.request.query.get("secret", ""))
    if name is None:
        raise forbidden()
    socket = web.WebSocketResponse()
    await socket.prepare(call.request)
    await streams.serve(name, socket)
    return socket


def logs(call: Call) -> web.Response:
    """GET /1.0/instances/NAME/logs."""
    record = instances.find(call)
    own = ("lxc.conf", "lxc.log") if record.started and not record.is_vm else ()
    return answers.sync([f"/1.0/instances/{record.name}/logs/{name}" for name in sorted((*record.logs, *own))])


def log(call: Call) -> web.Response:
    """GET /1.0/instances/NAME/logs/FILE."""
    record = instances.find(call)
    if call.param("file") not in record.logs:
        raise _no_log(call)
    headers = {"Content-Type": "application/octet-stream"}
    return web.Response(body=record.logs[call.param("file")].encode("latin-1"), headers=headers)


def remove_log(call: Call) -> web.Response:
    """DELETE /1.0/instances/NAME/logs/FILE."""
    record = instances.find(call)
    if record.logs.pop(call.param("file"), None) is None:
        raise _no_log(call)
    return answers.done()


def _no_log(call: Call) -> LxdError:
    name = call.param("file")
    return not_found("Not Found") if name.startswith("exec_") else bad_request(f"log file name {name} not valid")


def _session(call: Call, record: Instance, wanted: dict[str, Any]) -> Session:
    uid = int(wanted.get("user") or 0)
    environment = {"PATH": _PATH, "HOME": "/root", "USER": "root", "LANG": "C.UTF-8", **wanted.get("environment", {})}
    now = call.daemon.world.clock.now()
    return Session(instance=record, environment=environment, cwd=wanted.get("cwd") or "/root", uid=uid, now=now)


def _execute(session: Session, command: list[str], typed: bytes = b"") -> Result:
    """Runs a program; what isn't installed is a failed operation to LXD, not a result."""
    if not command:
        raise LxdError(500, "Failed to retrieve PID of executing child process")
    if not shell.is_installed(command[0]):
        raise LxdError(404, "Command not found")
    return shell.run(session, command, typed)


def _refuse_silent(call: Call, record: Instance) -> None:
    if record.is_vm and not views.has_agent(call.daemon, record):
        raise LxdError(500, "LXD VM agent isn't currently running")


def _record(record: Instance, result: Result) -> dict[str, str]:
    """Keeps the output as logs; bytes as latin-1, so that they survive in JSON."""
    tag = uuid.uuid4()
    names = {"1": f"exec_{tag}.stdout", "2": f"exec_{tag}.stderr"}
    record.logs[names["1"]], record.logs[names["2"]] = result.stdout.decode("latin-1"), result.stderr.decode("latin-1")
    return {stream: f"/1.0/instances/{record.name}/logs/{name}" for stream, name in names.items()}


def _on_websockets(call: Call, record: Instance, session: Session, command: list[str], interactive: bool) -> web.Response:
    streams = Streams(("control", "0") if interactive else ("control", "0", "1", "2"))
    environment = dict(session.environment)
    metadata = {"command": command, "environment": environment, "fds": streams.secrets, "interactive": interactive}
    operation = call.daemon.operations.open(
        "websocket",
        _DESCRIPTION,
        project=record.project,
        resources=instances.resources(record),
        metadata=metadata,
        streams=streams,
    )
    operation.task = asyncio.get_running_loop().create_task(_converse(call, operation, session, command))
    return answers.accepted(operation.render())


async def _converse(call: Call, operation: Operation, session: Session, command: list[str]) -> None:
    streams: Streams = operation.streams
    operations = call.daemon.operations
    if not await streams.connected():
        operations.end(operation, "Failure", err="Timed out waiting for websockets to connect")
        return
    try:
        _refuse_silent(call, session.instance)
        typed = await streams.typed() if shell.wants_input(command) else b""
        result = _execute(session, command, typed)
    except LxdError as exc:
        operations.end(operation, "Failure", err=str(exc))
        await streams.close()
        return
    interactive = "1" not in streams.secrets
    await streams.send("0" if interactive else "1", result.stdout + (result.stderr if interactive else b""))
    await streams.send("2", result.stderr)
    operations.end(operation, "Success", metadata={"return": result.code})
    await streams.close()
