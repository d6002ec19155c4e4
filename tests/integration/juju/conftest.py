"""A controller on the simulated rack, and a stand-in for the engine.

The rack's workers are enlisted and Ready in MAAS; Juju takes them from there. One rack serves the tests of a module, each of
which has a model of its own, so that nothing of one is in the way of the next.
"""

from __future__ import annotations

import itertools
import pathlib
import time
from collections.abc import Iterator
from typing import Any

import pytest

from clients import juju, maas
from providers.juju import Cloud, Controller, Credential, Model
from providers.maas import IpRange, Machine, Space, Vlan, VlanDhcp
from simulator.testing import Rack, running_rack
from tests.life import Life

FACTOR = 1200.0  # MAAS gives a machine half an hour, which must still be long beside what the test machine itself takes
WORKERS = 4
_numbers = itertools.count()


def settings(rack: Rack) -> dict[str, str]:
    """The stack's configuration."""
    maas_, juju_ = rack.endpoints["maas"], rack.endpoints["juju"]
    return {
        "maas:apiUrl": maas_["url"],
        "maas:apiKey": maas_["api_key"],
        "maas:pollSeconds": "0.05",
        "maas:timeoutSeconds": "60",
        "juju:dataDir": juju_["data_dir"],
        "juju:binary": juju_["binary"],
        "juju:controller": "site",
        "juju:pollSeconds": "0.05",
        "juju:timeoutSeconds": "60",
    }


@pytest.fixture(scope="module")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rack]:
    """MAAS with its workers Ready, and Juju beside it."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        with running_rack(factor=FACTOR, directory=tmp_path_factory.mktemp("rack"), services=("maas", "lxd", "juju")) as running:
            enlist(running)
            yield running


def enlist(rack: Rack) -> None:
    """Brings the workers to Ready, as the program's other half does."""
    config = settings(rack)
    life, region = Life(config), maas.connect(config["maas:apiUrl"], config["maas:apiKey"], None, 0.05)
    management = next(subnet for subnet in region.subnets.list() if subnet.cidr == "10.20.0.0/24")
    life(Space, name="management").up()
    life(Vlan, fabric=management.vlan.fabric_id, vid=0, space="management").up()
    life(IpRange, subnet=management.id, type="dynamic", start_ip="10.20.0.200", end_ip="10.20.0.249").up()
    life(VlanDhcp, vlan=management.vlan.id).up()
    machines = [
        life(
            Machine,
            power_type="ipmi",
            power_parameters={"power_address": f"10.10.0.1{n}", "power_user": "maas", "power_pass": f"bmc-secret-{n}"},
            mac_address=f"52:54:00:01:0{n}:01",
            hostname=f"worker-{n}",
            commission=False,
        )
        for n in range(1, WORKERS + 1)
    ]
    for machine in machines:
        machine.up()
    commission(region, [str(machine.id) for machine in machines])


def commission(region: maas.Maas, machines: list[str], tries: int = 5) -> None:
    """Commissions machines; those that a busy test machine made too late for MAAS, once more."""
    ended = (maas.Status.READY, maas.Status.FAILED_COMMISSIONING)
    for id_ in machines:
        region.machines.act(id_, "commission")
    failed = []
    for id_ in machines:
        found = region.machines.wait(id_, lambda m: m is not None and m.status in ended, deadline=120, describe=str)
        assert found is not None
        failed += [id_] if found.status != maas.Status.READY else []
    if failed:
        assert tries > 1, "machines fail to commission again and again"
        commission(region, failed, tries - 1)


@pytest.fixture(scope="module")
def site(rack: Rack) -> dict[str, str]:
    """The configuration, once a controller is there."""
    return bootstrapped(rack)


def bootstrapped(rack: Rack) -> dict[str, str]:
    """Bootstraps a controller on the rack's MAAS; returns the configuration that goes with it."""
    config = settings(rack)
    life = Life(config)
    life(Cloud, name="maas-site").up()
    life(Credential, name="maas-site", cloud="maas-site", attributes_from="maas").up()
    life(Controller, name="site", cloud="maas-site", credential="maas-site", bootstrap_base="ubuntu@24.04").up()
    return config


@pytest.fixture
def controller(site: dict[str, str]) -> juju.Controller:
    """The controller itself, to look and to change things behind the providers' back."""
    folder = pathlib.Path(site["juju:dataDir"])
    return juju.connect(juju.Access(controller="site", folder=folder, poll=0.05))


@pytest.fixture
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """The checkout that a test runs in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def life(site: dict[str, str], rack: Rack, home: pathlib.Path) -> Iterator[Life]:
    """The engine's stand-in in a model of its own; what a test leaves behind is destroyed."""
    outer = Life(site)
    model = outer(Model, name=f"test-{next(_numbers)}", cloud="maas-site", credential="maas-site")
    model.up()
    inner = Life(site, model=model["uuid"])
    yield inner
    rack.clear_faults()
    outer.destroy()


@pytest.fixture
def model(life: Life, controller: juju.Controller) -> juju.Model:
    """The test's model itself."""
    return controller.model(life.shared["model"])


@pytest.fixture
def until() -> Any:
    """Waits for a condition in real time, generously."""

    def until(condition: Any, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it never came about"
            time.sleep(0.02)

    return until
