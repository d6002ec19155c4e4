"""`python -m tests.contract.lxd --truth DIR`: the last line is "N pairs, M differ"."""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile

from .replay import explained, replay


def main() -> int:
    """Replays, tells every difference, and returns 0 when each is explained in explained.md."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.lxd", description=__doc__)
    parser.add_argument("--truth", type=pathlib.Path, required=True, help="folder with the recorded pairs")
    arguments = parser.parse_args()
    known = explained()
    with tempfile.TemporaryDirectory(prefix="lxd-contract-") as scratch:
        count, differing = replay(arguments.truth, pathlib.Path(scratch))
    for difference in differing:
        state = "explained" if difference.pair in known else "NOT EXPLAINED"
        print(f"{difference.pair} ({state}): {difference.request}")
        for line in difference.found:
            print(f"    {line[:400]}")
    print(f"{count} pairs, {len(differing)} differ")
    return 0 if {difference.pair for difference in differing} <= known else 1


if __name__ == "__main__":
    sys.exit(main())
