"""What MAAS asks of an LXD that it composes machines on: what the host has, a new virtual machine, the end of one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from . import instances, machines, power
from .daemon import Daemon
from .errors import LxdError
from .records import Instance, Volume
from .store import DEFAULT
from .values import size

VERSION = "5.0.2"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """A machine to compose: memory in MiB, disks as (bytes, pool or "" for the default), NICs as (name, host interface)."""

    name: str
    cpus: int
    memory: int
    disks: Sequence[tuple[int, str]]
    nics: Sequence[tuple[str, str]]


def describe(daemon: Daemon, project: str) -> dict[str, Any]:
    """Cores, memory (MiB) and pools of the host, and what the project's machines have of them."""
    ours = [machine for each in _vms(daemon, project) if (machine := machines.machine(daemon, each))]
    pools = [
        {
            "id": name,
            "name": name,
            "type": pool.driver,
            "path": pool.config.get("source", ""),
            "total": _pool_size(daemon, pool.config),
            "used": sum(disk.size for machine in ours for disk in machine.disks),
        }
        for name, pool in daemon.store.state.pools.items()
    ]
    return {
        "cores": daemon.host.cpus,
        "memory": daemon.host.memory,
        "used_cores": sum(machine.cpus for machine in ours),
        "used_memory": sum(machine.memory for machine in ours),
        "pools": pools,
        "version": VERSION,
    }


def compose(daemon: Daemon, project: str, wish: Wish) -> list[str]:
    """Makes the virtual machine, off; returns the MAC addresses of its NICs in order.

    Raises:
        LxdError: the host can't, or something it names isn't there.
    """
    daemon.store.project(project)
    pools = list(daemon.store.state.pools)
    if not pools:
        raise LxdError(400, "no storage pool")
    devices: dict[str, dict[str, str]] = {}
    for number, (bytes_, pool) in enumerate(wish.disks):
        disk = {"type": "disk", "pool": pool or pools[0]}
        if number == 0:
            devices["root"] = disk | {"path": "/", "size": str(bytes_)}
            continue
        source = _volume(daemon, project, disk["pool"], f"{wish.name}-disk{number}", bytes_)
        devices[f"disk{number}"] = disk | {"source": source}
    for number, (name, parent) in enumerate(wish.nics):
        nic = {"type": "nic", "nictype": "bridged", "parent": parent, "name": name}
        devices[name] = nic | ({"boot.priority": "1"} if number == 0 else {})
    config = {"limits.cpu": str(wish.cpus), "limits.memory": f"{wish.memory}MiB", "security.secureboot": "false"}
    made = Instance(
        name=wish.name, project=project, type="virtual-machine", config=config, devices=devices, created_at=daemon.now()
    )
    instances.create(daemon, made, None)
    found = machines.machine(daemon, made)
    return [nic.mac for nic in found.nics] if found else []


def decompose(daemon: Daemon, project: str, name: str) -> None:
    """Ends a virtual machine, by force when it runs; one that is gone already is fine."""
    found = daemon.store.instances(project).get(name) if project in daemon.store.state.projects else None
    if not found:
        return
    if machines.is_running(daemon, found):
        power.ACTIONS["stop"][1](daemon, found, True, -1)
    instances.delete(daemon, found)
    extra = {device.get("source") for name, device in found.devices.items() if name.startswith("disk")}
    home, volumes = daemon.store.home(project, "storage.volumes"), daemon.store.state.volumes
    daemon.store.state.volumes = [each for each in volumes if each.project != home or each.name not in extra]


def _volume(daemon: Daemon, project: str, pool: str, name: str, bytes_: int) -> str:
    home = daemon.store.home(project, "storage.volumes")
    made = Volume(name=name, pool=pool, project=home, content_type="block", config={"size": str(bytes_)})
    daemon.store.state.volumes.append(made)
    return name


def _vms(daemon: Daemon, project: str) -> list[Instance]:
    return [each for each in daemon.store.all_instances() if each.is_vm and each.project == (project or DEFAULT)]


def _pool_size(daemon: Daemon, config: Mapping[str, str]) -> int:
    return size(config["size"]) if config.get("size") else daemon.host.pool_size
