"""The simulated region answers recorded requests as the recorded one did, but for the pairs that explained.md names."""

from __future__ import annotations

import gzip
import json
import os
import pathlib
import re
from typing import Any

import pytest

from simulator.clock import Clock
from simulator.maas.api import resources
from simulator.maas.describe import description
from simulator.maas.region import Region
from simulator.maas.status import Status
from simulator.testing import running_rack
from simulator.world import Bmc, Disk, HostInterface, Machine, Nic, Rack, World, WorldData
from tests.contract import recording, reporting
from tests.contract.maas import asking
from tests.contract.maas.exchange import ROOT, Exchange
from tests.contract.maas.replay import replay

ROOM = pathlib.Path(__file__).parent
CHECKOUT = ROOM.parents[2]
TRUTH = pathlib.Path(os.environ.get("SHARED_DIR", CHECKOUT.parent / "shared")) / "truth" / "maas"
FILES = sorted(recording.read_all(Exchange, TRUTH)) if TRUTH.is_dir() else []

needs_truth = pytest.mark.skipif(not TRUTH.is_dir(), reason=f"no recordings in {TRUTH}; set SHARED_DIR")


@needs_truth
@pytest.mark.parametrize("name", FILES)
def test_recorded_pairs(name: str, tmp_path: pathlib.Path) -> None:
    note = json.loads((TRUTH / f"{name}.json").read_text())["note"]
    outcomes = replay(recording.read(Exchange, TRUTH / f"{name}.json"), note, tmp_path)
    assert outcomes
    differ = {each.pair: each.lines for each in outcomes if each.lines}
    known = {pair for pair in reporting.explanations(ROOM) if pair.startswith(f"{name}#")}
    assert {pair: lines for pair, lines in differ.items() if pair not in known} == {}
    assert known <= set(differ), "explained.md names pairs that do not differ any more"


@needs_truth
def test_description_is_the_recorded_one_in_names_paths_and_methods(tmp_path: pathlib.Path) -> None:
    recorded = json.loads(gzip.decompress((TRUTH / "describe.json.gz").read_bytes()))
    region = Region(World(Clock()), {}, tmp_path)
    ours = description([each for each in resources.ALL if each.within(region)], "http://127.0.0.1:5240")
    assert set(ours) == set(recorded)
    theirs = {each["name"]: each for each in recorded["resources"]}
    for each in ours["resources"]:
        found = theirs[each["name"]]
        assert (each["auth"] is None) == (found["auth"] is None), each["name"]
        assert (each["anon"] or {}).get("name") == (found["anon"] or {}).get("name")
        for side in ("auth", "anon"):
            _check_side(each[side], found[side])


def _check_side(ours: dict[str, Any] | None, recorded: dict[str, Any] | None) -> None:
    if ours is None or recorded is None:
        return
    assert {key: ours[key] for key in ("name", "params", "path", "uri")} == {
        key: recorded[key] for key in ("name", "params", "path", "uri")
    }
    actions = {(each["name"], each["method"], each["op"], each["restful"]) for each in recorded["actions"]}
    mine = {(each["name"], each["method"], each["op"], each["restful"]) for each in ours["actions"]}
    assert mine <= actions, f"{ours['name']}: {sorted(mine - actions)}"


MATRIX = TRUTH / "state_op_matrix.json"
OPERATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "release_erase": ("release", {"erase": "true"}),
    "test": ("test", {"testing_scripts": "smartctl-validate"}),
    "set_storage_layout": ("set_storage_layout", {"storage_layout": "flat"}),
    "set_owner_data": ("set_owner_data", {"k": "v"}),
}
UPDATES = {
    "update_hostname": {"hostname": "renamed"},
    "update_architecture": {"architecture": "amd64/generic"},
    "update_pool": {"pool": "default"},
    "update_power": {"power_parameters_power_id": "m"},
    "update_description": {"description": "d"},
}


def _cells() -> list[tuple[str, str]]:
    if not MATRIX.exists():
        return []
    matrix = json.loads(MATRIX.read_text())["matrix"]
    return [(state, name) for state, row in matrix.items() for name in row]


@pytest.fixture(scope="module")
def matrix_rack(tmp_path_factory: pytest.TempPathFactory) -> Any:
    port = HostInterface(name="eth0", network="n", mac="52:54:00:00:00:01", address="10.20.0.2/24")
    bmc = Bmc(power_type="virsh", address="qemu+ssh://h/system", network="n", parameters={"power_id": "m"})
    nics, disks = [Nic(name="eno1", mac="52:54:00:00:01:01", network="n")], [Disk(name="sda", size=100 * 1000**3)]
    machine = Machine(key="m", nics=nics, disks=disks, bmc=bmc, boot_seconds=10)
    rack = Rack(hostname="r", images=["ubuntu/jammy"], interfaces=[port])
    world = WorldData(networks=["n"], machines={"m": machine}, rack=rack)
    with running_rack(world, factor=0, directory=tmp_path_factory.mktemp("rack"), services=("maas",)) as running:
        yield running, _ready_machine(running)


def _ready_machine(rack: Any) -> str:
    """Enlists and commissions the machine; returns its system id."""
    fields = {"architecture": "amd64/generic", "mac_addresses": "52:54:00:00:01:01", "hostname": "m", "power_type": "virsh"}
    fields |= {"power_parameters_power_address": "qemu+ssh://h/system", "power_parameters_power_id": "m"}
    system_id = str(_ask(rack, "POST", "machines/", fields).body["system_id"])
    rack.advance(11)
    node = rack.services["maas"].region.store.node(system_id)
    rack.call(rack.services["maas"].region.lifecycle.serve, rack.world.machines["m"], node)
    rack.advance(1000)
    assert node.status == Status.READY
    return system_id


def _ask(rack: Any, method: str, path: str, fields: dict[str, str], op: str | None = None) -> asking.Answer:
    exchange = Exchange(
        file="",
        number=0,
        label="",
        method=method,
        path=ROOT + path,
        query={"op": op} if op else {},
        request=fields,
        auth="admin",
        encoding="multipart",
        status=200,
        headers={},
        response=None,
    )
    endpoint = rack.endpoints["maas"]
    return asking.ask(endpoint["url"].removesuffix("/MAAS/"), exchange, {"admin": endpoint["api_key"]})


@needs_truth
@pytest.mark.parametrize(("state", "operation"), _cells())
def test_every_operation_in_every_state(matrix_rack: Any, state: str, operation: str) -> None:
    rack, system_id = matrix_rack
    cell = json.loads(MATRIX.read_text())["matrix"][state][operation]
    # an earlier operation of the recorder's row had left the machine with an unfinished commissioning
    saved = rack.call(_put, rack, system_id, state, "commissioning output" not in cell.get("body", ""))
    try:
        answer = _do(rack, system_id, operation)
        assert answer.status == cell["http"], answer.body
        if "body" in cell:
            recorded = re.sub(r"node \w{6} ", f"node {system_id} ", _text(cell["body"]))
            recorded = re.sub(r"system ID \w{6} ", f"system ID {system_id} ", recorded)
            assert _text(answer.body) == recorded
        if "status_in_response" in cell and isinstance(answer.body, dict):
            assert answer.body["status_name"] == cell["status_in_response"]
    finally:
        rack.call(_take_back, rack, saved)


def _text(body: Any) -> str:
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return body
    return json.dumps(body, sort_keys=True)


def _do(rack: Any, system_id: str, operation: str) -> asking.Answer:
    if operation in UPDATES:
        return _ask(rack, "PUT", f"machines/{system_id}/", UPDATES[operation])
    if operation == "DELETE":
        return _ask(rack, "DELETE", f"machines/{system_id}/", {})
    if operation == "allocate":
        return _ask(rack, "POST", "machines/", {"system_id": system_id}, "allocate")
    op, fields = OPERATIONS.get(operation, (operation, {}))
    return _ask(rack, "POST", f"machines/{system_id}/", fields, op)


def _put(rack: Any, system_id: str, state: str, commissioned: bool) -> tuple[Any, Any]:
    """Puts the machine into a state by hand, as the recorder did; returns what to restore."""
    service = rack.services["maas"]
    saved = (json.dumps(service.dump()), rack.world.data.model_dump(mode="json"))
    node = service.region.store.node(system_id)
    status = Status(int(state.split(maxsplit=1)[0]))
    node.commissioning_set = node.commissioning_set if commissioned else None
    node.status, node.locked = status, state.endswith("+ locked")
    owned = {4: None, 0: None, 2: None, 8: None}
    node.owner = owned.get(status, "admin")
    node.power_state = "on" if status in (Status.DEPLOYED, Status.DEPLOYING) else "off"
    between = {Status.ALLOCATED, Status.TESTING, *(Status(number) for number in range(16, 21))}
    node.previous_status = Status.READY if status in between else Status.NEW
    return saved


def _take_back(rack: Any, saved: tuple[Any, Any]) -> None:
    rack.services["maas"].load(json.loads(saved[0]))
    rack.world.data = WorldData.model_validate(saved[1])
