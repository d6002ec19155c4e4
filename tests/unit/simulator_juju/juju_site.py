"""A small rack for Juju's tests: seven bare machines that MAAS has ready, a bootstrapped controller, a raw RPC client."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import json
import ssl
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

import aiohttp

from simulator import world
from simulator.juju.maasclient import Maas
from simulator.testing import Rack

MACHINES = {
    "juju-1": ("juju-controller", 1),
    "control-1": ("openstack-control", 1),
    "control-2": ("openstack-control", 1),
    "control-3": ("openstack-control", 1),
    "worker-1": ("openstack-worker", 3),
    "worker-2": ("openstack-worker", 3),
    "worker-3": ("openstack-worker", 3),
}
T = TypeVar("T")
PASSWORD = "sesame-of-the-controller"
DEADLINE = 60.0


def rack_data() -> world.WorldData:
    """The rack: one BMC network, one management network, one external."""
    ports = {"bmc": "10.10.0.2/24", "management": "10.20.0.2/24", "external": "203.0.113.2/24"}
    interfaces = [
        world.HostInterface(name=f"eno{i}", network=name, mac=f"52:54:00:00:00:{i:02x}", address=address)
        for i, (name, address) in enumerate(ports.items(), 1)
    ]
    machines = {name: _machine(i, name, disks) for i, (name, (_, disks)) in enumerate(MACHINES.items(), 1)}
    rack = world.Rack(
        hostname="controller", interfaces=interfaces, images=["ubuntu/bionic", "ubuntu/focal", "ubuntu/jammy", "ubuntu/noble"]
    )
    return world.WorldData(networks=list(ports), machines=machines, rack=rack)


def _machine(number: int, name: str, disks: int) -> world.Machine:
    networks = ["management", "external"] if disks > 1 else ["management"]
    return world.Machine(
        key=name,
        cpus=8,
        memory=32768,
        boot_seconds=20,
        nics=[world.Nic(name=f"eno{i}", mac=f"52:54:00:09:{number:02x}:{i:02x}", network=n) for i, n in enumerate(networks, 1)],
        disks=[world.Disk(name=f"sd{'abc'[i]}", size=480 * 10**9, serial=f"S{number}{i}") for i in range(disks)],
        bmc=world.Bmc(
            power_type="ipmi",
            address=f"10.10.0.{50 + number}",
            network="bmc",
            parameters={"power_user": "maas", "power_pass": "secret"},
        ),
    )


@dataclasses.dataclass
class Site:
    """The running rack and what was made on it; `ids` are MAAS's system ids by hostname."""

    rack: Rack
    ids: dict[str, str]
    controller: dict[str, Any]
    numbers: Any = dataclasses.field(default_factory=lambda: itertools.count(1))

    @property
    def address(self) -> str:
        return str(self.controller["address"])

    @property
    def ca_cert(self) -> str:
        return str(self.controller["ca-cert"])

    @property
    def parts(self) -> Any:
        return self.rack.services["juju"].parts

    def model(self, uuid: str) -> Any:
        """The simulator's own record of a model, to look at."""
        return self.parts.store.find_model(uuid)

    def maas(self) -> Maas:
        return Maas(self.rack.endpoints["maas"]["url"], self.rack.endpoints["maas"]["api_key"])

    def wait(self, what: str, ready: Callable[[], Any]) -> Any:
        """Waits until something is true of the simulator."""
        return until(what, ready)


def until(what: str, ready: Callable[[], Any]) -> Any:
    """Polls until `ready` is truthy and returns that."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        if found := ready():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {DEADLINE:.0f} s for {what}")


class Clients:
    """One event loop for all connections of the tests: TLS connections close some time after they are let go."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine to its end."""
        return self._loop.run_until_complete(asyncio.wait_for(work, 2 * DEADLINE))

    def close(self) -> None:
        """Lets the last connections close."""
        self._loop.run_until_complete(asyncio.sleep(0.1))
        self._loop.close()


CLIENTS = Clients()
run = CLIENTS.run


def make(rack: Rack) -> Site:
    """Fills MAAS and bootstraps a controller."""
    ids = run(_fill(rack))
    return Site(rack, ids, bootstrap(rack))


def bootstrap(rack: Rack, name: str = "site", **asked: Any) -> dict[str, Any]:
    """A ready controller, through the admin API."""
    endpoints = rack.endpoints
    request = {
        "name": name,
        "cloud": {"name": "maas-site", "type": "maas", "auth-types": ["oauth1"], "endpoint": endpoints["maas"]["url"]},
        "credential": {"name": "maas-site", "auth-type": "oauth1", "attrs": {"maas-oauth": endpoints["maas"]["api_key"]}},
        "password": PASSWORD,
        "constraints": {"tags": ["juju-controller"]},
    }
    made = admin(rack, "POST", "juju/controllers", request | asked)
    until("the controller", lambda: admin(rack, "GET", f"juju/controllers/{made['uuid']}")["ready"])
    return admin(rack, "POST", f"juju/controllers/{made['uuid']}/claim", {})


def admin(rack: Rack, method: str, path: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    """A request to the admin API."""
    data = None if content is None else json.dumps(content).encode()
    url = rack.endpoints["admin"]["url"] + path
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as response:
        return dict(json.load(response))


async def _fill(rack: Rack) -> dict[str, str]:
    maas = Maas(rack.endpoints["maas"]["url"], rack.endpoints["maas"]["api_key"])
    for space, cidr in (("management", "10.20.0.0/24"), ("outside", "203.0.113.0/24")):
        await maas.post("spaces/", fields=[("name", space)])
        subnet = next(s for s in await maas.get("subnets/") if s["cidr"] == cidr)
        await put(maas, f"vlans/{subnet['vlan']['id']}/", space=space)
        if space == "management":
            await maas.post("ipranges/", fields=[("type", "dynamic"), ("start_ip", "10.20.0.200"), ("end_ip", "10.20.0.250")])
            primary = (await maas.get("rackcontrollers/"))[0]["system_id"]
            await put(maas, f"vlans/{subnet['vlan']['id']}/", dhcp_on="true", primary_rack=primary)
    for tag in {tag for tag, _ in MACHINES.values()}:
        await maas.post("tags/", fields=[("name", tag)])
    ids = {name: (await _enlist(maas, name, machine))["system_id"] for name, machine in rack.world.machines.items()}
    for _ in range(1000):
        if all(machine["status_name"] == "Ready" for machine in await maas.get("machines/")):
            break
        await asyncio.sleep(0.02)
    for name, system_id in ids.items():
        await maas.post(f"tags/{MACHINES[name][0]}/", "update_nodes", [("add", system_id)])
    return ids


def open_vault(site: Site, model: str, application: str = "vault") -> None:
    """Initialises a Vault, unseals its units, lets its charm in and gives it a CA."""
    place = f"juju/vault/{model}/{application}"
    keys = admin(site.rack, "POST", f"{place}/init", {})["keys"]
    for unit in [name for name in site.model(model).units if name.startswith(f"{application}/")]:
        for key in keys[:3]:
            admin(site.rack, "POST", f"{place}/unseal", {"unit": unit, "key": key})
    token = admin(site.rack, "POST", f"{place}/token", {})["token"]
    call = Caller(site, model)
    for name, parameters in (("authorize-charm", {"token": token}), ("generate-root-ca", {})):
        actions = [{"receiver": f"{application}/leader", "name": name, "parameters": parameters}]
        call("Action.EnqueueOperation", {"actions": actions})


async def others_ready(site: Site) -> bool:
    """Whether MAAS has all machines but the controller's."""
    machines = await site.maas().get("machines/")
    return all(machine["status_name"] == "Ready" for machine in machines if machine["hostname"] != "juju-1")


async def _enlist(maas: Maas, name: str, machine: world.Machine) -> dict[str, Any]:
    assert machine.bmc is not None
    power = {"address": machine.bmc.address, "user": "maas", "pass": "secret"}
    fields = [
        ("hostname", name),
        ("architecture", "amd64/generic"),
        ("mac_addresses", machine.nics[0].mac),
        ("power_type", "ipmi"),
    ]
    fields += [(f"power_parameters_power_{key}", value) for key, value in power.items()]
    return dict(await maas.post("machines/", fields=fields))


async def put(maas: Maas, path: str, **fields: str) -> None:
    """Changes an object of MAAS; the controller's client never does, so this is here."""
    headers = {"Authorization": maas._authorization()}
    async with (
        aiohttp.ClientSession() as session,
        session.put(maas._base + path, data=fields, headers=headers) as response,
    ):
        assert response.status == 200, await response.text()


class Rpc:
    """A raw connection: sends frames, gives the whole answers."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self._ids = itertools.count(1)

    async def send(self, facade: str, version: int, method: str, params: Any = None, **more: Any) -> int:
        number = next(self._ids)
        frame = {"type": facade, "version": version, "request": method, "request-id": number, "params": params or {}}
        await self.socket.send_str(json.dumps(frame | more))
        return number

    async def ask(self, facade: str, version: int, method: str, params: Any = None, **more: Any) -> dict[str, Any]:
        number = await self.send(facade, version, method, params, **more)
        answer = await asyncio.wait_for(self.socket.receive_json(), DEADLINE)
        assert answer["request-id"] == number
        return dict(answer)

    async def get(self, facade: str, version: int, method: str, params: Any = None) -> dict[str, Any]:
        """The response of a call that must not fail."""
        answer = await self.ask(facade, version, method, params)
        assert "error" not in answer, answer
        return dict(answer["response"])


@contextlib.asynccontextmanager
async def rpc(site: Site, model: str = "", user: str = "admin", password: str = PASSWORD) -> AsyncIterator[Rpc]:
    """A logged-in connection to the controller or to a model."""
    async with raw(site, model) as connection:
        answer = await connection.ask("Admin", 3, "Login", {"auth-tag": f"user-{user}", "credentials": password})
        assert "error" not in answer, answer
        yield connection


@contextlib.asynccontextmanager
async def raw(site: Site, model: str = "") -> AsyncIterator[Rpc]:
    """A connection before login."""
    context = ssl.create_default_context(cadata=site.ca_cert)
    url = f"wss://{site.address}" + (f"/model/{model}/api" if model else "/api")
    async with aiohttp.ClientSession() as session, session.ws_connect(url, ssl=context, max_msg_size=0) as socket:
        yield Rpc(socket)


VERSIONS = {"Application": 20, "ApplicationOffers": 5, "Action": 7, "Charms": 6, "Client": 8, "Cloud": 7, "Controller": 12}
VERSIONS |= {
    "MachineManager": 10,
    "ModelConfig": 3,
    "ModelManager": 10,
    "Annotations": 2,
    "Secrets": 2,
    "Spaces": 6,
    "Subnets": 5,
}
VERSIONS |= {"Storage": 6, "Resources": 3, "UserManager": 3, "Block": 2, "SSHClient": 4, "Bundle": 6, "HighAvailability": 2}


class Caller:
    """Calls methods one at a time, each on a connection of its own."""

    def __init__(self, site: Site, model: str = "") -> None:
        self.site, self.model = site, model

    def __call__(self, name: str, params: Any = None) -> dict[str, Any]:
        """The response of FACADE.METHOD, which must not fail."""
        answer = self.answer(name, params)
        assert "error" not in answer, answer
        return dict(answer["response"])

    def answer(self, name: str, params: Any = None) -> dict[str, Any]:
        """The whole answer."""
        facade, _, method = name.partition(".")

        async def work() -> dict[str, Any]:
            async with rpc(self.site, self.model) as connection:
                return await connection.ask(facade, VERSIONS.get(facade, 1), method, params)

        return run(work())

    def refusal(self, name: str, params: Any = None) -> tuple[str, str]:
        """Message and code of a call, or of its only item, that is refused."""
        answer = self.answer(name, params)
        if "error" in answer:
            return answer["error"], answer["error-code"]
        for found in answer["response"].values():
            for item in found if isinstance(found, list) else []:
                error = (item.get("Errors") or [item.get("error")])[0]
                if error:
                    return error["message"], error["code"]
        raise AssertionError(f"not refused: {answer}")

    @property
    def record(self) -> Any:
        """The simulator's own record of the model."""
        return self.site.model(self.model)

    def deploy(self, charm: str, name: str = "", **asked: Any) -> dict[str, Any]:
        """Deploys a charm without units, unless `units` or other fields say otherwise."""
        wanted = {"CharmName": charm, "ApplicationName": name or charm, "num-units": asked.pop("units", 0)}
        result = self("Application.DeployFromRepository", {"Args": [wanted | asked]})["Results"][0]
        assert not result["Errors"], result
        return dict(result)

    def machine(self, host: str, base: str = "24.04") -> str:
        """Adds a machine, the one of this name in MAAS; its id."""
        placement = {"scope": self.model, "directive": f"system-id={self.site.ids[host]}"}
        return self._add(
            {"base": {"name": "ubuntu", "channel": f"{base}/stable"}, "placement": placement, "jobs": ["JobHostUnits"]}
        )

    def container(self, host: str) -> str:
        """Adds a container on a machine; its id."""
        return self._add({"placement": {"scope": "lxd", "directive": host}, "jobs": ["JobHostUnits"]})

    def unit(self, application: str, machine: str, scope: str = "#") -> str:
        """Adds a unit to a machine; its name."""
        params = {"application": application, "num-units": 1, "placement": [{"scope": scope, "directive": machine}]}
        return str(self("Application.AddUnits", params)["units"][0])

    def relate(self, first: str, second: str) -> None:
        """Relates two endpoints."""
        self("Application.AddRelation", {"endpoints": [first, second]})

    def status(self) -> dict[str, Any]:
        """The full status."""
        return self("Client.FullStatus", {})

    def until_unit(self, name: str, status: str, text: str = "") -> Any:
        """Waits until a unit's workload is as wanted and its agent idle."""

        def ready() -> Any:
            unit = self.record.units.get(name)
            found = unit and unit.workload.status == status and text in unit.workload.info and not unit.queue and not unit.running
            return unit if found else None

        return until(f"{name} to be {status} {text}", ready)

    def until_started(self, machine: str) -> Any:
        """Waits until a machine's agent is there."""
        return until(f"machine {machine}", lambda: (m := self.record.machines[machine]).started and m)

    def _add(self, params: dict[str, Any]) -> str:
        result = self("MachineManager.AddMachines", {"params": [params]})["machines"][0]
        assert "error" not in result, result
        return str(result["machine"])
