"""`python -m tests.contract.maas --truth DIR`: replays every recording of a folder; the last line is `N pairs, M differ`."""

from __future__ import annotations

import json
import pathlib
import sys

from .. import recording, reporting
from .exchange import Exchange
from .replay import replay


def run(truth: pathlib.Path, only: str | None = None) -> list[reporting.Outcome]:
    """Replays the recordings of a folder, each against a fresh simulator."""
    outcomes: list[reporting.Outcome] = []
    for name, exchanges in recording.read_all(Exchange, truth).items():
        if only in (None, name):
            note = json.loads((truth / f"{name}.json").read_text()).get("note", "")
            outcomes += replay(exchanges, note)
    return outcomes


if __name__ == "__main__":
    sys.exit(reporting.command(pathlib.Path(__file__).parent, run))
