"""Virtual time.

Owns: what time it is in the simulated rack, and what is due when. Timers are data (a kind and JSON arguments), so that a
stopped simulator starts again where it was. Does not own: what a timer does; services register a handler for each kind.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable
from typing import Any

Handler = Callable[..., None]

HOUR_IN_TEN_SECONDS = 360.0


class Clock:
    """Runs `factor` times as fast as real time; a factor of 0 is a clock that only `advance` moves.

    Args:
        now: virtual POSIX seconds to start at.
        factor: virtual seconds for each real second.
        real: the real, monotonic clock in seconds; tests inject their own.
    """

    def __init__(
        self, now: float | None = None, factor: float = HOUR_IN_TEN_SECONDS, real: Callable[[], float] = time.monotonic
    ) -> None:
        self._real = real
        self._base = time.time() if now is None else now
        self._since = real()
        self._factor = factor
        self._handlers: dict[str, Handler] = {}
        self._queue: list[tuple[float, int]] = []
        self._timers: dict[int, tuple[float, str, dict[str, Any]]] = {}
        self._ids = itertools.count(1)
        self._wake: Callable[[], None] = lambda: None
        self._due: float | None = None

    @property
    def factor(self) -> float:
        """Virtual seconds for each real second."""
        return self._factor

    def now(self) -> float:
        """The virtual time in POSIX seconds; while a timer runs, the time it was due.

        So what a late timer sets is not later for that: a busy computer delays the rack, but never lets time-outs overtake.
        """
        if self._due is not None:
            return self._due
        return self._base + (self._real() - self._since) * self._factor

    def set_factor(self, factor: float) -> None:
        """Changes the speed from now on; what is due stays due at the same virtual time."""
        self._base, self._since, self._factor = self.now(), self._real(), factor
        self._wake()

    def on_wake(self, handler: Callable[[], None]) -> None:
        """Registers who is told when `until_next` may have become shorter."""
        self._wake = handler

    def on(self, kind: str, handler: Handler) -> None:
        """Registers what happens when a timer of this kind is due; one handler a kind."""
        if kind in self._handlers:
            raise ValueError(f"timer kind {kind!r} has a handler already")
        self._handlers[kind] = handler

    def after(self, seconds: float, kind: str, **args: Any) -> int:
        """Sets a timer `seconds` of virtual time ahead; `args` must be JSON values. Returns its id."""
        return self._put(next(self._ids), self.now() + max(0.0, seconds), kind, args)

    def cancel(self, timer: int) -> None:
        """Takes a timer back; one that has run or never was is no error."""
        self._timers.pop(timer, None)

    def until_next(self) -> float | None:
        """Real seconds until the next timer is due, None when there is none or the clock stands still."""
        while self._queue and self._queue[0][1] not in self._timers:
            heapq.heappop(self._queue)
        if not self._queue or not self._factor:
            return None
        return max(0.0, (self._queue[0][0] - self.now()) / self._factor)

    def run_due(self, limit: int = 100) -> int:
        """Runs at most `limit` timers that are due, in order of time; returns how many ran."""
        ran = 0
        while ran < limit and self._queue and self._queue[0][0] <= self.now():
            ran += self._run_first()
        return ran

    def advance(self, seconds: float) -> None:
        """Moves virtual time on, running what falls due at its own time, also what those timers set."""
        target = self.now() + seconds
        while self._queue and self._queue[0][0] <= target:
            self._base += max(0.0, self._queue[0][0] - self.now())
            self._run_first()
        self._base += max(0.0, target - self.now())

    def dump(self) -> dict[str, Any]:
        """The state as JSON values."""
        timers = [[due, kind, args] for due, kind, args in sorted(self._timers.values(), key=lambda t: t[0])]
        return {"now": self.now(), "factor": self._factor, "timers": timers}

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back; time goes on from where it stood."""
        self._base, self._since, self._factor = data["now"], self._real(), data["factor"]
        self._queue, self._timers = [], {}
        for due, kind, args in data["timers"]:
            self._put(next(self._ids), due, kind, args)

    def _put(self, timer: int, due: float, kind: str, args: dict[str, Any]) -> int:
        self._timers[timer] = (due, kind, args)
        heapq.heappush(self._queue, (due, timer))
        self._wake()
        return timer

    def _run_first(self) -> int:
        _, timer = heapq.heappop(self._queue)
        if timer not in self._timers:
            return 0
        self._due, kind, args = self._timers.pop(timer)
        try:
            self._handlers[kind](**args)
        finally:
            self._due = None
        return 1
