"""Values that many checks need, each found out once, by whoever asks first; those who ask meanwhile wait for the same answer."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from .checks import Source


class NotKnownError(Exception):
    """A source, or one that it needs, could not be read; `source` is the one that failed, `error` why."""

    def __init__(self, source: str, error: Exception) -> None:
        super().__init__(f"{source}: {error}")
        self.source = source
        self.error = error


class Sources:
    """All sources by name; safe to ask from many threads.

    Args:
        sources: what can be found out.
        given: values that are known beforehand.
    """

    def __init__(self, sources: Iterable[Source], given: Mapping[str, Any]) -> None:
        self._sources = {source.name: source for source in sources}
        self._locks = {name: threading.Lock() for name in self._sources}
        self._known: dict[str, Any] = dict(given)
        self._failed: dict[str, NotKnownError] = {}
        self._reading: set[str] = set()

    def get(self, name: str) -> Any:
        """The value of a source.

        Raises:
            NotKnownError: when it, or something that it needs, can't be read; asked again, the same.
        """
        if name in self._known:
            return self._known[name]
        with self._locks[name]:
            if name in self._known:
                return self._known[name]
            if name not in self._failed:
                self._read(self._sources[name])
            if name in self._failed:
                raise self._failed[name]
            return self._known[name]

    def _read(self, source: Source) -> None:
        try:
            needed = [self.get(need) for need in source.needs]
            self._reading.add(source.name)
            self._known[source.name] = source.read(*needed)
        except NotKnownError as error:
            self._failed[source.name] = error
        except Exception as error:  # whatever it is, the check that owns the source reports it
            self._failed[source.name] = NotKnownError(source.name, error)
        finally:
            self._reading.discard(source.name)

    def awaited(self, names: Iterable[str]) -> str | None:
        """The source that is being read now and that one of `names` can't do without; None when there is none."""
        for name in names:
            if name in self._reading:
                return name
            if name not in self._known and (found := self.awaited(self._sources[name].needs)):
                return found
        return None
