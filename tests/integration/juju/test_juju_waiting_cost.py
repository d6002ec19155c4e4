"""What a wait costs the controller depends on how long it lasts, not on how much is waited for."""

from __future__ import annotations

from typing import Any

import pytest

from providers.juju import Model
from simulator.testing import Rack
from tests.integration.juju import waiting
from tests.life import Life

pytestmark = pytest.mark.long

MOST_CONNECTIONS = 4


def test_fifty_applications_cost_as_many_requests_as_one(site: dict[str, str], rack: Rack, home: Any) -> None:
    one, fifty = (figures(site, rack, number) for number in (1, 50))
    looks = waiting.HELD // waiting.STEP
    assert one.elapsed == fifty.elapsed
    assert one.requests == fifty.requests
    assert set(one.requests) == {"Client.FullStatus"}
    assert looks <= one.requests["Client.FullStatus"] <= looks + 2
    assert one.logins <= MOST_CONNECTIONS
    assert fifty.logins <= MOST_CONNECTIONS


def figures(site: dict[str, str], rack: Rack, applications: int) -> waiting.Figures:
    outer = Life(site)
    model = outer.made(Model, name=f"waiting-{applications}", cloud="maas-site", credential="maas-site")
    try:
        return waiting.measured(rack, Life(site, model=model["uuid"]), applications)
    finally:
        outer.destroy()
