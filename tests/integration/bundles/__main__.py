"""Rehearses bundles: `python -m tests.integration.bundles [--truth DIR] [--machines N] NAME|FILE[,OVERLAY…] …`.

A NAME is "upstream", "draft", "ours", "together" (our bundle with all templates), "overlays" (with all overlays of our own), or a
template's: our bundle with that template. Without any, each template in turn. The last line is `N bundles, M fail`.
"""

from __future__ import annotations

import argparse
import contextlib
import pathlib
import sys
import tempfile
import traceback

from tests.integration.bundles import cases
from tests.integration.bundles.rehearsal import Rehearsal, Told, enlarge, rehearsing


def main() -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.integration.bundles", description="rehearses bundles on the simulator")
    parser.add_argument("--truth", type=pathlib.Path, default=cases.UPSTREAM, help="the folder with upstream's bundle")
    parser.add_argument("--machines", type=int, default=6, help="how many the rack has beside the controller's")
    parser.add_argument("names", nargs="*", help="cases, or files")
    asked = parser.parse_args()
    enlarge(asked.machines)
    names = asked.names or cases.templates.applicable(asked.truth / "optional-service-templates")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        racks = Racks()
        for name in names:
            try:
                told = racks.current.run(cases.read(name, asked.truth, pathlib.Path(folder)))
            except Exception:
                failed += 1
                print(f"{name}: fails\n{traceback.format_exc()}", flush=True)
                racks.drop()
                continue
            failed += bool(told.changes or told.left or told.blocked)
            print(line(name, told), flush=True)
        racks.drop()
    print(f"{len(names)} bundles, {failed} fail")
    return 1 if failed else 0


class Racks:
    """One rack for all bundles, and another after a bundle that failed: what it left there is in nobody's way."""

    def __init__(self) -> None:
        self._open = contextlib.ExitStack()
        self._rehearsal: Rehearsal | None = None

    @property
    def current(self) -> Rehearsal:
        """The rack to rehearse on."""
        if self._rehearsal is None:
            self._rehearsal = self._open.enter_context(rehearsing())
        return self._rehearsal

    def drop(self) -> None:
        """Ends it."""
        self._open.close()
        self._rehearsal = None


def line(name: str, told: Told) -> str:
    """A rehearsal in one line."""
    waiting = "; ".join(f"{unit}: {text}" for unit, text in told.blocked.items()) or "nothing"
    changes = ", ".join(told.changes) or "nothing"
    made = f"{told.made} resources in {told.seconds:.1f} s"
    return f"{name}: {made}; a second preview changes {changes}; not active: {waiting}"


if __name__ == "__main__":
    sys.exit(main())
