"""The checks of frames find what is wrong, in the process and in one that is watched from outside."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest

from tests.contract.juju.frames import SCHEMA, SHARED, Frames

ROOT = pathlib.Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(not SCHEMA.exists(), reason=f"the controller's schema is not at {SCHEMA}")


def frame(**params: Any) -> dict[str, Any]:
    return {"type": "Application", "version": 19, "request": "Expose", "params": params}


def test_a_wrong_request_and_a_wrong_answer_are_found_once_a_form() -> None:
    checking = Frames()
    for number in range(2):
        checking.check(frame(application=f"keystone-{number}"), {"response": {}})
    assert checking.problems == []
    for _ in range(2):
        checking.check(frame(application=7), {"response": {}})
        checking.check({**frame(), "request": "Get", "params": {"application": "a"}}, {"response": {"charm": 7}})
    assert any("Expose request" in problem and "7 is not of type 'string'" in problem for problem in checking.problems)
    assert any("Get response" in problem and "7 is not of type 'string'" in problem for problem in checking.problems)
    assert len(checking.problems) == len(set(checking.problems))


def test_a_process_of_its_own_is_watched(tmp_path: pathlib.Path) -> None:
    said = tmp_path / "problems"
    spoil = (
        "import asyncio; from simulator.juju.rpc import Connection\n"
        "connection = Connection.__new__(Connection)\n"
        "async def reply(self, frame, name): return {'response': {}}\n"
        "held = Connection._reply.__closure__\n"
        "next(c for c in held if callable(c.cell_contents) and c.cell_contents.__name__ == '_reply').cell_contents = reply\n"
        "asyncio.run(Connection._reply(connection, "
        "{'type': 'Application', 'version': 19, 'request': 'Expose', 'params': {'application': 7}}, ''))\n"
    )
    hook = ROOT / "tests/e2e/watching"
    environment = {**os.environ, "PYTHONPATH": f"{hook}:{ROOT}", "JUJU_FRAME_PROBLEMS": str(said), "SHARED_DIR": str(SHARED)}
    subprocess.run([sys.executable, "-c", spoil], env=environment, check=True, cwd=ROOT)
    assert "7 is not of type 'string'" in said.read_text()
