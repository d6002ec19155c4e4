"""What is wrong with a bundle: one line a problem, all problems at once."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable
from typing import Literal

Severity = Literal["error", "warning"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """Where a value stands.

    `line` counts from 1; it is None for what stands in no file, such as the overrides of a site.
    """

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong or, as a warning, dangerous; the message ends with the mend."""

    place: Place
    message: str
    severity: Severity = "error"

    @property
    def file(self) -> str:
        return self.place.file

    @property
    def line(self) -> int | None:
        return self.place.line

    def __str__(self) -> str:
        mark = "" if self.severity == "error" else "warning: "
        return f"{self.place}: {mark}{self.message}"


class BundleErrors(Exception):  # noqa: N818 (it carries many errors)
    """A bundle that cannot be used; carries every problem that was found.

    Attributes:
        problems: errors first, then the warnings found on the way.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems, key=lambda p: p.severity != "error"))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Report:
    """Collects problems, each once, in the order in which they were found."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def error(self, place: Place, message: str) -> None:
        """Notes an error: the bundle is refused, after everything else was looked at."""
        self._add(Problem(place=place, message=message))

    def warn(self, place: Place, message: str) -> None:
        """Notes a warning: the bundle goes in, and the operator is told."""
        self._add(Problem(place=place, message=message, severity="warning"))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    def raise_errors(self) -> None:
        """Ends the work when an error was found.

        Raises:
            BundleErrors: with all problems so far.
        """
        if any(problem.severity == "error" for problem in self.problems):
            raise BundleErrors(self.problems)

    def _add(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def did_you_mean(word: str, choices: Iterable[str], *, cutoff: float = 0.75) -> str:
    """Returns `; did you mean "…"?` when a choice is near to the word, else nothing."""
    near = difflib.get_close_matches(word, sorted(choices), n=1, cutoff=cutoff)
    return f'; did you mean "{near[0]}"?' if near else ""
