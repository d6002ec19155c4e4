"""The simulated services answer recorded requests as the recorded ones did, but for the pairs that explained.md names."""

from __future__ import annotations

import os
import pathlib

import pytest

from tests.contract import recording, reporting
from tests.contract.openstack import setups
from tests.contract.openstack.exchange import Exchange
from tests.contract.openstack.replay import replay

ROOM = pathlib.Path(__file__).parent
CHECKOUT = ROOM.parents[2]
TRUTH = pathlib.Path(os.environ.get("SHARED_DIR", CHECKOUT.parent / "shared")) / "truth" / "openstack"
FILES = sorted(recording.read_all(Exchange, TRUTH)) if TRUTH.is_dir() else []

needs_truth = pytest.mark.skipif(not TRUTH.is_dir(), reason=f"no recordings in {TRUTH}; set SHARED_DIR")


@needs_truth
@pytest.mark.parametrize("name", FILES)
def test_recorded_openstack_pairs(name: str) -> None:
    setup = setups.find(name)
    if setup is None:
        pytest.skip(f"there is no setup_{name}.py: this recording is held elsewhere")
    outcomes = replay(recording.read(Exchange, TRUTH / f"{name}.json"), setup)
    assert outcomes
    differ = {each.pair: each.lines for each in outcomes if each.lines}
    known = {pair for pair in reporting.explanations(ROOM) if pair.startswith(f"{name}#")}
    assert {pair: lines for pair, lines in differ.items() if pair not in known} == {}
    assert known <= set(differ), "explained.md names pairs that do not differ any more"
