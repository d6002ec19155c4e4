"""Two hundred machines at once: what it costs the region, and how many are under way together."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import pytest
import yaml

from clients import maas
from providers.maas import Machine
from simulator.daemon import GUIDE
from simulator.testing import running_rack
from simulator.world import WorldData

pytestmark = pytest.mark.long

MANY = 200
POLL = 0.5


def crowd() -> WorldData:
    """The guide's rack with so many workers."""
    data = yaml.safe_load(GUIDE.read_text())
    model = data["machines"]["worker-1"]
    data["machines"] = {}
    for n in range(MANY):
        nics = [{"name": "eno1", "mac": f"52:54:00:02:{n // 256:02x}:{n % 256:02x}", "network": "management"}]
        bmc = {**model["bmc"], "address": f"10.10.0.{n + 20}"}
        data["machines"][f"worker-{n}"] = {**model, "key": f"worker-{n}", "nics": nics, "bmc": bmc}
    return WorldData.model_validate(data)


@pytest.fixture
def factor() -> float:
    """How fast the rack's time goes."""
    return 360


@pytest.fixture
def rack(tmp_path_factory: pytest.TempPathFactory, factor: float) -> Iterator[Any]:
    with running_rack(crowd(), factor=factor, directory=tmp_path_factory.mktemp("rack"), services=("maas",)) as running:
        yield running


@pytest.fixture
def config(rack: Any) -> dict[str, str]:
    endpoints = rack.endpoints["maas"]
    values = {"maas:apiUrl": endpoints["url"], "maas:apiKey": endpoints["api_key"]}
    return {**values, "maas:pollSeconds": str(POLL), "maas:timeoutSeconds": "500"}


def props(n: int) -> dict[str, Any]:
    power = {"power_address": f"10.10.0.{n + 20}", "power_user": "maas", "power_pass": "bmc-secret-1"}
    mac = f"52:54:00:02:{n // 256:02x}:{n % 256:02x}"
    return {"hostname": f"worker-{n}", "mac_address": mac, "power_type": "ipmi", "power_parameters": power}


def commissions(rack: Any) -> int:
    """How many machines MAAS was told to commission."""
    return sum(seen["path"].endswith("?op=commission") for seen in rack.requests("maas"))


def lists(rack: Any) -> list[dict[str, Any]]:
    return [seen for seen in rack.requests("maas") if seen["method"] == "GET" and "/machines/" in seen["path"]]


@pytest.mark.parametrize("factor", [0])
def test_200_machines_cost_the_requests_of_one_watcher_and_are_all_under_way_together(
    life: Any, region: maas.Maas, rack: Any, netboot: None
) -> None:
    machines = [life(Machine, **props(n)) for n in range(MANY)]
    before, started = len(lists(rack)), time.monotonic()
    with futures.ThreadPoolExecutor(MANY) as pool:
        ups = [pool.submit(machine.up) for machine in machines]
        # the rack's clock stands still, so none can end before all have begun
        while commissions(rack) < MANY and not any(up.done() for up in ups):
            time.sleep(0.1)
        while not all(up.done() for up in ups):
            rack.advance(60)
    assert [up.result() for up in ups] == ["create"] * MANY
    assert {machine["status"] for machine in machines} == {"Ready"}
    elapsed = time.monotonic() - started
    # those who look for their machine at the same moment share a request, and those who wait share one a poll
    assert len(lists(rack)) - before <= math.ceil(elapsed / POLL) + 25
    life.things.clear()  # the rack goes with its machines


def test_a_refresh_of_200_machines_asks_a_few_times(life: Any, region: maas.Maas, rack: Any) -> None:
    machines = [life(Machine, **props(n), commission=False) for n in range(MANY)]
    with futures.ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda machine: machine.up(), machines))
        before = len(lists(rack))
        assert all(changes == {} for changes in pool.map(lambda machine: machine.refresh(), machines))
    assert len(lists(rack)) - before < MANY / 2
    life.things.clear()


def test_one_bad_machine_does_not_stop_the_others(life: Any, region: maas.Maas, rack: Any, netboot: None) -> None:
    rack.fault("commission-fails", target="worker-3")
    machines = [life(Machine, **props(n)) for n in range(8)]
    with futures.ThreadPoolExecutor(8) as pool:
        errors = [pool.submit(machine.up).exception(300) for machine in machines]
    assert [n for n, error in enumerate(errors) if error is not None] == [3]
    assert "worker-3: Failed commissioning" in str(errors[3])
