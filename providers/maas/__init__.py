"""MAAS: networks, machines and settings of the region that `maas:apiUrl` names."""

from __future__ import annotations

from .block_device import BlockDevice
from .deployment import Deployment
from .fabric import Fabric
from .ip_range import IpRange
from .logical_volume import LogicalVolume
from .machine import Machine
from .network_interface import NetworkInterface
from .partition import Partition
from .raid import Raid
from .space import Space
from .storage_layout import StorageLayout
from .subnet import Subnet
from .tag import Tag
from .vlan import Vlan
from .vlan_dhcp import VlanDhcp
from .volume_group import VolumeGroup

__all__ = [
    "BlockDevice",
    "Deployment",
    "Fabric",
    "IpRange",
    "LogicalVolume",
    "Machine",
    "NetworkInterface",
    "Partition",
    "Raid",
    "Space",
    "StorageLayout",
    "Subnet",
    "Tag",
    "Vlan",
    "VlanDhcp",
    "VolumeGroup",
]
