"""What the rooms' commands share: how a replayed pair went, explained.md, and the report that they end with."""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import re
from collections.abc import Mapping, Sequence
from typing import Protocol

_EXPLAINED = re.compile(r"^- `(?P<pair>[\w.-]+#\d+)`:? (?P<why>.+(?:\n  .+)*)", re.MULTILINE)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one recorded pair went.

    Attributes:
        pair: its file and number, `file#number`.
        request: what was asked, for the reader.
        lines: how the answer differs from the recorded one; none when it doesn't.
    """

    pair: str
    request: str
    lines: Sequence[str]


class Run(Protocol):
    """Replays the recordings of a folder."""

    def __call__(self, truth: pathlib.Path, only: str | None = None) -> Sequence[Outcome]:
        """How every pair went, or those of one file."""


def explanations(room: pathlib.Path) -> dict[str, str]:
    """Why each pair differs that does, by the room's explained.md: a paragraph a pair, "- `file#number` why"."""
    text = (room / "explained.md").read_text()
    return {found["pair"]: " ".join(found["why"].split()) for found in _EXPLAINED.finditer(text)}


def command(room: pathlib.Path, run: Run) -> int:
    """Replays and reports, as a room's command; the exit code is 1 when a pair differs that explained.md doesn't name."""
    parser = argparse.ArgumentParser(
        prog=f"python -m tests.contract.{room.name}",
        description="Replays recordings against the simulator; the last line is `N pairs, M differ`.",
    )
    parser.add_argument("--truth", type=pathlib.Path, required=True, help="folder with recordings")
    parser.add_argument("--only", help="report on this file only (its name without .json)")
    parser.add_argument("--all", action="store_true", help="show every line of a difference")
    options = parser.parse_args()
    outcomes = run(options.truth, options.only)
    return report(outcomes, explanations(room), whole=options.all)


def report(outcomes: Sequence[Outcome], known: Mapping[str, str], *, whole: bool) -> int:
    """Shows the differences, of explained ones only why unless `whole`; returns the exit code."""
    differ = [each for each in outcomes if each.lines]
    for each in differ:
        why = known.get(each.pair)
        print(f"{each.pair} {each.request}")
        if why:
            print(f"    explained: {why}")
        for line in each.lines if whole or not why else ():
            print(f"    {line[:600]}")
    print(f"{len(outcomes)} pairs, {len(differ)} differ")
    return 1 if any(each.pair not in known for each in differ) else 0
