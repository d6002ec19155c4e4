"""Containers: made one after another on each host, with an address that MAAS gives them as devices."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from . import maasfacts, timing
from .errors import ApiError
from .maasclient import MaasError
from .parts import Parts
from .records import Machine, Model
from .store import containers_of

if TYPE_CHECKING:
    from .provisioner import Provisioner


class Containers:
    """Makes and removes the containers of all hosts."""

    def __init__(self, parts: Parts, provisioner: Provisioner) -> None:
        self._parts = parts
        self._provisioner = provisioner
        self._busy: set[str] = set()
        parts.clock.on("juju.container", self._created)
        parts.clock.on("juju.container-agent", self._agent)

    def next(self, model: Model, machine: Machine) -> None:
        """Begins with the next container on a machine's host, if the host is up and makes none now."""
        host = model.machines.get(machine.parent)
        if host is None or not host.started:
            return
        siblings = containers_of(model, host.id)
        if any(c.instance.status == "allocating" for c in siblings):
            return
        waiting = [c for c in siblings if c.instance.status == "pending" and c.life == "alive"]
        if not waiting:
            return
        first = all(not c.instance_id for c in siblings)
        waiting[0].instance = self._parts.store.status("allocating", "Preparing image" if first else "Creating container")
        seconds = timing.CONTAINER_BOOT + (timing.CONTAINER_IMAGE if first else 0.0)
        self._parts.clock.after(seconds, "juju.container", model=model.uuid, machine=waiting[0].id)

    def resume(self, model: Model, machine: Machine) -> None:
        """Goes on with a container after the simulator was stopped while it was being made."""
        if machine.instance.status == "allocating":
            self._parts.clock.after(timing.CONTAINER_BOOT, "juju.container", model=model.uuid, machine=machine.id)
        if machine.instance.status == "running" and not machine.started:
            self._parts.clock.after(timing.CONTAINER_AGENT, "juju.container-agent", model=model.uuid, machine=machine.id)

    async def release(self, model: Model, machine: Machine) -> None:
        """Gives a container's address back to MAAS."""
        if machine.device:
            await self._provisioner.maas(model).delete(f"devices/{machine.device}/")

    def _created(self, model: str, machine: str) -> None:
        where = self._parts.store.find_model(model)
        found = where.machines.get(machine) if where else None
        if where and found and found.life == "alive" and not found.instance_id and found.nonce not in self._busy:
            self._busy.add(found.nonce)
            self._provisioner.spawn(self._create(where, found))

    async def _create(self, model: Model, machine: Machine) -> None:
        host = model.machines[machine.parent]
        try:
            await self._remove_half(model, machine)
            if self._parts.faults.take("container-fails", machine.id):
                raise ApiError("Failed creating instance: injected fault container-fails")
            await self._connect(model, host, machine)
        except (ApiError, MaasError) as exc:
            text = exc.message if isinstance(exc, ApiError) else str(exc)
            self._provisioner.fail(machine, text)
            self.next(model, machine)
            return
        finally:
            self._busy.discard(machine.nonce)
        machine.instance = self._parts.store.status("running", "Running")
        machine.hardware |= {"arch": host.hardware.get("arch", "amd64"), "availability-zone": host.zone}
        machine.zone = host.zone
        self._parts.clock.after(timing.CONTAINER_AGENT, "juju.container-agent", model=model.uuid, machine=machine.id)
        self.next(model, machine)
        self._parts.changed()

    async def _remove_half(self, model: Model, machine: Machine) -> None:
        """Takes away what an attempt before this one left in MAAS, also where it ended before we noted it down."""
        maas = self._provisioner.maas(model)
        for device in await maas.get("devices/", [("hostname", _name(model, machine))]):
            if device["hostname"] == _name(model, machine):
                await maas.delete(f"devices/{device['system_id']}/")
        machine.device = ""

    async def _connect(self, model: Model, host: Machine, machine: Machine) -> None:
        """Makes the container's device in MAAS, on the host's subnet in the wanted space."""
        nic = maasfacts.subnet_for(host, machine.constraints.get("spaces") or [], machine.id)
        maas = self._provisioner.maas(model)
        name = _name(model, machine)
        mac = "00:16:3e:" + ":".join(secrets.token_hex(1) for _ in range(3))
        device = await maas.post("devices/", fields=[("hostname", name), ("mac_addresses", mac), ("parent", host.instance_id)])
        machine.device = device["system_id"]
        interface = device["interface_set"][0]["id"]
        link = [("mode", "static"), ("subnet", str(nic["subnet"]))]
        answer = await maas.post(f"nodes/{device['system_id']}/interfaces/{interface}/", "link_subnet", link)
        machine.instance_id = machine.hostname = name
        machine.interfaces = {"eth0": maasfacts.interface(answer) | {"mac-address": mac}}
        machine.addresses = [
            maasfacts.address(ip, machine.interfaces["eth0"]["cidr"]) for ip in machine.interfaces["eth0"]["ip-addresses"]
        ]

    def _agent(self, model: str, machine: str) -> None:
        where = self._parts.store.find_model(model)
        found = where.machines.get(machine) if where else None
        if where and found and not found.started and found.life != "dead":
            self._provisioner.up(where, found)


def _name(model: Model, machine: Machine) -> str:
    return f"juju-{model.uuid[-6:]}-{machine.id.replace('/', '-')}"
