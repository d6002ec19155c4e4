"""The simulated services answer recorded requests as the recorded ones did, but for the pairs that explained.md names."""

from __future__ import annotations

import os
import pathlib

import pytest

from tests.contract.openstack import recording, setups
from tests.contract.openstack.explained import explanations
from tests.contract.openstack.replay import replay

CHECKOUT = pathlib.Path(__file__).parents[3]
TRUTH = pathlib.Path(os.environ.get("SHARED_DIR", CHECKOUT.parent / "shared")) / "truth" / "openstack"
FILES = sorted(recording.read_all(TRUTH)) if TRUTH.is_dir() else []

needs_truth = pytest.mark.skipif(not TRUTH.is_dir(), reason=f"no recordings in {TRUTH}; set SHARED_DIR")


@needs_truth
@pytest.mark.parametrize("name", FILES)
def test_recorded_openstack_pairs(name: str) -> None:
    setup = setups.find(name)
    if setup is None:
        pytest.skip(f"there is no setup_{name}.py: this recording is held elsewhere")
    outcomes = replay(recording.read(TRUTH / f"{name}.json"), setup)
    assert outcomes
    differ = {each.exchange.name: each.lines for each in outcomes if each.lines}
    known = {pair for pair in explanations() if pair.startswith(f"{name}#")}
    assert {pair: lines for pair, lines in differ.items() if pair not in known} == {}
    assert known <= set(differ), "explained.md names pairs that do not differ any more"
