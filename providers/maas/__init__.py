"""MAAS: networks, machines and settings of the region that `maas:apiUrl` names."""

from __future__ import annotations

from .fabric import Fabric
from .ip_range import IpRange
from .machine import Machine
from .network_interface import NetworkInterface
from .space import Space
from .subnet import Subnet
from .tag import Tag
from .vlan import Vlan
from .vlan_dhcp import VlanDhcp

__all__ = ["Fabric", "IpRange", "Machine", "NetworkInterface", "Space", "Subnet", "Tag", "Vlan", "VlanDhcp"]
