"""Virtual machines that MAAS composes on its hosts.

MAAS changes nothing of a composed machine's hardware: other cores, memory, disks or NICs are another machine, and planned so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import pulumi
import pydantic

from clients import maas
from clients.maas import Machine, errors

from .. import _base
from .._intents import Intent
from . import _lifecycle
from ._progress import Progress
from ._region import RegionProvider
from ._vocabulary import Hostname, Name
from .vm_host import supported

FIELDS: Final = ("hostname", "domain", "zone", "pool")


class StorageInputs(_base.Inputs):
    """A disk; in the host's default storage pool when none is named."""

    size_gigabytes: Annotated[int, pydantic.Field(gt=0)]
    pool: Name | None = None


class NicInputs(_base.Inputs):
    """A NIC, by what it must be connected to; an address only together with its subnet."""

    name: Name
    subnet_cidr: str | None = None
    space: str | None = None
    fabric: str | None = None
    vlan: str | None = None
    ip_address: str | None = None


class VmHostMachineInputs(_base.Inputs):
    """A virtual machine on the host with this database id; memory in MiB, the first disk is the root disk."""

    vm_host: int
    hostname: Hostname
    cores: Annotated[int, pydantic.Field(gt=0)] | None = None
    pinned_cores: list[int] | None = None
    memory: Annotated[int, pydantic.Field(gt=0)] | None = None
    storage: list[StorageInputs] | None = None
    interfaces: list[NicInputs] | None = None
    domain: Name | None = None
    zone: Name | None = None
    pool: Name | None = None
    timeout_seconds: Annotated[float, pydantic.Field(gt=0)] | None = None


class VmHostMachineProvider(RegionProvider[VmHostMachineInputs]):
    """Composed machines by hostname."""

    inputs = VmHostMachineInputs
    computed = ("system_id", "fqdn", "status", "addresses", "macs")
    replace_on = frozenset({"vm_host", "cores", "pinned_cores", "memory", "storage", "interfaces"})

    def make(self, inputs: VmHostMachineInputs) -> _base.Made:
        region = self.region()
        supported(region)
        intent = Intent(region.session.url, "composed machine", inputs.hostname)
        machine = region.machines.by_hostname(inputs.hostname)
        if machine is not None and intent.recall() is None:
            raise _base.ExpectedError(
                f"MAAS already has a machine {inputs.hostname} ({machine.system_id}): the composed one would get another name"
            )
        if machine is None:
            intent.note()
            machine = self._composed(region, inputs)
        terms = _lifecycle.Terms(options={}, retries=0, deadline=inputs.timeout_seconds or self.patience())
        machine = _lifecycle.commission(region, machine, terms, Progress(inputs.hostname))
        return _base.Made(id=machine.system_id, outputs=_outputs(machine))

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        machine = self.region().machines.read(id_)
        if machine is None:
            return None
        found = {"cores": machine.cpu_count, "memory": machine.memory, **{name: getattr(machine, name) for name in FIELDS}}
        if old.get("pinned_cores"):
            del found["cores"]
        return _base.Found(inputs=found, outputs=_outputs(machine))

    def change(self, id_: str, old: _base.Props, inputs: VmHostMachineInputs) -> Mapping[str, Any]:
        region = self.region()
        machine = region.machines.read(id_)
        if machine is None:
            raise self.gone(f"machine {inputs.hostname}")
        asked = {name: getattr(inputs, name) for name in FIELDS if getattr(inputs, name) is not None}
        news = {k: v for k, v in asked.items() if getattr(machine, k) != v}
        return _outputs(region.machines.update(id_, **news) if news else machine)

    def remove(self, id_: str, old: _base.Props) -> None:
        region, inputs = self.region(), self.parse(old)
        machine = region.machines.read(id_)
        if machine is not None:
            left = _lifecycle.release(region, machine, self.patience(), Progress(machine.hostname))
            if left is not None:
                region.machines.delete(id_)
        Intent(region.session.url, "composed machine", inputs.hostname).forget()

    def _composed(self, region: maas.Maas, inputs: VmHostMachineInputs) -> Machine:
        """Composes; an answer that gets lost is looked for by the name, since a second call would be a second machine."""
        try:
            made = region.vm_hosts.act(inputs.vm_host, "compose", **constraints(inputs))
            machine = region.machines.read(str(made["system_id"]))
        except errors.Unknown:
            machine = region.machines.by_hostname(inputs.hostname)
        if machine is None:
            raise _base.ExpectedError(f"MAAS did not say whether it composed {inputs.hostname}, and doesn't have it: run again")
        return machine


class VmHostMachine(_base.Resource, module="maas", name="VmHostMachine"):
    """A virtual machine that MAAS composed, up to 3.7."""

    provider_class = VmHostMachineProvider
    hostname: pulumi.Output[str]
    system_id: pulumi.Output[str]
    fqdn: pulumi.Output[str]
    status: pulumi.Output[str]
    addresses: pulumi.Output[list[str]]
    macs: pulumi.Output[list[str]]

    def __init__(
        self,
        resource_name: str,
        *,
        vm_host: pulumi.Input[int],
        hostname: pulumi.Input[str],
        cores: pulumi.Input[int] | None = None,
        pinned_cores: pulumi.Input[list[int]] | None = None,
        memory: pulumi.Input[int] | None = None,
        storage: pulumi.Input[list[Mapping[str, Any]]] | None = None,
        interfaces: pulumi.Input[list[Mapping[str, Any]]] | None = None,
        domain: pulumi.Input[str] | None = None,
        zone: pulumi.Input[str] | None = None,
        pool: pulumi.Input[str] | None = None,
        timeout_seconds: pulumi.Input[float] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in VmHostMachineInputs.model_fields}
        super().__init__(resource_name, given, opts)


def constraints(inputs: VmHostMachineInputs) -> dict[str, Any]:
    """The fields of MAAS's compose call."""
    kept = {"hostname", "cores", "memory", *FIELDS}
    asked: dict[str, Any] = inputs.model_dump(mode="json", exclude_none=True, include=kept)
    if inputs.pinned_cores:
        asked["pinned_cores"] = ",".join(map(str, inputs.pinned_cores))
    if inputs.storage:
        asked["storage"] = ",".join(_disk(number, disk) for number, disk in enumerate(inputs.storage))
    if inputs.interfaces:
        asked["interfaces"] = ";".join(map(_nic, inputs.interfaces))
    return asked


def _disk(number: int, disk: StorageInputs) -> str:
    label = "root" if number == 0 else f"disk{number}"
    return f"{label}:{disk.size_gigabytes}" + (f"({disk.pool})" if disk.pool else "")


def _nic(nic: NicInputs) -> str:
    asked = nic.model_dump(exclude_none=True, exclude={"name"})
    names = {"ip_address": "ip"}
    return f"{nic.name}:" + ",".join(f"{names.get(k, k)}={v}" for k, v in asked.items())


def _outputs(machine: Machine) -> dict[str, Any]:
    return {
        "system_id": machine.system_id,
        "fqdn": machine.fqdn,
        "status": machine.status_name,
        "addresses": list(machine.addresses),
        "macs": sorted(machine.macs),
    }
