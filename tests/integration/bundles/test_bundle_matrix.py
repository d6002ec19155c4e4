"""Upstream's bundle, the draft, our bundle, our overlays and the optional-service templates, each up, previewed and destroyed.

The templates that apply to our bundle are deployed together here, in one cloud; one at a time is what the command beside this
file does (`python -m tests.integration.bundles`), which takes minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.integration.bundles import cases

SECONDS = 600
"""Generous: a loaded machine takes many times as long."""


@pytest.mark.long
@pytest.mark.parametrize("names", [("offering", "ours", "overlays"), ("upstream", "draft", "together")], ids="-".join)
def test_bundles_settle_need_nothing_more_and_go(names: tuple[str, ...]) -> None:
    if not cases.UPSTREAM.is_dir():
        pytest.skip(f"upstream's bundle is not at {cases.UPSTREAM}")
    command = [sys.executable, "-m", "tests.integration.bundles", *names]
    env = {**os.environ, "PYTHONPATH": str(cases.ROOT)}
    done = subprocess.run(command, cwd=cases.ROOT, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    told = {line.partition(":")[0]: line for line in done.stdout.splitlines() if " resources in " in line}
    assert set(told) == set(names)
    assert all(line.endswith("a second preview changes nothing; not active: nothing") for line in told.values())
