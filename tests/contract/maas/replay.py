"""Replays one recording: a fresh simulator, its preconditions, then every request in order.

Two things were not recorded and are found here: how much time passed before a request, and when the recorder's stand-ins for
rack and BMC failed (the labels say so). A request about machines that is not answered as recorded at once is asked again from
the same state after more and more virtual time, and with the fault that its label names.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
import tempfile
from collections.abc import Iterator
from typing import Any

from simulator.maas.records.node import Node
from simulator.maas.region import Region
from simulator.maas.service import Service
from simulator.maas.status import Status
from simulator.testing import Rack, running_rack
from simulator.world import Bmc, Disk, Fault, HostInterface, Machine, Nic, WorldData
from simulator.world import Rack as RackHost

from ..reporting import Outcome
from . import aligning, asking, comparing, preconditions, unrecorded
from .exchange import ROOT, Exchange

_WAITS = (0, 1, 2, 40, 200, 320, 700, 1500)
_FAULTS = (
    (re.compile(r"no rack|without rack|Ephemeral", re.IGNORECASE), "rack-down", {}),
    (re.compile(r"BMC (error|fail)", re.IGNORECASE), "bmc-unreachable", {"message": "simulated BMC failure"}),
    (re.compile(r"commissioning failed", re.IGNORECASE), "commission-fails", {}),
    (re.compile(r"failed deployment", re.IGNORECASE), "deploy-fails", {}),
)
_SLOW_FAULTS = ("commission-fails", "deploy-fails")  # these strike while time passes, the others when asked
_IN_STATE = re.compile(r"^(?P<status>[A-Z][a-z ]+): ")
_TITLES = {status.title: status for status in Status}


class Replay:
    """One recording against one simulator."""

    def __init__(self, rack: Rack, exchanges: list[Exchange], note: str) -> None:
        self._rack = rack
        service = rack.services["maas"]
        assert isinstance(service, Service)
        self._service = service
        self._exchanges = exchanges
        self._note = note
        url = rack.endpoints["maas"]["url"]
        self._base = url.removesuffix("/MAAS/")
        self._keys = {"admin": rack.endpoints["maas"]["api_key"]}
        self._aligner = rack.call(self._arrange)

    @property
    def _region(self) -> Region:
        return self._service.region

    def _arrange(self) -> aligning.Aligner:
        self._service.add_user("admin", "admin")
        self._service.region.store.tokens.popitem()
        for name in sorted({e.auth for e in self._exchanges if e.auth} | {"bob"} - {"admin", "custom"}):
            if name not in ("admin", "custom"):
                self._keys[name] = self._service.add_user(name, name)
        preconditions.arrange(self._region, self._exchanges, self._note)
        return aligning.Aligner(self._region, [e.response for e in self._exchanges])

    def run(self) -> Iterator[Outcome]:
        """Replays all exchanges."""
        for recorded in self._exchanges:
            exchange = self._with_token(recorded)
            self._unrecorded(exchange)
            self._rack.call(self._set_state, exchange)
            self._rack.call(self._insert_hosts, exchange)
            yield Outcome(pair=exchange.name, request=exchange.asked, lines=self._best(exchange))
            if exchange.status < 300:
                self._rack.call(self._aligner.after, exchange.response)
                self._rack.call(self._aligner.names, exchange.response)

    def _unrecorded(self, exchange: Exchange) -> None:
        for method, path, fields in unrecorded.REQUESTS.get(f"{exchange.name} {exchange.label}", []):
            step = dataclasses.replace(exchange, method=method, path=ROOT + path, query={}, request=fields, auth="admin")
            assert asking.ask(self._base, step, self._keys).status < 300, f"unrecorded {method} {path} before {exchange.name}"

    def _set_state(self, exchange: Exchange) -> None:
        """The recorder put machines into states by hand; the label's first words say so."""
        found, path = _IN_STATE.match(exchange.label), re.search(r"/(?:nodes|machines)/(\w{6})/", exchange.path)
        node = self._region.store.node(path[1]) if path else None
        status = _TITLES.get(found["status"]) if found else None
        if node and status is not None:
            node.status = status
            node.owner = None if status in (Status.NEW, Status.READY, Status.BROKEN) else "admin"

    def _insert_hosts(self, exchange: Exchange) -> None:
        for each in aligning.objects(exchange.response if exchange.method == "GET" else None):
            if aligning.kind_of(each) == "VmHost" and each["id"] not in self._region.store.vmhosts:
                preconditions.host(self._region, each, self._exchanges)

    def _with_token(self, exchange: Exchange) -> Exchange:
        """The recorder masked the keys that it was given; the last one made is meant."""
        request = exchange.request
        if not isinstance(request, dict) or "<random>" not in request.values():
            return exchange
        last = max(self._region.store.tokens.values(), key=lambda row: row.id)
        values = {key: last.key if value == "<random>" else value for key, value in request.items()}
        return dataclasses.replace(exchange, request=values)

    def _best(self, exchange: Exchange) -> list[str]:
        if not any(part in exchange.path for part in ("/machines/", "/nodes/", "/events/")):
            return self._try(exchange, 0, None)
        saved = self._rack.call(self._save)
        best: tuple[int, float, Fault | None] | None = None
        for wait, fault in self._tries(exchange):
            self._rack.call(self._restore, saved)
            lines = self._try(exchange, wait, fault.model_copy() if fault else None)
            if not lines:
                return []
            if best is None or len(lines) < best[0]:
                best = (len(lines), wait, fault)
        self._rack.call(self._restore, saved)
        return self._try(exchange, best[1], best[2]) if best else []

    def _tries(self, exchange: Exchange) -> Iterator[tuple[float, Fault | None]]:
        refusal = exchange.response if exchange.status >= 400 else ""
        text = f"{exchange.label} {refusal} {self._note if 'NO connected' in self._note else ''}"
        named = [(name, options) for pattern, name, options in _FAULTS if pattern.search(text)]
        faults = [Fault(name=name, options=options) for name, options in named]
        for fault in [*faults, None]:
            waits = reversed(_WAITS) if fault and fault.name == "bmc-unreachable" else _WAITS
            for wait in waits:
                yield wait, fault

    def _try(self, exchange: Exchange, wait: float, fault: Fault | None) -> list[str]:
        self._rack.call(self._aligner.before, exchange.response if exchange.status < 300 else None)
        self._rack.call(self._pass_time, wait, fault)
        answer = asking.ask(self._base, exchange, self._keys)
        self._rack.call(self._region.world.data.faults.clear)
        if exchange.status != answer.status:
            return [f"status: {exchange.status} != {answer.status} ({json.dumps(answer.body)[:300]})"]
        lines = comparing.headers(exchange.headers, answer.headers)
        return lines + comparing.differences(self._adopted(exchange.response, answer.body), answer.body)

    def _adopted(self, recorded: Any, ours: Any) -> Any:
        """The recorded answer with names that chance gave replaced by ours."""
        if not isinstance(recorded, dict) or not isinstance(ours, dict):
            return recorded
        if (
            isinstance(recorded.get("hostname"), str)
            and re.fullmatch(r"[a-z]+-[a-z]+", recorded["hostname"])
            and re.fullmatch(r"[a-z]+-[a-z]+", str(ours.get("hostname")))
        ):
            return recorded | {"hostname": ours["hostname"], "fqdn": ours.get("fqdn")}
        if recorded.get("type") in ("lxd", "virsh") and re.fullmatch(r"[a-z]+-[a-z]+", str(recorded.get("name"))):
            return recorded | {"name": ours.get("name")}
        return recorded

    # --- the recorder's stand-ins, on the rack's thread

    def _pass_time(self, wait: float, fault: Fault | None) -> None:
        world = self._region.world
        world.data.faults[:] = [fault] if fault and fault.name in _SLOW_FAULTS else []
        self._play()
        for _ in range(20 if wait else 0):
            self._region.clock.advance(wait / 20)
            self._play()
        world.data.faults[:] = [fault] if fault else []

    def _play(self) -> None:
        """Machines ask for a boot server where MAAS serves no DHCP, and somebody presses the buttons of manual ones."""
        region = self._region
        for node in region.store.nodes.values():
            machine = region.lifecycle.machine(node)
            if not machine or node.status not in (1, 9, 14, 17, 21):
                continue
            if node.power_type == "manual" and machine.power == "off":
                region.world.power_on(machine.key)
            if machine.power == "on" and machine.boot in ("disk", "idle") and self._waits(node):
                machine.boot = "netboot"
                region.lifecycle.serve(machine, node)

    def _waits(self, node: Node) -> bool:
        timers = self._region.clock.dump()["timers"]
        mine = [kind for _, kind, args in timers if args.get("system_id") == node.system_id and args.get("step") == node.step]
        return not any(kind not in ("maas.timeout", "maas.power") for kind in mine) and (
            node.netboot or node.status != Status.DEPLOYING
        )

    def _save(self) -> str:
        world = self._region.world
        state = {"maas": self._service.dump(), "clock": self._region.clock.dump(), "world": world.data.model_dump(mode="json")}
        return json.dumps(state)

    def _restore(self, saved: str) -> None:
        state = json.loads(saved)
        self._service.load(state["maas"])
        self._region.clock.load(state["clock"])
        self._region.world.data = WorldData.model_validate(state["world"])


def world_of(exchanges: list[Exchange]) -> WorldData:
    """The rack in which a recording's machines stand."""
    port = HostInterface(name="eth0", network="management", mac="52:54:00:00:00:01", address="10.20.0.2/24")
    data = WorldData(
        networks=["management"], rack=RackHost(hostname="region1", images=["ubuntu/focal", "ubuntu/jammy"], interfaces=[port])
    )
    for exchange in exchanges:
        request = exchange.request if isinstance(exchange.request, dict) else {}
        macs = request.get("mac_addresses") if exchange.path == ROOT + "machines/" and exchange.status == 200 else None
        if macs:
            listed = [macs] if isinstance(macs, str) else macs
            machine = _machine(listed, request)
            data.machines[machine.key] = machine
    return data


def _machine(macs: list[str], request: dict[str, Any]) -> Machine:
    nics = [
        Nic(
            name=f"enp{number + 1}s0",
            mac=mac,
            network="management" if number == 0 else f"other-{mac}",
            vendor="My Corporation",
            product="My Gigabit Network Connection",
            firmware="1.63, 0x800009fa",
            speed=10000,
        )
        for number, mac in enumerate(macs)
    ]
    disks = [Disk(name="sda", size=100000000000, model=""), Disk(name="sdb", size=50000000000, model="")]
    address = request.get("power_parameters_power_address")
    bmc = None
    if address:
        power_id = {"power_id": request["power_parameters_power_id"]} if "power_parameters_power_id" in request else {}
        bmc = Bmc(power_type=request["power_type"], address=address, network="management", parameters=power_id)
    return Machine(key=macs[0], kind="physical", cpus=4, memory=8192, nics=nics, disks=disks, bmc=bmc, boot_seconds=10)


def replay(exchanges: list[Exchange], note: str, directory: pathlib.Path | None = None) -> list[Outcome]:
    """Replays one recording against a fresh simulator."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = directory or pathlib.Path(temporary)
        with running_rack(world_of(exchanges), factor=0, directory=folder, services=("maas",)) as rack:
            return list(Replay(rack, exchanges, note).run())
