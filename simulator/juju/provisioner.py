"""The provisioner: takes machines from MAAS through MAAS's own API, follows them, gives them back.

Every step looks at the record and does what comes next, so that it goes on after a restart where it stood.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Coroutine
from typing import Any

from ..world import Machine as Hardware
from . import maasfacts, manual, timing
from .containers import Containers
from .maasclient import Fields, Maas, MaasError
from .parts import Parts
from .records import Machine, Model
from .store import containers_of

_log = logging.getLogger(__name__)


class Provisioner:
    """Keeps the machines of all models in step with MAAS."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy: set[tuple[str, str]] = set()
        self._polling = False
        self.containers = Containers(parts, self)
        clock = parts.clock
        clock.on("juju.provision", self._provision)
        clock.on("juju.machine-agent", self._agent)
        clock.on("juju.poll", self._poll)
        parts.world.on_disk_boot(self._booted)
        parts.world.on_power(self._powered)
        parts.world.on_gone(self._powered)

    def start(self) -> None:
        """Takes up every machine that is not where it should be."""
        self._polling = False
        for model in self._parts.store.models():
            for machine in model.machines.values():
                if machine.parent:
                    self.containers.resume(model, machine)
                self.wake(model, machine)
        for hardware in self._parts.world.machines.values():
            if hardware.boot == "disk":
                self._booted(hardware, again=False)
        self._poll_soon()

    async def stop(self) -> None:
        """Ends requests that are under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self, model: Model, machine: Machine, seconds: float = 0.0) -> None:
        """Has a machine's next step taken."""
        self._parts.clock.after(seconds, "juju.provision", model=model.uuid, machine=machine.id)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs a piece of work beside everything else."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def maas(self, model: Model) -> Maas:
        """MAAS as the model's credential opens it.

        Raises:
            MaasError: the credential is no good.
        """
        controller = self._parts.store.controller_of(model)
        cloud = controller.clouds[model.cloud]
        credential = controller.credentials.get(model.credential)
        if credential is None or not credential.valid:
            raise MaasError("cloud credential is not valid")
        return Maas(cloud["endpoint"], credential.attrs.get("maas-oauth", ""))

    def up(self, model: Model, machine: Machine) -> None:
        """A machine's agent has come up: units and containers follow."""
        store = self._parts.store
        machine.started = machine.present = True
        machine.agent = store.status("started")
        text = manual.RUNNING if manual.is_manual(machine) else "Running" if machine.parent else "Deployed"
        machine.instance = store.renewed(machine.instance, "running", text)
        self._parts.units.begin(model, machine)
        for container in containers_of(model, machine.id):
            self.wake(model, container)
        if model.is_controller:
            self._parts.controllers.machine_up(model)
        self._parts.changed()

    def retry(self, model: Model, machine: Machine) -> None:
        """Starts over with a machine that could not be provisioned."""
        if machine.instance.status != "provisioning error":
            return
        machine.attempts = 0
        machine.instance = self._parts.store.status("pending")
        if machine.instance_id and not machine.parent:
            self.spawn(self._begin_again(model, machine))
        else:
            self.wake(model, machine)

    def fail(self, machine: Machine, text: str) -> None:
        """Notes that a machine could not be had."""
        machine.instance = self._parts.store.status("provisioning error", text)
        self._parts.changed()

    def _provision(self, model: str, machine: str) -> None:
        where = self._parts.store.find_model(model)
        found = where.machines.get(machine) if where else None
        if where is None or found is None or (model, machine) in self._busy:
            return
        if found.parent and found.life != "dead":
            self.containers.next(where, found)
            return
        self._busy.add((model, machine))
        self.spawn(self._step(where, found))

    async def _step(self, model: Model, machine: Machine) -> None:
        try:
            if machine.life == "dead":
                await self._release(model, machine)
            elif machine.life == "alive" and machine.instance.status != "provisioning error":
                await self._acquire(model, machine)
        except MaasError as exc:
            self._try_again(model, machine, str(exc))
        finally:
            self._busy.discard((model.uuid, machine.id))
            self._parts.changed()
        if machine.life == "dead" and machine.id in model.machines:
            self.wake(model, machine, timing.PROVISION_RETRY)

    async def _acquire(self, model: Model, machine: Machine) -> None:
        if not machine.instance_id:
            await self._allocate(model, machine)
        if machine.life == "alive" and machine.instance_id and not machine.deployed:
            await self._deploy(model, machine)

    async def _allocate(self, model: Model, machine: Machine) -> None:
        if self._parts.faults.take("provisioning-error", machine.id, machine.placement):
            self.fail(machine, f"failed to start machine {machine.id} (cannot run instance: injected fault provisioning-error)")
            return
        machine.instance = self._parts.store.renewed(machine.instance, "allocating")
        maas = self.maas(model)
        answer = await self._lost(maas, model) or await maas.post(
            "machines/", "allocate", await maasfacts.allocation(maas, model, machine)
        )
        self._learn(machine, answer)
        if self._parts.faults.take("provisioning-error", machine.hostname):
            await self._give_back(model, machine)
            self.fail(machine, f"failed to start machine {machine.id} (cannot run instance: injected fault provisioning-error)")

    async def _deploy(self, model: Model, machine: Machine) -> None:
        fields: Fields = [
            ("distro_series", maasfacts.series(machine.base)),
            ("user_data", base64.b64encode(_user_data(machine).encode()).decode()),
        ]
        try:
            answer = await self.maas(model).post(f"machines/{machine.instance_id}/", "deploy", fields)
        except MaasError as exc:
            answer = await self._deploys_already(model, machine) if exc.status == 409 else None
            if answer is None:
                await self._give_back(model, machine)
                raise
        machine.deployed = True
        self._learn(machine, answer)
        self._poll_soon()

    async def _deploys_already(self, model: Model, machine: Machine) -> Any:
        """The machine, where MAAS took our wish to deploy it before we were stopped."""
        ours = await self.maas(model).get("machines/", [("agent_name", model.uuid)])
        found = [m for m in ours if m["system_id"] == machine.instance_id and m["status_name"] in ("Deploying", "Deployed")]
        return found[0] if found else None

    async def _lost(self, maas: Maas, model: Model) -> Any:
        """A machine that MAAS gave us and that we have no record of, since we were stopped in between."""
        mine = await maas.get("machines/", [("agent_name", model.uuid)])
        known = {m.instance_id for other in self._parts.store.models() for m in other.machines.values()}
        allocated = [m for m in mine if m["status_name"] == "Allocated"]
        return next((m for m in allocated if m["system_id"] not in known), None)

    def _learn(self, machine: Machine, answer: dict[str, Any]) -> None:
        maasfacts.learn(machine, answer)
        status, text = maasfacts.instance_status(answer)
        machine.instance = self._parts.store.renewed(machine.instance, status, text)

    async def _release(self, model: Model, machine: Machine) -> None:
        if machine.parent:
            await self.containers.release(model, machine)
        elif machine.instance_id and not machine.keep and not manual.is_manual(machine):
            await self._give_back(model, machine)
        model.machines.pop(machine.id, None)
        model.annotations.pop(f"machine-{machine.id.replace('/', '-')}", None)
        host = model.machines.get(machine.parent)
        if host and host.life == "dying":
            self._parts.machines.end_when_empty(model, host.id)
        self._parts.lifecycle.check_model(model)
        self._parts.controllers.machine_gone(model)

    async def _begin_again(self, model: Model, machine: Machine) -> None:
        """Gives a machine back whose deployment failed, so that it, or another, can be taken."""
        try:
            await self._give_back(model, machine)
        except MaasError as exc:
            self.fail(machine, str(exc))
            return
        machine.deployed, machine.hostname, machine.addresses, machine.interfaces = False, "", [], {}
        self.wake(model, machine)
        self._parts.changed()

    async def _give_back(self, model: Model, machine: Machine) -> None:
        system_id, machine.instance_id = machine.instance_id, ""
        fields: Fields = [("machines", system_id), ("comment", "Released by Juju MAAS provider")]
        try:
            await self.maas(model).post("machines/", "release", fields)
        except MaasError as exc:
            if exc.status not in (400, 404, 409):
                machine.instance_id = system_id
                raise
            _log.warning("machine %s (%s) was not released: %s", machine.id, system_id, exc)

    def _try_again(self, model: Model, machine: Machine, text: str) -> None:
        if machine.life == "dead":
            return
        machine.attempts += 1
        left = timing.PROVISION_ATTEMPTS - machine.attempts + 1
        reason = f"failed to start machine {machine.id} (failed to acquire node: {text})"
        if left <= 0:
            self.fail(machine, reason)
            return
        text = f"{reason}, retrying in {timing.PROVISION_RETRY:.0f}s ({left} more attempts)"
        machine.instance = self._parts.store.status("allocating", text)
        self.wake(model, machine, timing.PROVISION_RETRY)

    def _poll_soon(self) -> None:
        if not self._polling:
            self._polling = True
            clock = self._parts.clock
            clock.after(max(timing.POLL, timing.POLL_REAL * clock.factor), "juju.poll")

    def _poll(self) -> None:
        self._polling = False
        for model in self._parts.store.models():
            waiting = [m for m in model.machines.values() if m.deployed and not m.parent and m.instance.status == "allocating"]
            if waiting:
                self.spawn(self._look(model, waiting))
                self._poll_soon()

    async def _look(self, model: Model, waiting: list[Machine]) -> None:
        """Reads all machines that are being deployed with one request."""
        try:
            answers = await self.maas(model).get("machines/", [("id", machine.instance_id) for machine in waiting])
        except MaasError as exc:
            _log.warning("MAAS does not say how machines do: %s", exc)
            return
        found = {answer["system_id"]: answer for answer in answers}
        for machine in waiting:
            if machine.instance_id in found:
                self._learn(machine, found[machine.instance_id])
        self._parts.changed()

    def _booted(self, hardware: Hardware, *, again: bool = True) -> None:
        """A disk boots; where its user data has a machine's nonce, that machine's agent starts."""
        nonce = manual.nonce_of(hardware)
        for model in self._parts.store.models():
            for machine in model.machines.values():
                if nonce and machine.nonce == nonce and machine.life != "dead" and (again or not machine.started):
                    self._agent_starts(model, machine)

    def _agent_starts(self, model: Model, machine: Machine) -> None:
        if not machine.started:
            self._parts.clock.after(timing.MACHINE_AGENT, "juju.machine-agent", model=model.uuid, machine=machine.id)
            return
        machine.present = True
        self._parts.controllers.machine_on(model)
        self._parts.settle.rebooted(model, machine)
        for found in [machine, *containers_of(model, machine.id)]:
            self._parts.hooks.kick(model, found.id)
            if found.life == "dying":
                self._parts.machines.end(model, found)
        self._parts.store.changed()

    def _agent(self, model: str, machine: str) -> None:
        where = self._parts.store.find_model(model)
        found = where.machines.get(machine) if where else None
        if where and found and not found.started:
            self.spawn(self._first_start(where, found))

    async def _first_start(self, model: Model, machine: Machine) -> None:
        try:
            if not manual.is_manual(machine):
                self._learn(machine, await self.maas(model).get(f"machines/{machine.instance_id}/"))
        except MaasError as exc:
            _log.warning("machine %s: %s", machine.id, exc)
            self._parts.clock.after(timing.POLL, "juju.machine-agent", model=model.uuid, machine=machine.id)
            return
        if machine.life != "dead" and not machine.started:
            self.up(model, machine)

    def _powered(self, hardware: Hardware) -> None:
        if hardware.power == "on" and hardware.key in self._parts.world.machines:
            return
        nonce = manual.nonce_of(hardware)
        for model in self._parts.store.models():
            for machine in model.machines.values():
                if nonce and machine.nonce == nonce and machine.present:
                    machine.present = False
                    self._parts.controllers.machine_off(model)
                    self._parts.store.changed()


def _user_data(machine: Machine) -> str:
    return "\n".join(
        [
            "#cloud-config",
            "write_files:",
            "- path: /var/lib/juju/nonce.txt",
            f"  content: {maasfacts.NONCE}{machine.nonce}",
            "",
        ]
    )
