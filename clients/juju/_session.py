"""One connection for all who need it, dialled again when it breaks.

Every call has a deadline. A request that only reads, or that may be repeated, is sent again over a new connection; one that
must not be sent twice ends in `Unknown`, and the caller looks at what is there before it tries again.
"""

from __future__ import annotations

import asyncio
import errno
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

from .. import _loop
from . import errors

CALL_SECONDS: Final = 60.0
"""How long a controller may take to answer one request."""

PATIENCE: Final = 180.0
"""How long a controller that has answered before may be away, as when it restarts or is upgraded."""

FIRST_PATIENCE: Final = 15.0
"""How long the first connection is tried: an address may simply be wrong."""
_NOBODY: Final = frozenset({errno.ECONNREFUSED, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETUNREACH})
"""What the network says of an address where nothing answers."""

ONCE: Final = frozenset(
    {
        "Action.EnqueueOperation",
        "Action.Run",
        "Application.AddRelation",
        "Application.AddUnits",
        "Application.Consume",
        "Application.DeployFromRepository",
        "ApplicationOffers.Offer",
        "Cloud.AddCloud",
        "KeyManager.AddKeys",
        "MachineManager.AddMachines",
        "ModelManager.CreateModel",
        "Resources.AddPendingResources",
        "Secrets.CreateSecrets",
        "Spaces.CreateSpaces",
    }
)
"""What does something else, or fails, when it is sent a second time."""


_READS: Final = (
    "Actions",
    "ApplicationsCharmsActions",
    "CharmInfo",
    "ControllerConfig",
    "FullStatus",
    "Get",
    "ListFilesystems",
    "ListKeys",
    "ListResources",
    "ListSecrets",
    "ListSpaces",
    "ListVolumes",
    "StatusHistory",
)
"""Methods that change nothing in a model, whatever their facade; `Get…` of every kind are others."""


class Wire(Protocol):
    """A live connection: the seam below which a client for another Juju would go."""

    @property
    def usable(self) -> bool:
        """Whether requests can still be sent."""

    async def call(self, facade: str, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Sends a request and returns the reply's content; ConnectionError when the connection breaks first."""

    async def close(self) -> None:
        """Closes it."""


Dial = Callable[[], Awaitable[Wire]]


class Session:
    """Calls to one controller, or to one model of it, over one connection.

    Args:
        dial: makes a new connection.
        name: whose connection it is, for messages: 'the controller "site"'.
        patience: seconds for which a connection is dialled again and again.
        backoff: seconds before the second try; each one after that waits twice as long, 10 s at most.
    """

    def __init__(self, dial: Dial, name: str, *, patience: float = PATIENCE, backoff: float = 0.25) -> None:
        self._dial = dial
        self.name = name
        self._patience = patience
        self._backoff = backoff
        self._wire: Wire | None = None
        self._answered = False
        self._failed: tuple[float, errors.Unreachable] | None = None
        """When the newest dialling was given up, and how it ended."""
        self._dialling = asyncio.Lock()
        self.changes = 0
        """How many requests were sent that may have changed something."""

    def call(
        self, facade: str, method: str, params: Mapping[str, Any] | None = None, *, seconds: float = CALL_SECONDS
    ) -> dict[str, Any]:
        """Asks the controller and returns its answer; blocks the calling thread.

        Raises:
            JujuError: what the controller said; Unreachable, Unknown as the module says.
        """
        changes = method not in _READS and not method.startswith("Get")
        work = self._call(facade, method, params or {}, seconds)
        limit = 2 * (self._patience + seconds) + 30  # the coroutine keeps its own deadlines; this one is for the unforeseen
        self.changes += changes
        try:
            return _loop.run(work, limit, f"{self.name}'s answer to {facade}.{method}")
        finally:
            self.changes += changes  # what was read while it was under way may be from before

    def reach(self, seconds: float, waiting: Callable[[str], None]) -> None:
        """Waits until a controller that is known to be there answers for the first time, as while its machine boots.

        Args:
            seconds: how long nothing may answer.
            waiting: told once, when nothing does, why not.

        Raises:
            Unreachable: at the deadline, or at once when something answers that is no controller of ours.
            JujuError: the controller answers, and refuses us.
        """
        end, told = time.monotonic() + seconds, False
        while not self._answered:
            try:
                _loop.run(self._connected(time.monotonic() + FIRST_PATIENCE), 2 * CALL_SECONDS, f"{self.name}'s answer")
            except errors.Silent as error:
                if time.monotonic() >= end:
                    raise
                if not told:
                    waiting(str(error))
                told = True

    def close(self) -> None:
        """Closes the connection; a later call opens another."""
        _loop.run(self._drop(self._wire), 10, f"the end of {self.name}'s connection")

    async def _call(self, facade: str, method: str, params: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        end = time.monotonic() + self._patience
        pause = self._backoff
        while True:
            wire = await self._connected(end)
            try:
                return await asyncio.wait_for(wire.call(facade, method, params), seconds)
            except (TimeoutError, OSError) as error:
                await self._drop(wire)
                self._give_up(f"{facade}.{method}", error, end)
            except errors.JujuError as error:
                if error.code not in errors.TRANSIENT or time.monotonic() >= end:
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, 10)

    def _give_up(self, call: str, error: BaseException, end: float) -> None:
        """Raises unless the call may be sent again."""
        reason = str(error) or type(error).__name__
        if call in ONCE:
            raise errors.Unknown(
                f"the connection to {self.name} broke while {call} was under way ({reason}): it may have been done; run again"
            ) from error
        if time.monotonic() >= end:
            raise errors.Unreachable(f"{self.name} gives no answer to {call} ({reason})") from error

    async def _connected(self, end: float) -> Wire:
        began = time.monotonic()
        async with self._dialling:
            if self._wire is None or not self._wire.usable:
                if self._failed is not None and self._failed[0] >= began:  # somebody tried while we waited for our turn
                    raise type(self._failed[1])(str(self._failed[1]))
                await self._drop(self._wire)
                first = time.monotonic() + min(FIRST_PATIENCE, self._patience)
                self._wire = await self._dialled(end if self._answered else min(end, first))
                self._answered = True
            return self._wire

    async def _dialled(self, end: float) -> Wire:
        pause = self._backoff
        while True:
            try:
                return await self._dial()
            except (TimeoutError, OSError) as error:
                if time.monotonic() + pause >= end or isinstance(error, ssl.SSLCertVerificationError):
                    failure = self._unreachable(error)
                    self._failed = time.monotonic(), failure
                    raise failure from error
            await asyncio.sleep(pause)
            pause = min(pause * 2, 10)

    def _unreachable(self, error: OSError) -> errors.Unreachable:
        nobody = isinstance(error, TimeoutError | ConnectionRefusedError) or error.errno in _NOBODY
        kind = errors.Silent if nobody else errors.Unreachable
        return kind(f"{self.name} can't be reached: {str(error) or type(error).__name__}")

    async def _drop(self, wire: Wire | None) -> None:
        if wire is not None:
            if self._wire is wire:
                self._wire = None
            await wire.close()
