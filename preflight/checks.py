"""What a check is: a name, what it needs to know, and a function that judges that."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

from .outcome import Finding

Judge = Callable[..., Iterable[Finding]]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Check:
    """One check.

    Attributes:
        name: how it is asked for and reported; it stays the same from release to release.
        title: what it looks at, in a few words.
        needs: names of the sources whose values `judge` takes, in this order.
        judge: yields findings; nothing it does changes anything.
        may: names of further sources; `judge` takes None for one that can't be read.
        owns: the sources whose failure is this check's own: others that need them are skipped and point here.
        hint: what to do when a server doesn't answer what this check asks.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    judge: Judge
    may: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    hint: str = ""


class SourceError(Exception):
    """Something could not be found out: what was in the way, and what to do about it."""

    def __init__(self, said: str, mend: str) -> None:
        super().__init__(f"{said}; {mend}")
        self.said = said
        self.mend = mend


@dataclasses.dataclass(frozen=True, kw_only=True)
class Source:
    """Something to find out, once a run.

    Attributes:
        name: how checks and other sources ask for it.
        needs: names of the sources that `read` takes the values of.
        read: asks a server, a command or a file.
    """

    name: str
    needs: tuple[str, ...]
    read: Callable[..., Any]
