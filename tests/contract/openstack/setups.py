"""What a recording needs beside the replay itself: the base of each `setup_FILE.py`."""

from __future__ import annotations

import importlib
import importlib.util
from typing import ClassVar

from .bench import Answer, Bench
from .exchange import Exchange


class Setup:
    """Hooks around a replay; the defaults do for most exchanges.

    Attributes:
        area: the attribute of the cloud that answers.
        port: in the recorded URLs.
        loose: names of fields that may be anything of the same type.
        skipped_headers: headers of the answers that are not compared.
        token_header: what a request's token travels in.
    """

    area: ClassVar[str]
    port: ClassVar[int]
    loose: ClassVar[frozenset[str]] = frozenset()
    skipped_headers: ClassVar[frozenset[str]] = frozenset({"X-Subject-Token"})
    token_header: ClassVar[str] = "X-Auth-Token"

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    def prepare(self) -> None:
        """Makes what was there before the recording began; by default alice as a member of demo."""
        self.bench.people()

    def pause(self, exchange: Exchange) -> float:
        """Virtual seconds that pass before an exchange."""
        return 1.0

    async def before(self, exchange: Exchange) -> None:
        """Does what the recorder did off the record before an exchange."""

    def body(self, exchange: Exchange) -> bytes | None:
        """The request's body where the recorder masked it; None for what was recorded."""
        return None

    def skipped(self, exchange: Exchange) -> bool:
        """Whether an exchange went to another service, and is not replayed."""
        return False

    def recorded(self, exchange: Exchange, answer: Answer) -> object:
        """What to compare our answer's body with: the recorded body, unless a setup knows better."""
        return exchange.response

    async def after(self, exchange: Exchange, answer: Answer) -> None:
        """Sees our answer; the place to note a token or an id that is masked in the recording."""


def find(file: str) -> type[Setup] | None:
    """The setup of a recording, None when there is none yet."""
    name = f"{__package__}.setup_{file}"
    if importlib.util.find_spec(name) is None:
        return None
    found: type[Setup] = importlib.import_module(name).Setup
    return found
