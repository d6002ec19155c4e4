"""One poll for everybody who waits.

A server is asked once an interval for all objects, however many callers wait for one of them: the number of requests grows with
the elapsed time, not with time by waiters. There is no thread of its own: the waiter who finds a poll due makes it for all, and
when nobody waits, nobody asks.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from .errors import DeadlineError

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Watch(Generic[K, T]):
    """Polls `fetch_all` and lets callers wait for an object by its id."""

    def __init__(
        self,
        fetch_all: Callable[[], Mapping[K, T]],
        interval: float,
        *,
        tolerate: tuple[type[Exception], ...] = (),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Asks nothing yet.

        Args:
            fetch_all: one request for all objects, by id.
            interval: seconds from the start of one poll to the start of the next.
            tolerate: errors of `fetch_all` that pass, such as a server that restarts; a waiter meets them only at its deadline.
            now: the clock, in seconds.
        """
        self._fetch_all = fetch_all
        self._interval = interval
        self._tolerate = tolerate
        self._now = now
        self._changed = threading.Condition()
        self._polling = False
        self._started = float("-inf")
        """When the newest poll began; the objects in `_objects` are at least that new, unless it is still under way or failed."""
        self._seen = float("-inf")
        self._objects: Mapping[K, T] = {}
        self._error: Exception | None = None
        self._fatal: tuple[float, Exception] | None = None
        self._waiting: dict[K, int] = {}

    def waiting(self) -> frozenset[K]:
        """The ids that somebody waits for, for a `fetch_all` that can ask for less than everything."""
        with self._changed:
            return frozenset(self._waiting)

    def wait(
        self,
        id_: K,
        predicate: Callable[[T | None], bool],
        *,
        deadline: float,
        describe: Callable[[T | None], str],
        on_change: Callable[[T | None, T | None], None] | None = None,
    ) -> T | None:
        """Waits until `predicate` holds for the object, and returns it.

        Only what was asked for after this call began counts: what an earlier poll saw may be older than the change that the
        caller has just made.

        Args:
            id_: the object's id.
            predicate: gets the object, or None while the server has none by that id; what it raises ends this wait only.
            deadline: seconds from now.
            describe: says what is waited for and how it stands, e.g. "worker-1 to be Ready; it is Commissioning".
            on_change: called in the caller's thread with the last and the new object whenever they differ.

        Raises:
            DeadlineError: when the deadline has passed, with the last description.
            Exception: what `fetch_all` raised, unless it is tolerated; every waiter gets it.
        """
        with self._changed:
            self._waiting[id_] = self._waiting.get(id_, 0) + 1
        try:
            return self._wait(id_, predicate, deadline, describe, on_change)
        finally:
            with self._changed:
                self._waiting[id_] -= 1
                if not self._waiting[id_]:
                    del self._waiting[id_]

    def _wait(
        self,
        id_: K,
        predicate: Callable[[T | None], bool],
        deadline: float,
        describe: Callable[[T | None], str],
        on_change: Callable[[T | None, T | None], None] | None,
    ) -> T | None:
        since, last, first = self._now(), None, True
        end = since + deadline
        while self._next(since, end):
            with self._changed:
                current, since = self._objects.get(id_), math.nextafter(self._seen, math.inf)
            if on_change is not None and (first or current != last):
                on_change(last, current)
            last, first = current, False
            if predicate(current):
                return current
        reason = f" ({self._error})" if self._error is not None else ""
        raise DeadlineError(f"waited {_span(deadline)} for {describe(last)}{reason}")

    def _next(self, since: float, end: float) -> bool:
        """Blocks until objects at least as new as `since` are there; False when `end` comes first."""
        while True:
            with self._changed:
                while self._polling and self._seen < since and (now := self._now()) < end:
                    self._changed.wait(end - now)
                if self._fatal is not None and self._fatal[0] >= since:
                    raise self._fatal[1]
                if self._seen >= since:
                    return True
                now = self._now()
                if now >= end:
                    return False
                due = self._started + self._interval
                if due > now:
                    self._changed.wait(min(due, end) - now)
                    continue
                self._polling, self._started = True, now
            self._poll(now)

    def _poll(self, started: float) -> None:
        objects: Mapping[K, T] | None = None
        error: Exception | None = None
        try:
            objects = self._fetch_all()
        except Exception as caught:  # every waiter must hear of it, not only the one whose turn it was
            error = caught
        finally:
            with self._changed:
                self._polling, self._error = False, error
                if objects is not None:
                    self._objects, self._seen = objects, started
                elif error is not None and not isinstance(error, self._tolerate):
                    self._fatal = self._now(), error
                self._changed.notify_all()


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
