"""What a real LXD 5.0.2 (Debian's, on a host without VMs) answered to requests that are mostly wrong, and the simulator does.

`refusals.json` was recorded by asking it these requests in this order on a fresh server; addresses it picked pair with ours.
"""

import json
import pathlib

import pytest

from simulator.testing import running_rack
from tests.contract.lxd.compare import differences
from tests.contract.lxd.names import Names
from tests.contract.lxd.prelude import world
from tests.contract.lxd.wire import Wire

RECORDED = json.loads((pathlib.Path(__file__).parent / "refusals.json").read_text())


def answer(wire, row):
    """The simulator's answer, in the form of a recorded row."""
    body = json.dumps(row["body"]).encode() if "body" in row else None
    answered = wire.ask(row["method"], row["path"], body=body, headers={"Content-Type": "application/json"})
    found, shown = answered["body"], {"status": answered["status"]}
    if found["type"] == "error":
        shown["error"] = found["error"]
    elif found["type"] == "async":
        ended = wire.ask("GET", f"{found['operation']}/wait?timeout=30")["body"]["metadata"]
        shown["operation"] = {key: ended[key] for key in ("description", "status", "err")}
    elif "metadata" in row:
        shown["metadata"] = found["metadata"]
    return shown


@pytest.mark.parametrize("group", sorted(RECORDED))
def test_the_simulator_answers_alike(tmp_path, group):
    names, wrong = Names({}), []
    with running_rack(world(), directory=tmp_path, services=("lxd",)) as rack:
        rack.fault("lxd-no-vms")
        wire = Wire(rack.endpoints["lxd"], tmp_path)
        for row in RECORDED[group]:
            ours = answer(wire, row)
            recorded = {key: row[key] for key in ("status", "error", "operation", "metadata") if key in row}
            if found := differences(as_answer(recorded), as_answer(ours), names):
                wrong.append((row["method"], row["path"], row.get("body"), found))
    assert wrong == []


def as_answer(row):
    return {"status": row["status"], "headers": {}, "body": row}
