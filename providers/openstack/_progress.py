"""Lines about an image's bytes: one each ten percent at most."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..juju._common import say

_STEP = 10
_MIB = 1024 * 1024
_UNKNOWN_STEP = 100 * _MIB


class Percent:
    """Tells how far something is; fits `sources.Progress`.

    Args:
        text: what is done, e.g. "noble: downloading".
        say: shows a line.
        now: the clock, in seconds.
    """

    def __init__(self, text: str, say: Callable[[str], None] = say, now: Callable[[], float] = time.monotonic) -> None:
        self._text, self._say, self._now = text, say, now
        self._began = now()
        self._told = 0

    def __call__(self, done: int, total: int) -> None:
        """Says a line when the next ten percent are done; without a total, each hundred MiB."""
        step = 100 * done // total // _STEP if total else done // _UNKNOWN_STEP
        if step <= self._told:
            return
        self._told = step
        how = f"{step * _STEP}%" if total else f"{done // _MIB} MiB"
        seconds = self._now() - self._began
        speed = f", {done / _MIB / seconds:.0f} MiB/s" if seconds > 1 else ""
        self._say(f"{self._text} {how}{speed}")
