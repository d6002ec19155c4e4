"""Machines, devices, controllers, and what belongs to each."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from .base import Row

Power = Literal["on", "off", "unknown", "error"]
MACHINE, DEVICE, RACK, REGION, REGION_AND_RACK = 0, 1, 2, 3, 4


class Node(Row):
    """A machine, a device or a controller.

    `step` counts status changes and `power_step` requests to the BMC: a timer that was set in an earlier step has nothing to
    say any more.
    """

    system_id: str
    hostname: str
    domain: int = 0
    node_type: int = MACHINE
    description: str = ""
    status: int = 0
    previous_status: int = 0
    step: int = 0
    power_step: int = 0
    owner: str | None = None
    owner_data: dict[str, str] = Field(default_factory=dict)
    agent_name: str = ""
    parent: str | None = None
    architecture: str = "amd64/generic"
    zone: int = 1
    pool: int | None = 0
    power_type: str = ""
    power_parameters: dict[str, Any] = Field(default_factory=dict, repr=False)
    power_state: Power = "unknown"
    netboot: bool = True
    locked: bool = False
    commissioned: bool = False
    was_deployed: bool = False
    osystem: str = ""
    distro_series: str = ""
    hwe_kernel: str | None = None
    min_hwe_kernel: str = ""
    ephemeral_deploy: bool = False
    enable_hw_sync: bool = False
    enable_kernel_crash_dump: bool = False
    is_dpu: bool = False
    pod: int | None = None
    install_kvm: bool = False
    user_data: str | None = Field(default=None, repr=False)
    cpu_count: int = 0
    cpu_speed: int = 0
    memory: int = 0
    swap_size: int | None = None
    boot_interface: int | None = None
    boot_disk: int | None = None
    gateway_link_ipv4: int | None = None
    gateway_link_ipv6: int | None = None
    tags: list[int] = Field(default_factory=list)
    hardware: dict[str, str] = Field(default_factory=dict)
    hardware_uuid: str | None = None
    cores: int = 0
    special_filesystems: list[dict[str, Any]] = Field(default_factory=list)
    commissioning_set: int | None = None
    testing_set: int | None = None
    installation_set: int | None = None
    skip_networking: bool = False
    skip_storage: bool = False
    enable_ssh: bool = False
    quick_erase: bool = False
    bios_boot_method: str | None = None
    status_message: str | None = None
    status_action: str | None = None


class Interface(Row):
    """A network interface; `parents` are ids of interfaces."""

    node: str
    name: str
    type: Literal["physical", "bond", "vlan", "bridge"] = "physical"
    mac: str
    vlan: int | None = None
    parents: list[int] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    params: dict[str, Any] = Field(default_factory=dict)
    enabled: bool = True
    link_connected: bool = True
    link_speed: int = 0
    interface_speed: int = 0
    vendor: str | None = None
    product: str | None = None
    firmware_version: str | None = None


class Tag(Row):
    """A label of nodes; with a `definition`, MAAS puts it on by itself."""

    name: str
    comment: str = ""
    definition: str = ""
    kernel_opts: str = ""


class Zone(Row):
    """A physical zone."""

    name: str
    description: str = ""


class Pool(Row):
    """A resource pool."""

    name: str
    description: str = ""


class Event(Row):
    """Something that happened to a node."""

    node: str
    user: str | None
    type: str
    level: str
    created: float
    description: str = ""
    action: str = ""


class VmHost(Row):
    """A host of virtual machines that MAAS may compose on."""

    name: str
    type: str
    power_parameters: dict[str, Any] = Field(default_factory=dict, repr=False)
    zone: int = 1
    pool: int = 0
    tags: list[str] = Field(default_factory=list)
    cpu_over_commit_ratio: float = 1.0
    memory_over_commit_ratio: float = 1.0
    default_macvlan_mode: str | None = None
    total: dict[str, int] = Field(default_factory=lambda: {"cores": 0, "memory": 0, "local_storage": 0})
    used: dict[str, int] = Field(default_factory=lambda: {"cores": 0, "memory": 0, "local_storage": 0})
    storage_pools: list[dict[str, Any]] = Field(default_factory=list)
    architectures: list[str] = Field(default_factory=list)
    capabilities: list[str] = Field(default_factory=list)
    version: str = ""
