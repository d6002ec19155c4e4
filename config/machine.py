"""The workers: physical machines that MAAS powers over their BMC."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .vocabulary import Address, Disk, Hostname, Interface, MacAddress, Name, Secret, Spec, Tag

PowerType = Literal["ipmi", "redfish", "manual", "webhook", "virsh"]


class BmcSpec(Spec):
    """How a machine is powered. `parameters` are MAAS's own for the power type, beyond address, user and password."""

    power_type: PowerType = "ipmi"
    address: Address
    user: Name = "maas"
    password: Secret
    parameters: dict[str, str] = Field(default_factory=dict)


class WorkerSpec(Spec):
    """One worker.

    `mac` is the port that boots from the management network; `external_nic` the name of the port left to clients' traffic,
    which carries no address; `root_disk` and `osd_disks` are device paths.
    """

    hostname: Hostname
    mac: MacAddress
    architecture: Literal["amd64/generic", "arm64/generic"] = "amd64/generic"
    bmc: BmcSpec
    external_nic: Interface
    root_disk: Disk = "/dev/sda"
    osd_disks: tuple[Disk, ...]
    tags: tuple[Tag, ...] = ("openstack-worker",)
    zone: Name | None = None
