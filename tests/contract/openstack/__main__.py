"""`python -m tests.contract.openstack --truth DIR`: replays every recording of a folder; the last line is `N pairs, M differ`."""

from __future__ import annotations

import pathlib
import sys

from .. import recording, reporting
from . import setups
from .exchange import Exchange
from .replay import replay


def run(truth: pathlib.Path, only: str | None = None) -> list[reporting.Outcome]:
    """Replays the recordings of a folder, each against a fresh cloud."""
    outcomes: list[reporting.Outcome] = []
    for name, exchanges in recording.read_all(Exchange, truth).items():
        setup = setups.find(name)
        if only not in (None, name):
            continue
        if setup is None:
            print(f"{name}: not replayed, there is no setup_{name}.py")
            continue
        outcomes += replay(exchanges, setup)
    return outcomes


if __name__ == "__main__":
    sys.exit(reporting.command(pathlib.Path(__file__).parent, run))
