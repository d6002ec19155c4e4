"""The engine does what the recorded CLI did, case by case; the suite lies beside the checkout.

`make test` runs the cases that change resources in the ordinary ways, one of a kind; all others are long.
"""

from __future__ import annotations

import importlib
import os
import pathlib
import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUITE = pathlib.Path(os.environ.get("SHARED_DIR") or ROOT.parent / "shared") / "parity"
ENGINE = [sys.executable, "-m", "engine"]
ORDINARY = {
    "01-create-chain",
    "03-update-in-place",
    "04-replace-create-first",
    "07-removal",
    "14-components",
    "15-secrets",
    "17-create-fails",
    "23-refresh-drift",
    "27-target-up",
    "32-unknowns",
    "45-interrupt",
    "46-killed",
}


def _cases() -> list[Any]:
    found = sorted(path.stem for path in (SUITE / "expected").glob("*.json")) or ["none"]
    return [pytest.param(case, marks=() if case in ORDINARY else pytest.mark.long) for case in found]


@pytest.fixture(scope="module")
def replay() -> Iterator[types.ModuleType]:
    """The suite's own runner."""
    sys.path.insert(0, str(SUITE))
    try:
        yield importlib.import_module("replay")
    finally:
        sys.path.remove(str(SUITE))


@pytest.fixture(autouse=True)
def _engine_found_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    monkeypatch.setenv("PYTHONPATH", path)


@pytest.mark.slow
@pytest.mark.skipif(not SUITE.is_dir(), reason=f"the parity suite is not at {SUITE}")
@pytest.mark.parametrize("case", _cases())
def test_a_case_goes_as_recorded(case: str, replay: types.ModuleType, tmp_path: pathlib.Path) -> None:
    _, report = replay.replay(case, [ENGINE], str(tmp_path), [])
    assert not report, "\n".join(report)
