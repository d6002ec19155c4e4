"""The region under test and a stand-in for the engine.

Without more, the region is the simulator's. With MAAS_URL and MAAS_API_KEY set it is a real one: what the tests make there has
names that begin with `pulumi-test`, and goes when they end. Tests that need to reach behind the region (`rack`) are skipped then.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest

from clients import maas
from providers.maas import IpRange, Machine, VlanDhcp
from tests.life import Life, Thing

REAL = bool(os.environ.get("MAAS_URL") and os.environ.get("MAAS_API_KEY"))


class Config(Protocol):
    def get(self, key: str) -> str | None: ...


@pytest.fixture
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The simulator with its MAAS, for looking and changing behind the region; skips on a real one."""
    if REAL:
        pytest.skip("reaches behind the region, which a real one does not allow")
    from simulator.testing import running_rack

    # an hour a second: fast, and still slow beside what the test machine itself takes
    with running_rack(factor=3600, directory=tmp_path_factory.mktemp("rack"), services=("maas",)) as running:
        yield running


@pytest.fixture
def config(request: pytest.FixtureRequest) -> dict[str, str]:
    """The stack's configuration."""
    if REAL:
        values = {"maas:apiUrl": os.environ["MAAS_URL"], "maas:apiKey": os.environ["MAAS_API_KEY"]}
        return {**values, **({"maas:caFile": os.environ["MAAS_CA_FILE"]} if "MAAS_CA_FILE" in os.environ else {})}
    endpoints = request.getfixturevalue("rack").endpoints["maas"]
    return {
        "maas:apiUrl": endpoints["url"],
        "maas:apiKey": endpoints["api_key"],
        "maas:pollSeconds": "0.05",
        "maas:timeoutSeconds": "60",
    }


@pytest.fixture
def region(config: dict[str, str]) -> Iterator[maas.Maas]:
    """The region itself, to look and to change things behind the providers' back."""
    client = maas.connect(
        config["maas:apiUrl"], config["maas:apiKey"], config.get("maas:caFile"), float(config.get("maas:pollSeconds", "5"))
    )
    yield client
    client.session.close()


@pytest.fixture
def life(config: dict[str, str], region: maas.Maas, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """The engine's stand-in; what a test leaves behind is destroyed."""
    monkeypatch.chdir(tmp_path)
    made = Life(config)
    yield made
    made.destroy()


@pytest.fixture
def netboot(rack: Any, life: Life, region: maas.Maas) -> None:
    """DHCP on the network that machines boot from; without it they commission for half an hour and fail."""
    management = next(subnet for subnet in region.subnets.list() if subnet.cidr == "10.20.0.0/24")
    life(IpRange, subnet=management.id, type="dynamic", start_ip="10.20.0.200", end_ip="10.20.0.249").up()
    life(VlanDhcp, vlan=management.vlan.id).up()


@pytest.fixture
def ready(life: Life, netboot: None) -> Callable[[str], Thing]:
    """Makes one of the rack's workers Ready."""

    def made(hostname: str) -> Thing:
        number = hostname.removeprefix("worker-")
        power = {"power_address": f"10.10.0.1{number}", "power_user": "maas", "power_pass": f"bmc-secret-{number}"}
        mac = f"52:54:00:01:0{number}:01"
        machine = life(Machine, hostname=hostname, mac_address=mac, power_type="ipmi", power_parameters=power)
        machine.up()
        return machine

    return made
