"""How the `juju` stand-in talks: plain HTTP to the simulator's admin API, websocket RPC to a controller."""

from __future__ import annotations

import asyncio
import contextlib
import json
import pathlib
import ssl
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import aiohttp

_TIMEOUT = 30.0
_PARTING = 1.0


class CommandError(Exception):
    """The command ends with "ERROR …" and this exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Simulator:
    """The admin API of the simulator whose endpoints.json is at `path`."""

    def __init__(self, path: pathlib.Path) -> None:
        try:
            endpoints = json.loads(path.read_text())
        except OSError as exc:
            raise CommandError(f"the simulator is not running ({path}: {exc.strerror}); start it first") from exc
        self._url = endpoints["admin"]["url"]

    def get(self, path: str) -> dict[str, Any]:
        """Reads."""
        return self._ask(urllib.request.Request(self._url + path))  # noqa: S310 - an http URL of our own

    def post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        """Changes something."""
        data = json.dumps(content).encode()
        headers = {"Content-Type": "application/json"}
        return self._ask(urllib.request.Request(self._url + path, data, headers))  # noqa: S310 - an http URL of our own

    def _ask(self, request: urllib.request.Request) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310 - an http URL of our own
                return dict(json.load(response))
        except urllib.error.HTTPError as exc:
            with exc:
                text = exc.read().decode(errors="replace")
            try:
                message = json.loads(text)["error"]
            except (ValueError, KeyError):
                message = text
            raise CommandError(message, 404 if exc.code == 404 else 1) from exc
        except (urllib.error.URLError, ConnectionError, TimeoutError) as exc:
            raise CommandError(f"the simulator does not answer at {self._url}: {exc}") from exc


def call(controller: dict[str, Any], account: dict[str, Any], request: tuple[str, int, str], params: dict[str, Any],
         model: str = "") -> dict[str, Any]:  # fmt: skip
    """One request to a controller, or to a model of it.

    Args:
        controller: its entry in controllers.yaml.
        account: its entry in accounts.yaml.
        request: facade, version, method.
        params: of the method.
        model: UUID of a model.

    Raises:
        CommandError: unreachable, or refused.
    """
    return asyncio.run(_call(controller, account, request, params, model))


async def _call(
    controller: dict[str, Any], account: dict[str, Any], request: tuple[str, int, str], params: dict[str, Any], model: str
) -> dict[str, Any]:
    import aiohttp  # it takes long, and most commands do without

    context = ssl.create_default_context(cadata=controller["ca-cert"])
    context.check_hostname = False
    url = f"wss://{controller['api-endpoints'][0]}" + (f"/model/{model}/api" if model else "/api")
    login = {"auth-tag": f"user-{account['user']}", "credentials": account.get("password", ""), "client-version": "3.6.25"}
    try:
        async with aiohttp.ClientSession() as session, _connected(session, url, context) as socket:
            await _ask(socket, 1, ("Admin", 3, "Login"), login)
            return await _ask(socket, 2, request, params)
    except (aiohttp.ClientError, TimeoutError) as exc:
        raise CommandError(f"unable to connect to API: {exc}") from exc


@contextlib.asynccontextmanager
async def _connected(
    session: aiohttp.ClientSession, url: str, context: ssl.SSLContext
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A connection that has ended when it is left: one with TLS does so some time after it is let go."""
    socket = await session.ws_connect(url, ssl=context, max_msg_size=0)
    wire = socket.get_extra_info("socket")
    try:
        yield socket
    finally:
        await socket.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PARTING):
                while wire.fileno() >= 0:
                    await asyncio.sleep(0.005)


async def _ask(
    socket: aiohttp.ClientWebSocketResponse, number: int, request: tuple[str, int, str], params: dict[str, Any]
) -> dict[str, Any]:
    facade, version, method = request
    frame = {"type": facade, "version": version, "request": method, "request-id": number, "params": params}
    await socket.send_str(json.dumps(frame))
    answer = await asyncio.wait_for(socket.receive_json(), _TIMEOUT)
    if answer.get("error"):
        raise CommandError(answer["error"])
    return dict(answer.get("response") or {})
