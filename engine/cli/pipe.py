"""Output into a pipe whose reader may leave early, as `head` does."""

from __future__ import annotations

import os
from typing import Any, TextIO


class Forgiving:
    """A stream that nobody has to read to its end: what comes after is dropped, and the work goes on.

    A deployment must not stop half-way because its display has lost its reader.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Writes, or drops the text when nobody reads any more."""
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._drop()
            return len(text)

    def flush(self) -> None:
        """Flushes, likewise."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._drop()

    def _drop(self) -> None:
        """Lets what is still buffered, and what follows, go nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
