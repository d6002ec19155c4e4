"""What hosts have and what of it is taken, in Placement's resource classes."""

from __future__ import annotations

from typing import Any

from ..nova.daemons import CPU_RATIO, DISK_RATIO, RAM_RATIO, RESERVED_MIB, Allocation, Hypervisor

CLASSES = (
    "VCPU",
    "MEMORY_MB",
    "DISK_GB",
    "PCI_DEVICE",
    "SRIOV_NET_VF",
    "NUMA_SOCKET",
    "NUMA_CORE",
    "NUMA_THREAD",
    "NUMA_MEMORY_MB",
    "IPV4_ADDRESS",
    "VGPU",
    "VGPU_DISPLAY_HEAD",
    "NET_BW_EGR_KILOBIT_PER_SEC",
    "NET_BW_IGR_KILOBIT_PER_SEC",
    "PCPU",
    "MEM_ENCRYPTION_CONTEXT",
    "FPGA",
    "PGPU",
    "NET_PACKET_RATE_KILOPACKET_PER_SEC",
    "NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC",
    "NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC",
)
"""The standard resource classes."""

TRAITS = ("COMPUTE_NODE", "COMPUTE_VOLUME_ATTACH_WITH_TAG", "COMPUTE_NET_ATTACH_INTERFACE", "HW_CPU_X86_SSE2", "HW_CPU_X86_VMX")
"""What every host can."""
DISABLED = "COMPUTE_STATUS_DISABLED"


def inventories(host: Hypervisor) -> dict[str, dict[str, Any]]:
    """What a host has, by resource class."""
    return {
        "VCPU": _inventory(host.vcpus, CPU_RATIO),
        "MEMORY_MB": _inventory(host.memory_mib, RAM_RATIO, RESERVED_MIB),
        "DISK_GB": _inventory(host.disk_gib, DISK_RATIO),
    }


def _inventory(total: int, ratio: float, reserved: int = 0) -> dict[str, Any]:
    return {"total": total, "reserved": reserved, "min_unit": 1, "max_unit": total, "step_size": 1, "allocation_ratio": ratio}


def usages(host: Hypervisor) -> dict[str, int]:
    """What of a host is taken, by resource class."""
    return {"VCPU": host.used.vcpus, "MEMORY_MB": host.used.memory_mib, "DISK_GB": host.used.disk_gib}


def resources(allocation: Allocation) -> dict[str, int]:
    """What a server takes, by resource class; what is none is left out."""
    every = {"VCPU": allocation.vcpus, "MEMORY_MB": allocation.memory_mib, "DISK_GB": allocation.disk_gib}
    return {name: amount for name, amount in every.items() if amount}


def has_room(host: Hypervisor, asked: dict[str, int]) -> bool:
    """Whether a host has as much left as is asked for."""
    have, taken = inventories(host), usages(host)
    for name, amount in asked.items():
        if name not in have:
            return False
        each = have[name]
        if taken[name] + amount > (each["total"] - each["reserved"]) * each["allocation_ratio"] or amount > each["max_unit"]:
            return False
    return True


def traits(host: Hypervisor) -> list[str]:
    """What a host can, and whether it is out of service."""
    return sorted([*TRAITS, *([DISABLED] if host.disabled else [])])
