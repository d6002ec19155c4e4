"""Any bundle, on the simulator, through the program's own component: up to settled, a second preview, destroy.

The engine is played by the SDK's mocks: each registration goes to the resource's own provider (check, diff, create), in the order
that the program's dependencies leave. That is light enough to try dozens of bundles. One process rehearses one bundle after
another on one rack; each gets a model of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import pathlib
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi import dynamic
from pulumi.runtime import settings, stack

import bundle
from components import services
from components.openstack import OpenStack, OpenStackArgs
from components.placement import Placement, tags_of
from config.vault import VaultSpec
from providers import _base, juju, maas, openstack, vault
from simulator.testing import running_rack
from tests.unit.simulator_juju import juju_site

FACTOR = 18000.0
CONTROLLER = "juju-1"
SITE = bundle.Site(
    workers=["worker-1", "worker-2"],
    control=["control-1", "control-2", "control-3"],
    osd_devices=["/dev/sdb"],
    external_ports=["eno2"],
    expected_osd_count=2,
)
KINDS = {
    f"{module.__name__.rpartition('.')[2]}:{name}": found
    for module in (juju, openstack, vault)
    for name, found in vars(module).items()
    if isinstance(found, type) and issubclass(found, _base.Resource)
}
Key = tuple[str, str]


@dataclasses.dataclass
class Told:
    """How a rehearsal went: what was made, what the second preview would change, what was left of the model."""

    made: int
    seconds: float
    changes: list[str]
    blocked: dict[str, str]
    left: bool


class Engine(pulumi.runtime.Mocks):
    """Hands registrations to the providers; `changes` are those of the last run, `state` what it left."""

    def __init__(self, config: Mapping[str, str], systems: Mapping[str, str]) -> None:
        self.state: dict[Key, tuple[str, dict[str, Any]]] = {}
        self.changes: list[str] = []
        self.previews = False
        self._config = dict(config)
        self._systems = systems
        self._providers: dict[str, _base.Provider[Any]] = {}
        self._lock = threading.Lock()

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(f"no function is expected to be called, but {args.token} was")

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        kind = args.typ.removeprefix("pulumi-python:dynamic/")
        if kind.startswith(("site:", "pulumi:")):
            return args.name, dict(args.inputs)
        if kind == "maas:Machine":
            return self._systems[args.name], dict(args.inputs)
        inputs = {name: value for name, value in args.inputs.items() if name != "__provider"}
        return self._step(kind, args.name, inputs)

    def provider(self, kind: str) -> _base.Provider[Any]:
        with self._lock:
            if kind not in self._providers:
                self._providers[kind] = KINDS[kind].provider_class()
                self._providers[kind].configure(dynamic.ConfigureRequest(config=self._config))  # type: ignore[arg-type]
            return self._providers[kind]

    def _step(self, kind: str, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        provider, key = self.provider(kind), (kind, name)
        checked = provider.check({}, travelled(inputs))
        assert not checked.failures, [f"{kind} {name}: {failure.property}: {failure.reason}" for failure in checked.failures]
        news = travelled(checked.inputs)
        if key in self.state:
            id_, outs = self.state[key]
            diff = provider.diff(id_, outs, news)
            if diff.changes:
                self.changes.append(f"{kind} {name}: {sorted(provider.changed(outs, news))}")
            return id_, outs
        self.changes.append(f"{kind} {name}: new")
        assert not self.previews, f"a preview finds {kind} {name} new"
        made = provider.create(news)
        self.state[key] = str(made.id), travelled(made.outs)
        return self.state[key]


class Rehearsal:
    """A rack with a controller, and the engine's part."""

    def __init__(self, rack: Any, folder: pathlib.Path) -> None:
        self._site = juju_site.make(rack)
        self._folder = folder
        self._numbers = iter(range(1000))
        self._config = {
            "juju:dataDir": str(folder / "juju"),
            "juju:controller": "site",
            "juju:addresses": self._site.address,
            "juju:user": "admin",
            "juju:password": juju_site.PASSWORD,
            "juju:caCert": self._site.ca_cert,
            "juju:pollSeconds": "0.5",
            "juju:settleSeconds": "60",
            "juju:timeoutSeconds": "150",
            "openstack:gateway": rack.endpoints["openstack"]["gateway"],
            "openstack:secureGateway": rack.endpoints["openstack"]["secure_gateway"],
            "openstack:pollSeconds": "0.2",
            "openstack:timeoutSeconds": "150",
        }

    def run(self, found: bundle.Bundle) -> Told:
        """Carries a bundle through."""
        plan = bundle.expand(found, bundle.Catalogue.builtin())
        hosts = placed(plan)
        engine = Engine(self._config, {hosts[m.key]: self._site.ids[hosts[m.key]] for m in plan.machines})
        name = f"rehearsal-{next(self._numbers)}"
        began = time.monotonic()
        try:
            self._program(engine, name, plan, hosts)
            made, seconds = len(engine.state), time.monotonic() - began
            engine.changes, engine.previews = [], True
            self._program(engine, name, plan, hosts)
            uuid = engine.state["juju:Model", name][0]
            blocked = _waiting(self._site.model(uuid), services.expected_blocked(plan))
        finally:
            self._destroy(engine, name)
        return Told(made, seconds, engine.changes, blocked, self._site.model(uuid) is not None)

    def _destroy(self, engine: Engine, name: str) -> None:
        """Offers first; all else is deleted with the model."""
        for (kind, _), (id_, outs) in engine.state.items():
            if kind == "juju:Offer":
                engine.provider(kind).delete(id_, outs)
        if ("juju:Model", name) in engine.state:
            uuid, outs = engine.state["juju:Model", name]
            engine.provider("juju:Model").delete(uuid, outs)
            juju_site.until("MAAS to have its machines", lambda: juju_site.run(juju_site.others_ready(self._site)))

    def _program(self, engine: Engine, name: str, plan: bundle.Plan, hosts: Mapping[str, str]) -> None:
        async def program() -> None:
            model = juju.Model(
                name,
                name=name,
                controller="site",
                cloud="maas-site",
                credential="maas-site",
                config={"default-base": "ubuntu@24.04", "default-space": "management"},
            )
            machines = {host: maas.Machine(host, power_type="manual", mac_address="52:54:00:00:00:00") for host in hosts.values()}
            args = OpenStackArgs(
                controller="site",
                model=model,
                machines=machines,
                keep_on=lambda _host, _after: [],
                release="caracal",
                vault=VaultSpec(),
            )
            OpenStack(name, plan, Placement(hosts=hosts, unplaced={}), args)

        settings.SETTINGS.rpc_manager.clear()  # what an earlier program that failed left behind
        settings.SETTINGS.outputs.clear()
        pulumi.runtime.set_mocks(engine, project="rehearsal", stack="dev", preview=False)
        asyncio.get_event_loop().run_until_complete(stack.run_pulumi_func(program))


@contextlib.contextmanager
def rehearsing() -> Iterator[Rehearsal]:
    """A rack for rehearsals in a folder of its own, in which the process stays meanwhile."""
    before = pathlib.Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        rack_folder = pathlib.Path(folder) / "rack"
        rack_folder.mkdir()
        try:
            with running_rack(
                juju_site.rack_data(), factor=FACTOR, directory=rack_folder, services=("maas", "juju", "openstack")
            ) as rack:
                yield Rehearsal(rack, pathlib.Path(folder))
        finally:
            os.chdir(before)


def _waiting(model: Any, awaited: Mapping[str, str]) -> dict[str, str]:
    """Units that aren't active, and don't say either that they wait for the action that belongs to their service."""
    idle = [unit for unit in model.units.values() if unit.workload.status != "active"]
    odd = [u for u in idle if u.application not in awaited or not u.workload.info.startswith(awaited[u.application])]
    return {unit.name: f"{unit.workload.status}: {unit.workload.info}" for unit in odd}


def placed(plan: bundle.Plan) -> dict[str, str]:
    """A machine of the rack for each of the plan: its namesake, or the next with its tags, those with disks to spare first."""
    rack = [host for host in juju_site.MACHINES if host != CONTROLLER]
    hosts = {machine.key: machine.key for machine in plan.machines if machine.key in rack}
    for machine in plan.machines:
        free = (host for host in reversed(rack) if host not in hosts.values() and tags_of(machine) <= {tag_of(host)})
        if machine.key not in hosts and (host := next(free, None)):
            hosts[machine.key] = host
    left = [machine for machine in plan.machines if machine.key not in hosts]
    if left:
        tags = ", ".join(sorted(set().union(*map(tags_of, left)))) or "none"
        raise ValueError(f"the rack has no machines left for {len(left)} of the bundle's, with the tags {tags}: use --machines")
    return hosts


def enlarge(count: int) -> None:
    """Gives this process's rack so many machines beside the controller's; further ones have either tag by turns, and disks."""
    for number in range(1, count - len(juju_site.MACHINES) + 2):
        juju_site.MACHINES[f"spare-{number}"] = ("openstack-worker" if number % 2 else "openstack-control", 3)


def tag_of(host: str) -> str:
    """The tag of a machine of the rack."""
    return juju_site.MACHINES[host][0]


def travelled(props: Any) -> Any:
    """Properties as they come back from the engine: no nulls, every number a floating point one."""
    if isinstance(props, Mapping):
        return {k: travelled(v) for k, v in props.items() if v is not None}
    if isinstance(props, (list, tuple)):
        return [travelled(v) for v in props]
    return float(props) if isinstance(props, int) and not isinstance(props, bool) else props
