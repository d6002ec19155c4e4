"""`python -m tests.contract.openstack --truth DIR`: replays every recording of a folder; the last line is `N pairs, M differ`."""

from __future__ import annotations

import argparse
import pathlib
import sys

from . import recording, setups
from .explained import explanations
from .replay import Outcome, replay


def main() -> int:
    """Replays and reports; the exit code is 1 when a pair differs that explained.md does not name."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.openstack", description=__doc__)
    parser.add_argument("--truth", type=pathlib.Path, required=True, help="folder with recordings")
    parser.add_argument("--only", help="replay this file only (its name without .json)")
    parser.add_argument("--all", action="store_true", help="show every line of a difference")
    options = parser.parse_args()
    outcomes = run(options.truth, options.only)
    differ = [each for each in outcomes if each.lines]
    known = explanations()
    for each in differ:
        report(each, known.get(each.exchange.name), whole=options.all)
    print(f"{len(outcomes)} pairs, {len(differ)} differ")
    return 1 if any(each.exchange.name not in known for each in differ) else 0


def run(truth: pathlib.Path, only: str | None = None) -> list[Outcome]:
    """Replays the recordings of a folder, each against a fresh cloud."""
    outcomes: list[Outcome] = []
    for name, exchanges in recording.read_all(truth).items():
        setup = setups.find(name)
        if only not in (None, name):
            continue
        if setup is None:
            print(f"{name}: not replayed, there is no setup_{name}.py")
            continue
        outcomes += replay(exchanges, setup)
    return outcomes


def report(outcome: Outcome, why: str | None, *, whole: bool) -> None:
    """Shows a difference, or why it is one."""
    exchange = outcome.exchange
    print(f"{exchange.name} {exchange.method} {exchange.path} {exchange.query or ''} [{exchange.label}]")
    if why:
        print(f"    explained: {why}")
    for line in outcome.lines if whole or not why else ():
        print(f"    {line[:600]}")


if __name__ == "__main__":
    sys.exit(main())
