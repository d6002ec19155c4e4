"""The rack itself: machines, NICs on layer-2 networks, disks, BMCs, LXD hosts.

Owns: what exists and what hardware does (power, the boot order, who hears a netboot request). Does not own: what MAAS, LXD or
Juju believe about it; they keep their own records and act on the world through these calls, as real ones act on real machines.
"""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .clock import Clock

Boot = Literal["off", "starting", "netboot", "disk", "idle"]


class WorldError(Exception):
    """The hardware refuses: unknown machine, unreachable or unwilling BMC."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Nic(_Part):
    """A network port; `network` is the layer-2 network its cable or bridge is on, None when unplugged."""

    name: str
    mac: str
    network: str | None = None
    vendor: str | None = None
    product: str | None = None
    firmware: str | None = None
    speed: int = 1000  # Mbit/s


class Disk(_Part):
    """A block device; `size` in bytes."""

    name: str
    size: int
    model: str = "SIM"
    serial: str = ""
    rotary: bool = False


class Bmc(_Part):
    """The controller that powers a machine; `parameters` are what a caller must present (user, password, …)."""

    power_type: str
    address: str
    network: str
    parameters: dict[str, str] = Field(default_factory=dict)
    reachable: bool = True


class Machine(_Part):
    """A physical or virtual machine. `memory` in MiB; `boot_seconds` is power-on to netboot request.

    `os` is what its disk holds: {"release", "hostname", "user_data", "system_id", …} once something is installed.
    """

    key: str
    kind: Literal["physical", "vm"] = "physical"
    architecture: str = "amd64"
    cpus: int = 4
    memory: int = 16384
    nics: list[Nic] = Field(default_factory=list)
    disks: list[Disk] = Field(default_factory=list)
    bmc: Bmc | None = None
    power: Literal["on", "off"] = "off"
    boot: Boot = "off"
    boot_seconds: float = 60.0
    boots: int = 0  # how often it was started: a timer of an earlier start has nothing to say
    os: dict[str, Any] | None = None
    lxd: dict[str, str] | None = None  # {"host", "project", "instance"} of a VM


class HostInterface(_Part):
    """A port of a host that runs a service here; `address` in CIDR form, None when it carries none."""

    name: str
    network: str
    mac: str
    address: str | None = None


class LxdHost(_Part):
    """A machine that runs LXD: its capacity and ports. `memory` in MiB, `pool_size` in bytes for each new pool."""

    key: str
    cpus: int
    memory: int
    pool_size: int
    addresses: list[str] = Field(default_factory=list)
    interfaces: list[HostInterface] = Field(default_factory=list)


class Rack(_Part):
    """The host of MAAS's region and rack controller, with the ports it hears netboot requests on, and MAAS's version."""

    hostname: str
    maas_version: str = "3.4.10"
    interfaces: list[HostInterface] = Field(default_factory=list)
    images: list[str] = Field(default_factory=list)  # "ubuntu/noble" …


class Fault(_Part):
    """Something that goes wrong on purpose.

    `name` says what, `target` where (a glob: "*" is anywhere), `times` how often (None: always), `until` for how long (real
    POSIX seconds, None: for ever).
    """

    name: str
    target: str = "*"
    times: int | None = None
    until: float | None = None
    options: dict[str, Any] = Field(default_factory=dict)

    def strikes(self, name: str, targets: tuple[str, ...]) -> bool:
        """Whether this is the fault of this name, for one of `targets`, and still in force."""
        here = any(fnmatch.fnmatchcase(target, self.target) for target in targets)
        return self.name == name and here and (self.until is None or time.time() < self.until)


class WorldData(_Part):
    """Everything that is saved."""

    networks: list[str] = Field(default_factory=list)
    machines: dict[str, Machine] = Field(default_factory=dict)
    lxd_hosts: dict[str, LxdHost] = Field(default_factory=dict)
    rack: Rack = Field(default_factory=lambda: Rack(hostname="maas"))
    faults: list[Fault] = Field(default_factory=list)


NetbootHandler = Callable[[Machine, Nic], bool]
MachineHandler = Callable[[Machine], None]


class World:
    """The rack under one clock. Handlers run synchronously, in the order they registered.

    Events: `on_netboot` (a NIC asks its network for a boot server; the first handler that returns True has it),
    `on_power` (after power changed), `on_disk_boot` (the installed OS comes up), `on_gone` (a machine was removed).
    """

    def __init__(self, clock: Clock, data: WorldData | None = None) -> None:
        self.clock = clock
        self.data = data or WorldData()
        self._netboot: list[NetbootHandler] = []
        self._power: list[MachineHandler] = []
        self._disk_boot: list[MachineHandler] = []
        self._gone: list[MachineHandler] = []
        self._changed: list[Callable[[], None]] = []
        clock.on("world.boot", self._boot)

    @property
    def machines(self) -> dict[str, Machine]:
        """Machines by key; a VM's key is "HOST/PROJECT/INSTANCE"."""
        return self.data.machines

    def on_netboot(self, handler: NetbootHandler) -> None:
        """Registers a boot server."""
        self._netboot.append(handler)

    def on_power(self, handler: MachineHandler) -> None:
        """Registers somebody who watches power."""
        self._power.append(handler)

    def on_disk_boot(self, handler: MachineHandler) -> None:
        """Registers somebody who hears when an installed OS comes up."""
        self._disk_boot.append(handler)

    def on_gone(self, handler: MachineHandler) -> None:
        """Registers somebody who hears when a machine is taken away."""
        self._gone.append(handler)

    def on_change(self, handler: Callable[[], None]) -> None:
        """Registers somebody who saves the state after it changed."""
        self._changed.append(handler)

    def changed(self) -> None:
        """Tells that something worth saving changed; each service calls it after a request that changes its state."""
        for handler in self._changed:
            handler()

    def machine(self, key: str) -> Machine:
        """The machine of this key; WorldError when there is none."""
        try:
            return self.machines[key]
        except KeyError:
            raise WorldError(f"there is no machine {key}") from None

    def by_mac(self, mac: str) -> Machine | None:
        """The machine that has this MAC address."""
        wanted = mac.lower()
        return next((m for m in self.machines.values() if any(n.mac.lower() == wanted for n in m.nics)), None)

    def by_bmc(self, power_type: str, address: str, networks: set[str], identity: str | None = None) -> Machine:
        """The machine behind a BMC address, if it answers on one of `networks`; WorldError says why not.

        `identity` picks one of several machines behind one address (a virsh host's domains): it is their `power_id`.
        """
        for found in self.machines.values():
            bmc = found.bmc
            if not bmc or (bmc.address, bmc.power_type) != (address, power_type):
                continue
            if identity is not None and bmc.parameters.get("power_id", identity) != identity:
                continue
            if bmc.network in networks and bmc.reachable:
                return found
        raise WorldError(f"no BMC answers at {address} ({power_type})")

    def add(self, machine: Machine) -> Machine:
        """Puts a machine in the rack (LXD does so with a VM)."""
        taken = {n.mac.lower() for m in self.machines.values() for n in m.nics}
        for nic in machine.nics:
            if nic.mac.lower() in taken:
                raise WorldError(f"MAC address {nic.mac} is in use")
        self.machines[machine.key] = machine
        return machine

    def remove(self, key: str) -> None:
        """Takes a machine away; absence is no error."""
        machine = self.machines.pop(key, None)
        if machine:
            for handler in self._gone:
                handler(machine)

    def fault(self, name: str, *targets: str) -> Fault | None:
        """The injected fault that strikes one of `targets` now, used up by one; None when all is well."""
        found = next((fault for fault in self.data.faults if fault.strikes(name, targets)), None)
        if found and found.times is not None:
            found.times -= 1
            if found.times <= 0:
                self.data.faults.remove(found)
        return found

    def power_on(self, key: str) -> None:
        """Presses the button; the boot order runs after `boot_seconds`."""
        machine = self.machine(key)
        if machine.power == "on":
            return
        machine.power = "on"
        self._start(machine)
        self._tell_power(machine)

    def power_off(self, key: str) -> None:
        """Cuts the power at once."""
        machine = self.machine(key)
        if machine.power == "off":
            return
        machine.power, machine.boot = "off", "off"
        self._tell_power(machine)

    def power_cycle(self, key: str) -> None:
        """Off and on again."""
        self.power_off(key)
        self.power_on(key)

    def reboot(self, key: str) -> None:
        """Starts again without cutting the power."""
        machine = self.machine(key)
        if machine.power == "on":
            self._start(machine)

    def boot_disk(self, key: str) -> None:
        """Starts what the disk holds; a boot server says "go on locally" with this."""
        machine = self.machine(key)
        machine.boot = "disk" if machine.os else "idle"
        if machine.os:
            for handler in self._disk_boot:
                handler(machine)

    def _start(self, machine: Machine) -> None:
        machine.boot, machine.boots = "starting", machine.boots + 1
        self.clock.after(machine.boot_seconds, "world.boot", key=machine.key, boots=machine.boots)

    def _boot(self, key: str, boots: int) -> None:
        machine = self.machines.get(key)
        if not machine or machine.boots != boots or machine.boot != "starting":
            return
        machine.boot = "netboot"
        for nic in machine.nics:
            if nic.network and any(handler(machine, nic) for handler in self._netboot):
                return
        self.boot_disk(key)

    def _tell_power(self, machine: Machine) -> None:
        for handler in self._power:
            handler(machine)
