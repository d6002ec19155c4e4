"""The configuration keys of instances and profiles that LXD 5.0 knows, and their values' syntax."""

from __future__ import annotations

from .errors import bad_request
from .records import Config
from .values import (
    Check,
    any_text,
    check,
    is_allowance,
    is_boolean,
    is_cpu_set,
    is_expiry,
    is_integer,
    is_lxc_lines,
    is_memory,
    is_priority,
    is_schedule,
    is_size,
    one_of,
)

ANY: dict[str, Check] = {
    "boot.autostart": is_boolean,
    "boot.autostart.delay": is_integer,
    "boot.autostart.priority": is_integer,
    "boot.stop.priority": is_integer,
    "boot.host_shutdown_timeout": is_integer,
    "cloud-init.network-config": any_text,
    "cloud-init.user-data": any_text,
    "cloud-init.vendor-data": any_text,
    "cluster.evacuate": one_of("auto", "migrate", "live-migrate", "stop"),
    "limits.cpu": is_cpu_set,
    "limits.disk.priority": is_priority,
    "limits.memory": is_memory,
    "limits.network.priority": is_priority,
    "raw.apparmor": any_text,
    "security.devlxd": is_boolean,
    "security.protection.delete": is_boolean,
    "snapshots.schedule": is_schedule,
    "snapshots.schedule.stopped": is_boolean,
    "snapshots.pattern": any_text,
    "snapshots.expiry": is_expiry,
    "volatile.apply_template": any_text,
    "volatile.base_image": any_text,
    "volatile.cloud-init.instance-id": any_text,
    "volatile.evacuate.origin": any_text,
    "volatile.last_state.idmap": any_text,
    "volatile.last_state.power": any_text,
    "volatile.idmap.base": any_text,
    "volatile.idmap.current": any_text,
    "volatile.idmap.next": any_text,
    "volatile.apply_quota": any_text,
    "volatile.uuid": any_text,
    "volatile.vsock_id": is_integer,
}
CONTAINER: dict[str, Check] = {
    "limits.cpu.allowance": is_allowance,
    "limits.cpu.priority": is_priority,
    "limits.hugepages.64KB": is_size,
    "limits.hugepages.1MB": is_size,
    "limits.hugepages.2MB": is_size,
    "limits.hugepages.1GB": is_size,
    "limits.memory.enforce": one_of("soft", "hard"),
    "limits.memory.swap": is_boolean,
    "limits.memory.swap.priority": is_priority,
    "limits.processes": is_integer,
    "linux.kernel_modules": any_text,
    "migration.incremental.memory": is_boolean,
    "migration.incremental.memory.iterations": is_integer,
    "migration.incremental.memory.goal": is_integer,
    "nvidia.runtime": is_boolean,
    "nvidia.driver.capabilities": any_text,
    "nvidia.require.cuda": any_text,
    "nvidia.require.driver": any_text,
    "raw.idmap": any_text,
    "raw.lxc": is_lxc_lines,
    "raw.seccomp": any_text,
    "security.devlxd.images": is_boolean,
    "security.idmap.base": is_integer,
    "security.idmap.isolated": is_boolean,
    "security.idmap.size": is_integer,
    "security.nesting": is_boolean,
    "security.privileged": is_boolean,
    "security.protection.shift": is_boolean,
    "security.syscalls.allow": any_text,
    "security.syscalls.deny": any_text,
    "security.syscalls.deny_compat": is_boolean,
    "security.syscalls.deny_default": is_boolean,
    "security.syscalls.intercept.bpf": is_boolean,
    "security.syscalls.intercept.bpf.devices": is_boolean,
    "security.syscalls.intercept.mknod": is_boolean,
    "security.syscalls.intercept.mount": is_boolean,
    "security.syscalls.intercept.mount.allowed": any_text,
    "security.syscalls.intercept.mount.fuse": any_text,
    "security.syscalls.intercept.mount.shift": is_boolean,
    "security.syscalls.intercept.sched_setscheduler": is_boolean,
    "security.syscalls.intercept.setxattr": is_boolean,
}
VIRTUAL_MACHINE: dict[str, Check] = {
    "agent.nic_config": is_boolean,
    "limits.memory.hugepages": is_boolean,
    "migration.stateful": is_boolean,
    "raw.qemu": any_text,
    "raw.qemu.conf": any_text,
    "security.agent.metrics": is_boolean,
    "security.secureboot": is_boolean,
}
_PREFIXES = ("user.", "environment.", "image.", "limits.kernel.", "linux.sysctl.")
_CONTAINER_PREFIXES = ("limits.kernel.", "linux.sysctl.")
_VOLATILE = (
    ".hwaddr",
    ".name",
    ".host_name",
    ".mtu",
    ".created",
    ".id",
    ".vlan",
    ".spoofcheck",
    ".apply_quota",
    ".ceph_rbd",
    ".driver",
    ".uuid",
    ".last_state.created",
    ".last_state.hwaddr",
    ".last_state.mtu",
)

KINDS: dict[str, dict[str, Check]] = {
    "container": ANY | CONTAINER,
    "virtual-machine": ANY | VIRTUAL_MACHINE,
    "": ANY | CONTAINER | VIRTUAL_MACHINE,
}
"""The keys for each type of instance; "" for profiles, which serve both."""


def validate(config: Config, kind: str) -> None:
    """Refuses keys that this type of instance does not have, and values with the wrong syntax."""
    for key, value in config.items():
        if not kind and key.startswith(("volatile.", "image.")):
            raise bad_request(f"{key.partition('.')[0].capitalize()} keys can only be set on instances")
        checker = KINDS[kind].get(key)
        if checker is None and not _open(key, kind):
            raise bad_request(f"Unknown configuration key: {key}")
        check(value, checker or any_text)


def _open(key: str, kind: str) -> bool:
    if key.startswith("volatile."):
        return key.endswith(_VOLATILE)
    return key.startswith(_PREFIXES) and not (kind == "virtual-machine" and key.startswith(_CONTAINER_PREFIXES))
