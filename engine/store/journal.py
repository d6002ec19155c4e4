"""The journal beside a checkpoint: an append-only file of records, made durable in groups.

The first line carries the whole base checkpoint, so the journal can be folded without any other
file; ``folded`` lines name the checkpoints it has been folded into, so that a checkpoint which
somebody else wrote since is recognised and not overwritten.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import pathlib
from typing import Any

from engine.errors import EngineError
from engine.store import replay

FORMAT = 1


def digest(text: str) -> str:
    """Returns what identifies a checkpoint's text."""
    return hashlib.sha256(text.encode()).hexdigest()


class Journal:
    """Writes one operation's records; the file appears with the first of them."""

    def __init__(self, path: pathlib.Path, base: replay.Record, checkpoint: str):
        self._path = path
        self._header = {"journal": FORMAT, "checkpoint": checkpoint, "base": base}
        self._file = -1
        self._waiting: list[asyncio.Future[None]] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def started(self) -> bool:
        """Whether anything has been written."""
        return self._file >= 0

    def append(self, record: replay.Record) -> None:
        """Hands one record to the operating system; ``sync`` makes it durable."""
        if not self.started:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
            self._write(self._header)
        self._write(record)

    def _write(self, record: replay.Record) -> None:
        """Appends one line, all of it or nothing: what comes after a torn one could not be read."""
        data = memoryview((replay.text_of(record) + "\n").encode())
        before = os.fstat(self._file).st_size
        try:
            while data:
                data = data[os.write(self._file, data) :]
        except OSError as error:
            os.ftruncate(self._file, before)
            raise EngineError(f"cannot write the journal {self._path}: {error.strerror}; make room and run again") from error

    async def sync(self) -> None:
        """Returns once all records so far are on the disk; concurrent callers share one fsync."""
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._waiting.append(waiter)
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._flush())
        await waiter

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            try:
                await loop.run_in_executor(None, os.fdatasync, self._file)
            except OSError as error:
                for waiter in waiting:
                    waiter.set_exception(EngineError(f"cannot write the journal {self._path}: {error}"))
                continue
            for waiter in waiting:
                if not waiter.done():
                    waiter.set_result(None)

    def note_fold_of(self, text: str) -> None:
        """Records durably that a checkpoint with this text is about to be put in place; any thread."""
        if self.started:
            self._write({"kind": "folded", "checkpoint": digest(text)})
            os.fdatasync(self._file)

    def remove(self) -> None:
        """Closes and deletes the file: the checkpoint holds everything."""
        if self.started:
            os.close(self._file)
            self._file = -1
            self._path.unlink(missing_ok=True)


class Recovered:
    """A journal that an earlier process left behind."""

    def __init__(self, path: pathlib.Path, lines: list[dict[str, Any]]):
        self.path = path
        self._lines = lines

    def belongs_to(self, checkpoint: str) -> bool:
        """Tells whether the checkpoint of this digest is one that this journal started from or wrote."""
        known = {self._lines[0]["checkpoint"]}
        known |= {line["checkpoint"] for line in self._lines[1:] if line["kind"] == "folded"}
        return checkpoint in known

    def deployment(self) -> replay.Record:
        """Returns what the records make of their base."""
        fold = replay.Replay(self._lines[0]["base"])
        for line in self._lines[1:]:
            fold.add(line)
        return fold.deployment()


def recover(path: pathlib.Path) -> Recovered | None:
    """Reads the journal at ``path``, if there is one; a torn last line counts as not written."""
    try:
        rows = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return None
    lines = []
    for number, row in enumerate(rows[:-1], 1):  # what follows the last newline was cut off
        try:
            lines.append(json.loads(row))
        except ValueError as error:
            raise EngineError(
                f"the journal {path} is damaged in line {number}; move it away to go on with the last checkpoint"
            ) from error
    return Recovered(path, lines) if lines else None
