"""The dev site against a rack of its own, checked in this process; and a way to commission its workers."""

from __future__ import annotations

import copy
import json
import pathlib
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import yaml

from clients import maas
from preflight import region, running
from preflight.__main__ import choose
from preflight.catalogue import CHECKS, sources
from preflight.outcome import Result, Status
from preflight.sources import Sources
from preflight.stack import Stack
from simulator.testing import Rack, running_rack
from simulator.world import WorldData

ROOT = pathlib.Path(__file__).parents[3]
GUIDE = ROOT / "simulator" / "worlds" / "guide.yaml"
PROJECT = "openstack-on-metal"
DEADLINE = 120.0


def dev_site() -> dict[str, Any]:
    """The dev stack's site, with the passwords that the rack's BMCs have."""
    site: dict[str, Any] = _opened(yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"][f"{PROJECT}:site"])
    for number, worker in enumerate(site["workers"], 1):
        worker["bmc"]["password"] = f"bmc-secret-{number}"
    return site


def _opened(value: Any) -> Any:
    """Configuration with every encrypted value replaced by a plain one."""
    if isinstance(value, dict):
        return "opened" if set(value) == {"secure"} else {key: _opened(inner) for key, inner in value.items()}
    return [_opened(inner) for inner in value] if isinstance(value, list) else value


class Ground:
    """A rack, and the dev site on it."""

    def __init__(self, rack: Rack) -> None:
        self.rack = rack
        self.data = dev_site()
        self.set("openstack.day_one.images[0].file", str(rack.directory / "images" / "noble-amd64.img"))
        file = str(rack.directory / "endpoints.json")
        self.config = {f"{namespace}:endpointsFile": file for namespace in ("maas", "lxd", "juju")}

    def set(self, path: str, value: Any) -> None:
        """Changes the site."""
        *steps, last = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", path)]
        place: Any = self.data
        for step in steps:
            place = place[step] if isinstance(place, list) else place.setdefault(step, {})
        place[last] = value

    def stack(self) -> Stack:
        values = {**self.config, f"{PROJECT}:site": json.dumps(self.data)}
        return Stack(name="dev", project=PROJECT, values=values, secret=frozenset({f"{PROJECT}:site"}))

    def check(self, *names: str) -> dict[str, Result]:
        """Runs some checks, or all."""
        known = Sources(sources(ROOT), {"stack": self.stack()})
        found = running.run(choose(names, []), known, owners=CHECKS, deadline=DEADLINE)
        return {result.name: result for result in found}

    def told(self, name: str, status: Status = Status.FAILED) -> str:
        """What one check says, of one status."""
        result = self.check(name)[name]
        assert result.status is status, [str(finding) for finding in result.findings]
        return "\n".join(str(finding) for finding in result.findings if finding.status is status)

    def maas(self) -> maas.Maas:
        return region.connect(self.stack())

    def commission(self) -> None:
        """Enlists the workers in MAAS and waits until their hardware is known."""
        client = self.maas()
        _serve_dhcp(client)
        ids = [_enlisted(client, number, worker) for number, worker in enumerate(self.data["workers"], 1)]
        for system_id in ids:
            client.machines.wait(
                system_id, lambda m: m is not None and m.status == maas.Status.READY, deadline=DEADLINE, describe=str
            )


def _serve_dhcp(client: maas.Maas) -> None:
    subnet = next(s for s in client.subnets.list() if s.cidr == "10.20.0.0/24")
    span = {"start_ip": "10.20.0.200", "end_ip": "10.20.0.249"}
    client.ranges.create("dhcp", lambda: None, type="dynamic", subnet=subnet.id, **span)
    client.vlans(subnet.vlan.fabric_id).update(0, dhcp_on=True, primary_rack=client.racks.list()[0].system_id)


def _enlisted(client: maas.Maas, number: int, worker: dict[str, Any]) -> str:
    power = {"power_address": worker["bmc"]["address"], "power_user": "maas", "power_pass": f"bmc-secret-{number}"}
    made = client.machines.create(
        worker["hostname"],
        lambda: None,
        hostname=worker["hostname"],
        mac_addresses=[worker["mac"]],
        architecture="amd64/generic",
        power_type="ipmi",
        power_parameters=power,
    )
    return made.system_id


@pytest.fixture
def world() -> dict[str, Any]:
    """The guide's world as plain data, to be changed before the rack is started."""
    return copy.deepcopy(yaml.safe_load(GUIDE.read_text()))


@pytest.fixture
def start(tmp_path: pathlib.Path) -> Iterator[Callable[[dict[str, Any]], Ground]]:
    """Starts a rack of a world."""
    (tmp_path / "rack").mkdir()
    with ExitStack() as open_:
        yield lambda world: Ground(open_.enter_context(running_rack(WorldData(**world), directory=tmp_path / "rack")))


@pytest.fixture
def ground(start: Any, world: dict[str, Any]) -> Ground:
    """The guide's rack."""
    found: Ground = start(world)
    return found
