"""MAAS: networks, machines and settings of the region that `maas:apiUrl` names."""

from __future__ import annotations

from .block_device import BlockDevice
from .boot_selection import BootSelection
from .boot_source import BootSource
from .deployment import Deployment
from .device import Device
from .dns_domain import DnsDomain
from .dns_record import DnsRecord
from .fabric import Fabric
from .ip_range import IpRange
from .logical_volume import LogicalVolume
from .maas_setting import MaasSetting
from .machine import Machine
from .network_interface import NetworkInterface
from .node_script import NodeScript
from .package_repository import PackageRepository
from .partition import Partition
from .raid import Raid
from .resource_pool import ResourcePool
from .space import Space
from .ssh_key import SshKey
from .static_route import StaticRoute
from .storage_layout import StorageLayout
from .subnet import Subnet
from .tag import Tag
from .user import User
from .vlan import Vlan
from .vlan_dhcp import VlanDhcp
from .vm_host import VmHost
from .vm_host_machine import VmHostMachine
from .volume_group import VolumeGroup
from .zone import Zone

__all__ = [
    "BlockDevice",
    "BootSelection",
    "BootSource",
    "Deployment",
    "Device",
    "DnsDomain",
    "DnsRecord",
    "Fabric",
    "IpRange",
    "LogicalVolume",
    "MaasSetting",
    "Machine",
    "NetworkInterface",
    "NodeScript",
    "PackageRepository",
    "Partition",
    "Raid",
    "ResourcePool",
    "Space",
    "SshKey",
    "StaticRoute",
    "StorageLayout",
    "Subnet",
    "Tag",
    "User",
    "Vlan",
    "VlanDhcp",
    "VmHost",
    "VmHostMachine",
    "VolumeGroup",
    "Zone",
]
