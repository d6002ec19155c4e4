"""The commands' output may be read by `head`, which leaves early: no traceback, no complaint."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
COMMANDS = {
    "preflight": ["preflight", "--list"],
    "bundle": ["bundle", "show", "bundles/openstack-base.yaml"],
    "simulator": ["simulator", "status", "--dir", "nowhere"],
    "engine": ["engine", "config", "--stack", "dev"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_reader_may_leave(name: str, tmp_path: pathlib.Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # it has left before anything was written
    environment = {**os.environ, "PULUMI_BACKEND_URL": tmp_path.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "x", "HOME": str(tmp_path)}
    try:
        words = [sys.executable, "-m", *COMMANDS[name]]
        done = subprocess.run(words, cwd=ROOT, env=environment, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writing)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
    assert "Broken pipe" not in done.stderr
