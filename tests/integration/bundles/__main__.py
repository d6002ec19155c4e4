"""Rehearses bundles: `python -m tests.integration.bundles [--truth DIR] NAME|FILE[,OVERLAY…] …`.

A NAME is "upstream", "draft", "ours", "together" (our bundle with all templates), "overlays" (with all overlays of our own), or a
template's: our bundle with that template. Without any, each template in turn. The last line is `N bundles, M fail`.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile
import traceback

from tests.integration.bundles import cases
from tests.integration.bundles.rehearsal import Told, rehearsing


def main() -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.integration.bundles", description="rehearses bundles on the simulator")
    parser.add_argument("--truth", type=pathlib.Path, default=cases.UPSTREAM, help="the folder with upstream's bundle")
    parser.add_argument("names", nargs="*", help="cases, or files")
    asked = parser.parse_args()
    names = asked.names or cases.templates.applicable(asked.truth / "optional-service-templates")
    failed = 0
    with tempfile.TemporaryDirectory() as folder, rehearsing() as rehearsal:
        for name in names:
            try:
                told = rehearsal.run(cases.read(name, asked.truth, pathlib.Path(folder)))
            except Exception:
                failed += 1
                print(f"{name}: fails\n{traceback.format_exc()}", flush=True)
                continue
            failed += bool(told.changes or told.left or told.blocked)
            print(line(name, told), flush=True)
    print(f"{len(names)} bundles, {failed} fail")
    return 1 if failed else 0


def line(name: str, told: Told) -> str:
    """A rehearsal in one line."""
    waiting = "; ".join(f"{unit}: {text}" for unit, text in told.blocked.items()) or "nothing"
    changes = ", ".join(told.changes) or "nothing"
    made = f"{told.made} resources in {told.seconds:.1f} s"
    return f"{name}: {made}; a second preview changes {changes}; not active: {waiting}"


if __name__ == "__main__":
    sys.exit(main())
