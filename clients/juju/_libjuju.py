"""Connections of python-libjuju, with what it gets wrong taken out.

Importing this costs a third of a second and 40 MiB: it is imported when a connection is first made.

libjuju reconnects by itself and then leaves what was waiting hanging; it drops the codes of errors in results and the results
beside them. So here a connection that breaks is broken, and a reply is what the controller sent. libjuju does the rest: TLS,
login, redirection, the choice of facade versions, the matching of replies to requests, the ping.

The one class that would change for a controller of another major version is `Wire` (see `_session.Wire` for what is asked of it).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any, cast

import websockets
from juju import errors as libjuju_errors
from juju.client import connection as libjuju

from . import errors

_STAGGER = 0.2
"""Seconds between the first tries of two addresses."""

OLDEST_APPLICATION = 19
"""The first version of the Application facade with DeployFromRepository as we call it."""


class NotOpenedError(OSError):
    """Why an address gave no connection; no ConnectionError, of which libjuju forgets the reason."""

    def __str__(self) -> str:
        return str(self.strerror)


class Connection(libjuju.Connection):  # type: ignore[misc] # libjuju ships no types
    """A connection that never comes back on its own and hides nothing."""

    async def rpc(self, msg: dict[str, Any], encoder: type[json.JSONEncoder] | None = None) -> dict[str, Any]:
        self.__request_id__ += 1
        id_ = self.__request_id__
        if self._ws is None:
            raise websockets.ConnectionClosedOK(rcvd=None, sent=None)
        frame = {"params": {}, **msg, "request-id": id_}
        frame.setdefault("version", self.facades.get(msg["type"], 0))
        await self._ws.send(json.dumps(frame, cls=encoder))
        reply: dict[str, Any] = {"response": {}, **(await self._recv(id_))}
        if "error" in reply:
            raise libjuju_errors.JujuAPIError(reply)
        return reply

    async def reconnect(self) -> None:
        """Does nothing: who calls must know that the connection broke."""

    async def _open(self, endpoint: str, cacert: str) -> Any:
        try:
            return await super()._open(endpoint, cacert)
        except ConnectionError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise NotOpenedError(error.errno, f"no connection to {endpoint}: {reason}") from error

    async def _receiver(self) -> None:
        """Tells everybody who waits that no more replies come.

        libjuju's own forgets that when the closing arrives together with a reply, and they would wait until their deadline.
        """
        await super()._receiver()
        await self.messages.put_all(websockets.ConnectionClosedError(None, None))


class Wire:
    """One live connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def usable(self) -> bool:
        """Whether requests can still be sent."""
        return bool(self._connection.is_open)

    @property
    def user(self) -> str:
        """Who is logged in."""
        return str(self._connection.username)

    async def call(self, facade: str, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Sends a request and returns the content of its reply.

        Raises:
            ConnectionError: when the connection broke before the reply.
            JujuError: what the controller said.
        """
        if facade not in self._connection.facades:
            raise errors.Unsupported(f"this Juju controller offers no version of the facade {facade} that python-libjuju knows")
        try:
            reply = await self._connection.rpc({"type": facade, "request": method, "params": dict(params)})
        except websockets.ConnectionClosed as error:
            raise ConnectionError(str(error) or "connection closed") from error
        except libjuju_errors.JujuAPIError as error:
            raise errors.of({"message": error.message, "code": error.error_code}, f"{facade}.{method}") from error
        return cast(dict[str, Any], reply["response"] or {})

    async def close(self) -> None:
        """Closes the connection, whatever state it is in."""
        try:
            await asyncio.wait_for(self._connection.close(), 5)
        except (TimeoutError, websockets.WebSocketException, OSError):
            return


async def dial(
    addresses: Sequence[str], *, uuid: str | None, user: str, password: str, ca_cert: str | None, timeout: float
) -> Wire:
    """Connects to whichever address answers first, and logs in.

    Args:
        addresses: `host:port` each, the best first.
        uuid: the model; None is the controller itself.
        user: a user of the controller.
        password: that user's password.
        ca_cert: PEM; None trusts the system's authorities.
        timeout: seconds for all of it.

    Raises:
        OSError: when none answers.
        JujuError: when one answers and refuses.
    """
    quiet()

    async def one(index: int, address: str) -> Connection:
        await asyncio.sleep(index * _STAGGER)
        return cast(
            Connection,
            await Connection.connect(endpoint=address, uuid=uuid, username=user, password=password, cacert=ca_cert, retries=0),
        )

    tasks = [asyncio.ensure_future(one(i, a)) for i, a in enumerate(addresses)]
    try:
        connection = await asyncio.wait_for(_first(tasks), timeout)
    except TimeoutError:
        raise TimeoutError(f"nothing comes back from {' or '.join(addresses)} within {timeout:.0f} s") from None
    except libjuju_errors.JujuAPIError as error:
        raise errors.of({"message": error.message, "code": error.error_code}, "the login") from error
    except (websockets.WebSocketException, libjuju_errors.JujuError, EOFError) as error:
        raise ConnectionError(str(error)) from error
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await _refuse_unsupported(connection)
    return Wire(connection)


async def _first(tasks: Sequence[asyncio.Future[Connection]]) -> Connection:
    """The first that succeeds; when all fail, what the controller said counts more than silence."""
    failed: list[Exception] = []
    for task in asyncio.as_completed(tasks):
        try:
            return await task
        except Exception as error:  # each address may fail in its own way; the last one decides
            failed.append(error)
    raise next((e for e in failed if isinstance(e, libjuju_errors.JujuAPIError)), failed[-1])


async def _refuse_unsupported(connection: Connection) -> None:
    version = str(connection.info.get("server-version", ""))
    if version.split(".", maxsplit=1)[0] != "3":
        await connection.close()
        raise errors.Unsupported(
            f"this controller runs Juju {version}; python-libjuju speaks to Juju 3 only: use a controller of Juju 3.6 "
            "(`sudo snap install juju --channel 3.6/stable`)"
        )
    if connection.uuid and connection.facades.get("Application", 0) < OLDEST_APPLICATION:
        await connection.close()
        raise errors.Unsupported(f"this controller runs Juju {version}, which is too old: upgrade it to Juju 3.6")


class _NotLibjuju(logging.Filter):
    """Drops what asyncio says about tasks that libjuju leaves behind."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        return not any(word in text for word in ("juju/client", "Task_Pinger", "Task_Receiver", "run_with_interrupt"))


_FILTER = _NotLibjuju()


def quiet() -> None:
    """Keeps libjuju's and websockets' logging out of the operator's display."""
    for name in ("juju", "websockets"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
    logging.getLogger("asyncio").addFilter(_FILTER)
