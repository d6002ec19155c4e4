"""What a check says: findings, one line each, and the result that they add up to."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable


class Status(enum.StrEnum):
    """How it stands; only `FAILED` keeps a deployment from starting."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


_WORST_FIRST = (Status.FAILED, Status.WARNING, Status.OK, Status.SKIPPED)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was found: where, what, and what to do about it."""

    status: Status
    place: str
    said: str
    mend: str = ""

    def __str__(self) -> str:
        head = f"{self.place}: {self.said}" if self.place else self.said
        return f"{head}; {self.mend}" if self.mend else head


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """What one check came to, after how many seconds."""

    name: str
    findings: tuple[Finding, ...]
    seconds: float = 0.0

    @property
    def status(self) -> Status:
        """The worst of the findings; what was found counts before what could not be looked at."""
        found = {finding.status for finding in self.findings}
        return next((status for status in _WORST_FIRST if status in found), Status.OK)


def ok(place: str, said: str) -> Finding:
    """As it should be."""
    return Finding(status=Status.OK, place=place, said=said)


def warning(place: str, said: str, mend: str) -> Finding:
    """It will work, but not as well as it might; or nobody can tell yet."""
    return Finding(status=Status.WARNING, place=place, said=said, mend=mend)


def failed(place: str, said: str, mend: str) -> Finding:
    """A deployment would fail, or harm something."""
    return Finding(status=Status.FAILED, place=place, said=said, mend=mend)


def skipped(place: str, said: str) -> Finding:
    """Nothing to look at, and why."""
    return Finding(status=Status.SKIPPED, place=place, said=said)


def passed(results: Iterable[Result]) -> bool:
    """Whether a deployment may start."""
    return all(result.status is not Status.FAILED for result in results)
