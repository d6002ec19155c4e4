"""Glance's recording; its images were a small qcow2, 300 bytes, 1000 bytes and a stream of 300000.

Their bytes are not known, so their checksums are other ones here: md5 is bound like an id, and must be the same wherever it was.
"""

from __future__ import annotations

import struct
from typing import ClassVar

from . import setups
from .bench import Answer
from .exchange import Exchange

_SECOND = 12
_BODIES = {"<300 chars>": b"abc" * 100, "<1000 chars>": b"x" * 1000, "<stream>": b"x" * 300000}


class Setup(setups.Setup):
    """Gives the data that the recording masks."""

    area = "image"
    port = 9292
    loose: ClassVar[frozenset[str]] = frozenset({"os_hash_value"})

    def pause(self, exchange: Exchange) -> float:
        """Two images of one name were made within a second."""
        return 0.0 if exchange.number == _SECOND else 1.0

    async def after(self, exchange: Exchange, answer: Answer) -> None:
        """Of these two the second has the lower id, by which they come."""
        if exchange.number == _SECOND:
            shelf = self.bench.cloud.image.state.images
            first, second = sorted(shelf)
            if answer.body["id"] == second:
                shelf[first].id, shelf[second].id = second, first
                self.bench.cloud.image.state.images = {each.id: each for each in shelf.values()}
                by_recorded = {ours: recorded for recorded, ours in self.bench.ids.items()}
                self.bench.ids |= {by_recorded[first]: second, by_recorded[second]: first}

    def body(self, exchange: Exchange) -> bytes | None:
        """What was uploaded."""
        if exchange.request == "<196624 bytes binary>":
            return (b"QFI\xfb" + struct.pack(">IQIIQ", 3, 0, 0, 16, 1024**3)).ljust(196624, b"\0")
        return _BODIES.get(str(exchange.request))
