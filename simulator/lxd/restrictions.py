"""What a restricted project forbids its instances: everything risky that restricted.* doesn't open."""

from __future__ import annotations

from collections.abc import Callable

from .daemon import Daemon
from .errors import LxdError, internal
from .records import Config, Devices, Instance
from .store import merge
from .values import Check, any_text, is_true, one_of

_LOW_LEVEL = {
    "container": (
        "boot.host_shutdown_timeout",
        "limits.memory.swap",
        "limits.memory.swap.priority",
        "linux.kernel_modules",
        "raw.apparmor",
        "raw.idmap",
        "raw.lxc",
        "raw.seccomp",
        "security.devlxd.images",
        "security.idmap.base",
        "security.idmap.size",
    ),
    "virtual-machine": ("boot.host_shutdown_timeout", "limits.memory.hugepages", "raw.idmap", "raw.qemu", "raw.qemu.conf"),
}
_BLOCKED = {
    "gpu": "GPU devices are forbidden",
    "infiniband": "Infiniband devices are forbidden",
    "pci": "PCI devices are forbidden",
    "proxy": "Proxy devices are forbidden",
    "unix-block": "Unix block devices are forbidden",
    "unix-char": "Unix character devices are forbidden",
    "unix-hotplug": "Unix hotplug devices are forbidden",
    "usb": "USB devices are forbidden",
}


_ALLOW = one_of("block", "allow")
_DEVICES = ("gpu", "infiniband", "pci", "proxy", "unix-block", "unix-char", "unix-hotplug", "usb")
KEYS: dict[str, Check] = {
    **{f"restricted.devices.{kind}": _ALLOW for kind in _DEVICES},
    "restricted.backups": _ALLOW,
    "restricted.cluster.groups": any_text,
    "restricted.cluster.target": _ALLOW,
    "restricted.containers.interception": one_of("allow", "block", "full"),
    "restricted.containers.lowlevel": _ALLOW,
    "restricted.containers.nesting": _ALLOW,
    "restricted.containers.privilege": one_of("allow", "unprivileged", "isolated"),
    "restricted.devices.disk": one_of("block", "allow", "managed"),
    "restricted.devices.disk.paths": any_text,
    "restricted.devices.nic": one_of("block", "allow", "managed"),
    "restricted.idmap.gid": any_text,
    "restricted.idmap.uid": any_text,
    "restricted.networks.access": any_text,
    "restricted.networks.subnets": any_text,
    "restricted.networks.uplinks": any_text,
    "restricted.networks.zones": any_text,
    "restricted.snapshots": _ALLOW,
    "restricted.virtual-machines.lowlevel": _ALLOW,
}
"""The restrictions a project can have, and their values."""


def check_instance(daemon: Daemon, instance: Instance, change: str) -> None:
    """Refuses an instance that its project's restrictions don't allow; `change` is what is asked for."""
    project = daemon.store.project(instance.project).config
    if not is_true(project.get("restricted")):
        return
    config, devices = merge(instance.config, instance.devices, daemon.store.profiles_of(instance))
    try:
        _check_config(project, instance, config)
        _check_devices(project, instance, devices)
    except LxdError as exc:
        raise exc.within(f"Failed checking if instance {change} allowed") from exc


def check_snapshot(daemon: Daemon, project: str) -> None:
    """Refuses a snapshot in a project that doesn't allow them."""
    config = daemon.store.project(project).config
    if is_true(config.get("restricted")) and config.get("restricted.snapshots", "block") == "block":
        raise internal(f'Project "{project}" doesn\'t allow for snapshot creation')


def _check_config(project: Config, instance: Instance, config: Config) -> None:
    where = f'on {instance.type} "{instance.name}" of project "{instance.project}"'
    family = "virtual-machines" if instance.is_vm else "containers"
    if project.get(f"restricted.{family}.lowlevel", "block") == "block":
        for key in _LOW_LEVEL[instance.type]:
            if key in config:
                raise internal(f'Use of low-level config "{key}" {where} is forbidden')
    rules = (
        ("security.nesting", "restricted.containers.nesting", "block", "Container nesting is forbidden"),
        ("security.privileged", "restricted.containers.privilege", "unprivileged", "Privileged containers are forbidden"),
    )
    for key, restriction, closed, text in rules:
        if is_true(config.get(key)) and project.get(restriction, closed) == closed:
            raise internal(f'Invalid value "{config[key]}" for config "{key}" {where}: {text}')


def _check_devices(project: Config, instance: Instance, devices: Devices) -> None:
    for name, device in sorted(devices.items()):
        kind = device.get("type", "")
        rule = _RULES.get(kind, _blocked)
        try:
            rule(project.get(f"restricted.devices.{kind}", ""), device)
        except LxdError as exc:
            where = f'on {instance.type} "{instance.name}" of project "{instance.project}"'
            raise internal(f'Invalid device "{name}" {where}: {exc}') from exc


def _blocked(setting: str, device: dict[str, str]) -> None:
    kind = device.get("type", "")
    if kind in _BLOCKED and setting != "allow":
        raise internal(_BLOCKED[kind])


def _nic(setting: str, device: dict[str, str]) -> None:
    if setting == "block":
        raise internal("Network devices are forbidden")
    if setting != "allow" and not device.get("network"):
        raise internal("Only managed network devices are allowed")


def _disk(setting: str, device: dict[str, str]) -> None:
    if device.get("path") == "/":
        return
    if setting == "block":
        raise internal("Disk devices are forbidden")
    if setting != "allow" and not device.get("pool"):
        raise internal("Attaching disks not backed by a pool is forbidden")


_RULES: dict[str, Callable[[str, dict[str, str]], None]] = {"nic": _nic, "disk": _disk}
