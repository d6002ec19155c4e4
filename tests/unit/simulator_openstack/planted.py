"""A rack whose Juju has a settled model that nobody deployed: records put there by hand, so that tests begin at once."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from simulator.juju.actions import admin_password
from simulator.juju.records import Application, Controller, Endpoint, Machine, Model, Relation, Status, Unit
from simulator.juju.service import Service as Juju
from simulator.testing import Rack, running_rack

UUID = "f0f0f0f0-0000-4000-8000-000000000001"
CHARMS = (
    "keystone",
    "glance",
    "nova-cloud-controller",
    "placement",
    "neutron-api",
    "cinder",
    "openstack-dashboard",
    "ceph-radosgw",
    "vault",
    "heat",
    "designate",
)
SERVICES = ("juju", "openstack")
SUBNET = "10.20.0"
ACTIVE = Status(status="active", info="Unit is ready")
IDLE = Status(status="idle")


@dataclasses.dataclass
class Planted:
    """The rack and its model; `hosts` are the units' addresses by charm."""

    rack: Rack
    hosts: dict[str, str]

    @property
    def model(self) -> Model:
        juju = self.rack.services["juju"]
        assert isinstance(juju, Juju)
        found = juju.parts.store.find_model(UUID)
        assert found
        return found

    @property
    def password(self) -> str:
        return self.rack.call(admin_password, self.model, "keystone")

    def url(self, charm: str, port: int) -> str:
        return str(self.rack.endpoints["openstack"]["gateway"]).format(host=self.hosts[charm], port=port)

    def get(self, charm: str, port: int, path: str, token: str = "") -> Answer:
        return send("GET", self.url(charm, port) + path, None, token)

    def login(self) -> str:
        """An administrator's token."""
        domain = {"name": "admin_domain"}
        user = {"name": "admin", "domain": domain, "password": self.password}
        scope = {"project": {"name": "admin", "domain": domain}}
        asked = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
        answer = send("POST", self.url("keystone", 5000) + "/v3/auth/tokens", asked)
        assert answer.status == 201, answer.body
        return answer.headers["x-subject-token"]


@dataclasses.dataclass(frozen=True)
class Answer:
    """A response with its body decoded where it is JSON."""

    status: int
    headers: dict[str, str]
    body: Any


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Stay)


def send(method: str, url: str, body: Any = None, token: str = "", headers: dict[str, str] | None = None) -> Answer:
    """Sends a request; a body of bytes goes as it is, others as JSON."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Accept": "application/json", "Content-Type": "application/json"} | (headers or {})
    request = urllib.request.Request(url, data, sent | ({"X-Auth-Token": token} if token else {}), method=method)
    try:
        with _opener.open(request, timeout=30) as found:
            return _answer(found.status, found.headers, found.read())
    except urllib.error.HTTPError as exc:
        with exc:
            return _answer(exc.code, exc.headers, exc.read())


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    found = {key.lower(): value for key, value in headers.items()}
    json_kind = found.get("content-type", "").startswith("application/json")
    return Answer(status, found, json.loads(body) if json_kind and body else body)


@contextlib.contextmanager
def planted(directory: pathlib.Path, factor: float = 0.0) -> Iterator[Planted]:
    """Runs a rack with the model in it."""
    with running_rack(directory=directory, factor=factor, services=SERVICES) as rack:
        juju = rack.services["juju"]
        assert isinstance(juju, Juju)
        model = model_of(CHARMS)
        controller = Controller(uuid="c0", name="site", port="juju-test", models={UUID: model})
        rack.call(juju.parts.store.controllers.__setitem__, "c0", controller)
        for machine in (rack.world.machines["worker-1"], rack.world.machines["worker-2"]):
            machine.power, machine.boot = "on", "disk"
        rack.call(rack.world.changed)
        hosts = {app: machine.address for app, machine in zip(CHARMS, model.machines.values(), strict=False)}
        yield Planted(rack, hosts)


def model_of(charms: tuple[str, ...]) -> Model:
    """A settled model with one unit of each charm, each on a machine of its own, related to keystone, and two workers."""
    model = Model(uuid=UUID, name="openstack", owner="admin", cloud="maas", region="", credential="", status=IDLE)
    for number, charm in enumerate(charms):
        _add(model, charm, number)
    for number in (1, 2):
        _add(model, "nova-compute", len(charms) + number - 1, worker=number)
        _unit(model, "ovn-chassis", str(len(charms) + number - 1), number - 1)
    model.applications["ovn-chassis"].options = {"ovn-bridge-mappings": "physnet1:br-ex", "prefer-chassis-as-gw": True}
    model.applications["neutron-api"].options = {"flat-network-providers": "physnet1"}
    return model


def _add(model: Model, charm: str, number: int, worker: int = 0) -> None:
    host = f"worker-{worker}" if worker else f"juju-{number}-lxd-0"
    model.machines[str(number)] = Machine(
        id=str(number),
        base="ubuntu@24.04",
        hostname=host,
        addresses=[{"value": f"{SUBNET}.{30 + number}", "type": "ipv4", "scope": "local-cloud"}],
        interfaces={"eno1": {"mac-address": f"52:54:00:01:{worker:02x}:01"}} if worker else {},
        instance=IDLE,
        agent=IDLE,
        deployed=True,
        started=True,
        present=True,
    )
    unit = _unit(model, charm, str(number), worker - 1 if worker else 0)
    if charm in ("keystone", "vault", "nova-compute"):
        return
    ends = [
        Endpoint(application=charm, name="identity-service", role="requirer", interface="keystone"),
        Endpoint(application="keystone", name="identity-service", role="provider", interface="keystone"),
    ]
    model.relations[number] = Relation(id=number, key=f"{charm} keystone", endpoints=ends, status=IDLE)
    unit.joined.append(number)


def _unit(model: Model, charm: str, machine: str, number: int) -> Unit:
    name = f"{charm}/{number}"
    if charm not in model.applications:
        model.applications[charm] = Application(
            name=charm,
            charm=charm,
            url=f"ch:{charm}",
            origin={},
            channel="2024.1/stable",
            base="ubuntu@24.04",
            subordinate=charm == "ovn-chassis",
            leader=name,
        )
    unit = Unit(name=name, application=charm, machine=machine, agent=IDLE, workload=ACTIVE, started=True)
    model.units[name] = unit
    return unit
