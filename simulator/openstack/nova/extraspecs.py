"""Extra specs of flavors: which values the validated namespaces take (from 2.86 on); others are taken as they come."""

from __future__ import annotations

import re

from ..faults import bad_request

_CHOICES = {
    "hw:cpu_policy": ("dedicated", "shared", "mixed"),
    "hw:cpu_thread_policy": ("prefer", "isolate", "require"),
    "hw:emulator_threads_policy": ("isolate", "share"),
    "hw:watchdog_action": ("none", "pause", "poweroff", "reset", "disabled"),
    "hw:viommu_model": ("intel", "smmuv3", "virtio", "auto"),
    "hw:pci_numa_affinity_policy": ("required", "preferred", "legacy", "socket"),
    "hw:mem_encryption_model": ("amd-sev", "amd-sev-es"),
}
# fmt: off
_FREE = frozenset((
    "boot_menu", "cpu_cores", "cpu_dedicated_mask", "cpu_max_cores", "cpu_max_sockets", "cpu_max_threads", "cpu_realtime",
    "cpu_realtime_mask", "cpu_sockets", "cpu_threads", "hide_hypervisor_id", "locked_memory", "maxphysaddr_bits",
    "maxphysaddr_mode", "mem_encryption", "mem_page_size", "numa_nodes", "pmem", "serial_port_count", "tpm_model",
    "tpm_version", "vif_multiqueue_enabled",
))
# fmt: on
_NUMBERED = re.compile(r"hw:(numa_(cpus|mem)|cpu_quota)\.\d+")


def check(specs: dict[str, str]) -> None:
    """Refuses what the validated namespaces don't know.

    Raises:
        Fault: 400.
    """
    for name, value in specs.items():
        if name in _CHOICES and value not in _CHOICES[name]:
            raise bad_request(f"Validation failed; '{value}' is not one of: {', '.join(_CHOICES[name])}.")
        known = name in _CHOICES or name.removeprefix("hw:") in _FREE or _NUMBERED.fullmatch(name)
        if name.startswith("hw:") and not known:
            raise bad_request(f"Validation failed; extra spec '{name}' does not appear to be a valid extra spec.")
