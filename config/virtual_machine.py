"""The controller: the LXD host and the virtual machines on it."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from .network import BridgeSpec
from .vocabulary import Count, Hostname, MacAddress, Name, Size, Spec, Tag


class PoolSpec(Spec):
    """The storage pool that VMs' disks are cut from."""

    name: Name = "openstack"
    driver: Name = "dir"
    options: dict[str, str] = Field(default_factory=dict)


class LxdSpec(Spec):
    """The LXD server: `remote` as in `lxd:remotes`, `address` as MAAS reaches it to power the VMs."""

    address: Name
    remote: Name | None = None
    project: Name = "openstack"
    pool: PoolSpec = PoolSpec()


class CapacitySpec(Spec):
    """What the controller can give to VMs. Cores may be promised several times over, memory and disk may not."""

    cores: int = Field(gt=0)
    memory: Size
    storage: Size
    core_overcommit: float = Field(default=4.0, ge=1)


class VmSpec(Spec):
    """The size of a VM and the tags by which Juju finds it."""

    cores: int = Field(gt=0)
    memory: Size
    disk: Size
    tags: tuple[Tag, ...]

    @model_validator(mode="after")
    def _large_enough(self) -> Self:
        if self.memory < 2 * 2**30:
            raise ValueError("memory: a machine that MAAS installs has 2G at the least")
        if self.disk < 8 * 2**30:
            raise ValueError("disk: a machine that MAAS installs has 8G at the least")
        return self


class ControlVmsSpec(VmSpec):
    """The VMs that the base services live in: `count` of them, named PREFIX-1, PREFIX-2 and so on."""

    count: Count = 3
    prefix: Hostname = "control"
    cores: int = Field(default=8, gt=0)
    memory: Size = 20 * 2**30
    disk: Size = 100 * 2**30
    tags: tuple[Tag, ...] = ("openstack-control",)


class JujuVmSpec(VmSpec):
    """The VM that the Juju controller is bootstrapped on."""

    hostname: Hostname = "juju-1"
    cores: int = Field(default=2, gt=0)
    memory: Size = 4 * 2**30
    disk: Size = 40 * 2**30
    tags: tuple[Tag, ...] = ("juju-controller",)


class BridgesSpec(Spec):
    """The bridges of the controller, by the network they are on."""

    management: BridgeSpec
    external: BridgeSpec | None = None


class ControllerSpec(Spec):
    """The node that provisions the others. MAAS never deploys it: MAAS and LXD are installed on it beforehand.

    VMs get fixed MAC addresses counted up from `mac_base`, so that MAAS knows them before they first boot. With `allow_restart`
    a change of their size may restart them, one after another; without, it is refused while they run.
    """

    hostname: Hostname = "controller"
    lxd: LxdSpec
    bridges: BridgesSpec
    capacity: CapacitySpec
    mac_base: MacAddress = "52:54:00:0c:00:00"
    control_vms: ControlVmsSpec = ControlVmsSpec()
    juju_vm: JujuVmSpec = JujuVmSpec()
    allow_restart: bool = False

    @model_validator(mode="after")
    def _names_and_addresses_fit(self) -> Self:
        (_, _, first), *_, (name, _, last) = self.vms()
        if len(name) > 63:
            raise ValueError(f"control_vms.prefix: {name} is longer than the 63 characters of a hostname")
        if first[:8] != last[:8]:
            raise ValueError(f"mac_base: the VMs' addresses, counted up from it, end at {last}, in another vendor's block")
        return self

    def control_hostnames(self) -> tuple[str, ...]:
        """The control VMs' names in order."""
        return tuple(f"{self.control_vms.prefix}-{n}" for n in range(1, self.control_vms.count + 1))

    def vms(self) -> tuple[tuple[str, VmSpec, MacAddress], ...]:
        """Every VM as (hostname, size, MAC address); the Juju VM first, so that more control VMs move no address."""
        named = [(self.juju_vm.hostname, self.juju_vm), *((n, self.control_vms) for n in self.control_hostnames())]
        return tuple((name, spec, self._mac(position)) for position, (name, spec) in enumerate(named))

    def _mac(self, position: int) -> MacAddress:
        number = int(self.mac_base.replace(":", ""), 16) + position
        return ":".join(f"{number:012x}"[i : i + 2] for i in range(0, 12, 2))
