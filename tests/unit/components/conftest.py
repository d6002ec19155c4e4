from __future__ import annotations

import functools
import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest

ROOT = pathlib.Path(__file__).parents[3]


@functools.cache
def recorded(site: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Every resource of a site (as JSON): (kind, name) → inputs."""
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'sdks/pulumi_lxd'}"}
    script = str(pathlib.Path(__file__).with_name("recording.py"))
    done = subprocess.run([sys.executable, script], input=site, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    found = {(entry["kind"], entry["name"]): entry["inputs"] for entry in entries}
    assert len(found) == len(entries), "a resource was registered twice"
    return found


@pytest.fixture
def record() -> Any:
    """Runs the program on a site and returns what it registers."""
    return lambda site: recorded(json.dumps(site))
