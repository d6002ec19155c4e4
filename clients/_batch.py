"""Many single questions, few requests.

Two hundred resources ask for one object each at the same moment. The first asks the server at once; who comes while that request
is under way is served by the next one, together with everybody else who waits. No answer is older than its question.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Batch(Generic[K, T]):
    """Asks `fetch` for sets of keys and hands out what it finds."""

    def __init__(self, fetch: Callable[[frozenset[K]], Mapping[K, T]]) -> None:
        """Asks nothing yet.

        Args:
            fetch: one request for these keys; those that the server doesn't have are missing from its result.
        """
        self._fetch = fetch
        self._lock = threading.Lock()
        self._server = threading.Lock()
        self._open: _Round[K, T] | None = None

    def get(self, key: K) -> T | None:
        """The object of this key, None when there is none.

        Raises:
            Exception: what `fetch` raised, for all whom it was to serve.
        """
        with self._lock:
            leads = self._open is None
            joined = self._open = self._open or _Round()
            joined.keys.add(key)
        if leads:
            self._serve(joined)
        joined.served.wait()
        if joined.error is not None:
            raise joined.error
        return joined.found.get(key)

    def _serve(self, served: _Round[K, T]) -> None:
        with self._server:
            with self._lock:
                self._open = None
            try:
                served.found = self._fetch(frozenset(served.keys))
            except Exception as error:  # everybody in the round must hear of it
                served.error = error
            finally:
                served.served.set()


class _Round(Generic[K, T]):
    def __init__(self) -> None:
        self.keys: set[K] = set()
        self.found: Mapping[K, T] = {}
        self.error: Exception | None = None
        self.served = threading.Event()
