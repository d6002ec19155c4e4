"""Lines about machines, for the engine's display: one a change, never one a poll."""

from __future__ import annotations

import time
from collections.abc import Callable

from clients.maas import Machine


class Progress:
    """Tells how a machine's status changes, and how long it took."""

    def __init__(self, name: str, now: Callable[[], float] = time.monotonic) -> None:
        """Says nothing yet.

        Args:
            name: what the operator calls the machine.
            now: the clock, in seconds.
        """
        self._name = name
        self._now = now
        self._since = now()

    def __call__(self, old: Machine | None, new: Machine | None) -> None:
        """Prints a line when the status differs; fits a watcher's `on_change`."""
        before, after = (None if m is None else m.status_name for m in (old, new))
        if before == after or old is None:
            return
        self.say(f"{before} → {after or 'gone'} ({span(self._now() - self._since)})")
        self._since = self._now()

    def say(self, text: str) -> None:
        """Prints a line in one piece, since others print at the same time; the host passes it on at once."""
        print(f"{self._name}: {text}\n", end="", flush=True)


def span(seconds: float) -> str:
    """Seconds as people say them: 45s, 2m10s, 1h02m."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02}m"
