"""Virtual machines as the rack sees them: a record here is a machine there, with its NICs on layer-2 networks and its disks."""

from __future__ import annotations

from ..world import Disk, HostInterface, Machine, Nic
from .daemon import Daemon
from .errors import bad_request
from .records import Instance, Network
from .usage import split
from .values import cpus, memory, size

BOOT_SECONDS = 10.0
DEFAULT_MEMORY = "1GiB"
DEFAULT_ROOT = "10GiB"
_FIRST_BUS = 5
"""LXD's first NIC of a virtual machine sits on PCI bus 5: its guest calls it enp5s0."""


def key(daemon: Daemon, instance: Instance) -> str:
    """The machine's key in the world."""
    return f"{daemon.host_key}/{instance.project}/{instance.name}"


def machine(daemon: Daemon, instance: Instance) -> Machine | None:
    """The machine of a VM; None for a container."""
    return daemon.world.machines.get(key(daemon, instance)) if instance.is_vm else None


def is_running(daemon: Daemon, instance: Instance) -> bool:
    """Whether it has power (a VM) or runs (a container)."""
    found = machine(daemon, instance)
    return found.power == "on" if found else instance.running


def put(daemon: Daemon, instance: Instance) -> None:
    """Gives the rack the machine that the record describes, or brings the one it has up to date."""
    made = _describe(daemon, instance)
    found = machine(daemon, instance)
    if found is None:
        _refuse_taken(daemon, made)
        daemon.world.add(made)
        return
    _refuse_taken(daemon, made)
    found.nics, found.disks = made.nics, made.disks
    found.cpus = made.cpus
    if found.power == "off":  # a running guest keeps the memory it booted with
        found.memory = made.memory


def remove(daemon: Daemon, instance: Instance) -> None:
    """Takes the machine out of the rack."""
    daemon.world.remove(key(daemon, instance))


def rename(daemon: Daemon, instance: Instance, old_key: str) -> None:
    """The same machine under the instance's new name."""
    found = daemon.world.machines.pop(old_key, None)
    if found:
        found.key = key(daemon, instance)
        found.lxd = _origin(daemon, instance)
        daemon.world.machines[found.key] = found


def committed_memory(daemon: Daemon) -> int:
    """MiB that the host's running VMs hold."""
    ours = (m for m in daemon.world.machines.values() if m.lxd and m.lxd.get("host") == daemon.host_key)
    return sum(m.memory for m in ours if m.power == "on")


def interface(daemon: Daemon, name: str) -> HostInterface | None:
    """A port or bridge that the host had before LXD."""
    return next((found for found in daemon.host.interfaces if found.name == name), None)


def segment(daemon: Daemon, project: str, device: dict[str, str]) -> str | None:
    """The layer-2 network that a NIC is on; None where its parent does not exist."""
    name = device.get("network") or device.get("parent") or ""
    managed = daemon.store.networks(project).get(name)
    if managed:
        return _managed_segment(daemon, managed)
    found = interface(daemon, name)
    return found.network if found else None


def hwaddr(instance: Instance, name: str, device: dict[str, str]) -> str:
    """A NIC's MAC address: its own or the one LXD made up for it."""
    return device.get("hwaddr") or instance.config.get(f"volatile.{name}.hwaddr", "")


def nics(daemon: Daemon, instance: Instance) -> dict[str, dict[str, str]]:
    """The NIC devices by name, in the order of their buses."""
    devices = daemon.store.expanded(instance)[1]
    return {name: device for name, device in sorted(devices.items()) if device.get("type") == "nic"}


def guest_names(daemon: Daemon, instance: Instance) -> dict[str, str]:
    """What the instance itself calls each NIC device."""
    devices = nics(daemon, instance)
    if instance.is_vm:
        return {name: f"enp{bus}s0" for bus, name in enumerate(devices, _FIRST_BUS)}
    return {name: device.get("name") or f"eth{at}" for at, (name, device) in enumerate(devices.items())}


def root_size(daemon: Daemon, instance: Instance) -> int:
    """Bytes of a VM's root disk."""
    devices = daemon.store.expanded(instance)[1]
    pool = daemon.store.state.pools
    for device in devices.values():
        if device.get("path") == "/":
            default = pool[device["pool"]].config.get("volume.size") if device.get("pool") in pool else None
            return size(device.get("size") or default or DEFAULT_ROOT)
    return size(DEFAULT_ROOT)


def _describe(daemon: Daemon, instance: Instance) -> Machine:
    config = daemon.store.expanded(instance)[0]
    total = daemon.host.memory * 1024 * 1024
    return Machine(
        key=key(daemon, instance),
        kind="vm",
        cpus=cpus(config.get("limits.cpu") or "1"),
        memory=memory(config.get("limits.memory") or DEFAULT_MEMORY, total) // (1024 * 1024),
        nics=_nics(daemon, instance),
        disks=_disks(daemon, instance),
        boot_seconds=BOOT_SECONDS,
        lxd=_origin(daemon, instance),
    )


def _nics(daemon: Daemon, instance: Instance) -> list[Nic]:
    """In the order in which the firmware tries them: the highest boot.priority first."""
    names = guest_names(daemon, instance)
    devices = nics(daemon, instance)
    ranked = sorted(devices, key=lambda name: (-int(devices[name].get("boot.priority") or 0), name))
    return [
        Nic(
            name=names[name],
            mac=hwaddr(instance, name, devices[name]),
            network=segment(daemon, instance.project, devices[name]),
        )
        for name in ranked
    ]


def _disks(daemon: Daemon, instance: Instance) -> list[Disk]:
    devices = daemon.store.expanded(instance)[1]
    disks = [Disk(name="sda", size=root_size(daemon, instance), model="QEMU HARDDISK", serial="lxd_root")]
    for name, device in sorted(devices.items()):
        if device.get("type") != "disk" or device.get("path") == "/" or not device.get("pool"):
            continue
        volume = daemon.store.volumes(device["pool"], instance.project).get(device.get("source", ""))
        if volume and volume.content_type == "block":
            letter = chr(ord("a") + len(disks))
            volume_size = size(volume.config.get("size") or DEFAULT_ROOT)
            disks.append(Disk(name=f"sd{letter}", size=volume_size, model="QEMU HARDDISK", serial=f"lxd_{name}"))
    return disks


def _managed_segment(daemon: Daemon, network: Network) -> str | None:
    if network.type != "bridge":
        found = interface(daemon, network.config.get("parent", ""))
        return found.network if found else None
    for name in split(network.config.get("bridge.external_interfaces", "")):
        if found := interface(daemon, name):
            return found.network
    return f"lxd:{network.name}"


def _origin(daemon: Daemon, instance: Instance) -> dict[str, str]:
    return {"host": daemon.host_key, "project": instance.project, "instance": instance.name}


def _refuse_taken(daemon: Daemon, made: Machine) -> None:
    for nic in made.nics:
        owner = daemon.world.by_mac(nic.mac)
        if owner and owner.key != made.key:
            raise bad_request(f'MAC address "{nic.mac}" already defined on another NIC')
