"""What this checkout was about to do, so that an interrupted run can tell its own half-made things from found ones.

A create that is killed between the server's answer and the engine's next save leaves an object that no state knows. The next run
finds it by its natural key, and must not take it for somebody else's: it would be left behind on destroy. Where a server has
no place for a mark of ours, the mark is kept here: one small file a thing, written before the server is asked.

A lost folder is no disaster: what is found is then adopted and left in place on destroy.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pathlib
import tempfile
from collections.abc import Mapping
from typing import Any, Final

FOLDER: Final = pathlib.Path(".cache") / "intents"


class Intent:
    """One thing on one server, by its kind and natural key."""

    def __init__(self, server: str, kind: str, key: str, folder: pathlib.Path = FOLDER) -> None:
        """Touches nothing."""
        self._title = {"server": server, "kind": kind, "key": key}
        name = hashlib.sha256(json.dumps(self._title, sort_keys=True).encode()).hexdigest()[:32]
        self._path = folder / f"{name}.json"

    def note(self, **what: Any) -> None:
        """Remembers what is about to be done; replaces what was remembered of this thing before."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=self._path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({**self._title, **what}, file)
        os.replace(temporary, self._path)

    def recall(self) -> Mapping[str, Any] | None:
        """What was noted, None when nothing was or it can't be read."""
        try:
            noted = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return noted if isinstance(noted, dict) else None

    def forget(self) -> None:
        """Forgets; the thing is gone or was never made."""
        with contextlib.suppress(OSError):
            self._path.unlink()
