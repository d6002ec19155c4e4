"""`python -m tests.contract.lxd --truth DIR`: replays the recorded conversation; the last line is `N pairs, M differ`."""

from __future__ import annotations

import pathlib
import sys
import tempfile

from .. import reporting
from .replay import replay


def run(truth: pathlib.Path, only: str | None = None) -> list[reporting.Outcome]:
    """Replays all, since a file goes on where the one before it ended; returns what is asked for."""
    with tempfile.TemporaryDirectory(prefix="lxd-contract-") as scratch:
        outcomes = replay(truth, pathlib.Path(scratch))
    return [each for each in outcomes if only is None or each.pair.startswith(f"{only}#")]


if __name__ == "__main__":
    sys.exit(reporting.command(pathlib.Path(__file__).parent, run))
