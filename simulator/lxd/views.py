"""Instances as LXD shows them: the object, its state, its snapshots."""

from __future__ import annotations

import hashlib
import ipaddress
from typing import Any

from . import machines
from .daemon import Daemon
from .records import Instance, Snapshot
from .usage import root_pool

_LOOPBACK = [("inet", "127.0.0.1", "8", "local"), ("inet6", "::1", "128", "local")]


def etag(daemon: Daemon, record: Instance) -> list[Any]:
    """What an instance's tag is a hash of: the profiles whole, so that a changed profile changes it; 2 stands for x86_64."""
    profiles = [
        {
            "config": _sorted(profile.config),
            "description": profile.description,
            "devices": devices_sorted(profile.devices),
            "name": profile.name,
            "used_by": None,
        }
        for profile in daemon.store.profiles_of(record)
    ]
    return [2, _sorted(record.config), devices_sorted(record.devices) or None, record.ephemeral, profiles]


def instance(daemon: Daemon, record: Instance, *, full: bool = False) -> dict[str, Any]:
    """An instance; `full` adds its state and snapshots, as recursion=2 does."""
    config, devices = daemon.store.expanded(record)
    status, code = status_of(daemon, record)
    view: dict[str, Any] = {
        "architecture": record.architecture,
        "config": _sorted(record.config),
        "devices": devices_sorted(record.devices),
        "ephemeral": record.ephemeral,
        "profiles": record.profiles,
        "stateful": record.stateful,
        "description": record.description,
        "created_at": record.created_at,
        "expanded_config": _sorted(config),
        "expanded_devices": devices_sorted(devices),
        "name": record.name,
        "status": status,
        "status_code": code,
        "last_used_at": record.last_used_at,
        "location": "none",
        "type": record.type,
        "project": record.project,
    }
    if full:
        snapshots = [snapshot(found) for found in record.snapshots.values()] or None
        view |= {"backups": None, "state": state(daemon, record), "snapshots": snapshots}
    return view


def snapshot(record: Snapshot) -> dict[str, Any]:
    """A snapshot; its size is not known to the dir driver."""
    return {
        "expires_at": record.expires_at,
        "architecture": record.architecture,
        "config": _sorted(record.config),
        "created_at": record.created_at,
        "devices": devices_sorted(record.devices),
        "ephemeral": record.ephemeral,
        "expanded_config": _sorted(record.expanded_config),
        "expanded_devices": devices_sorted(record.expanded_devices),
        "last_used_at": "0001-01-01T00:00:00Z",
        "name": record.name,
        "profiles": record.profiles,
        "stateful": record.stateful,
        "size": -1,
    }


def status_of(daemon: Daemon, record: Instance) -> tuple[str, int]:
    """Its status and LXD's number for it."""
    if not machines.is_running(daemon, record):
        return "Stopped", 102
    return ("Frozen", 110) if record.frozen else ("Running", 103)


def state(daemon: Daemon, record: Instance) -> dict[str, Any]:
    """What runs inside, as far as LXD can see."""
    status, code = status_of(daemon, record)
    running = status != "Stopped"
    memory = 0
    if running:
        memory = 64 * 1024 * 1024 if record.is_vm else 640 * 1024
    return {
        "status": status,
        "status_code": code,
        "disk": None if record.is_vm else {},
        "memory": {"usage": memory, "usage_peak": memory, "swap_usage": 0, "swap_usage_peak": 0},
        "network": _networks(daemon, record) if running else None,
        "pid": record.pid,
        "processes": _processes(daemon, record) if running else 0,
        "cpu": {"usage": 20_000_000 * record.started if running else 0},
    }


def has_agent(daemon: Daemon, record: Instance) -> bool:
    """Whether the inside of a VM answers: something is installed and up."""
    machine = machines.machine(daemon, record)
    return machine is not None and machine.boot == "disk"


def leased(daemon: Daemon, network: str, mac: str) -> str | None:
    """The address that a managed bridge's DHCP server gives a NIC, in CIDR form; None where it serves none."""
    found = next((nets[network] for nets in daemon.store.state.networks.values() if network in nets), None)
    address = found.config.get("ipv4.address", "none") if found else "none"
    if found is None or address == "none" or found.config.get("ipv4.dhcp") == "false":
        return None
    interface = ipaddress.ip_interface(address)
    first, last = 2, interface.network.num_addresses - 2
    number = int.from_bytes(hashlib.sha256(mac.encode()).digest()[:4], "big") % max(1, last - first) + first
    return f"{interface.network[number]}/{interface.network.prefixlen}"


def devices_sorted(devices: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Devices as Go writes maps."""
    return {name: _sorted(device) for name, device in sorted(devices.items())}


def pool_of(daemon: Daemon, record: Instance) -> str:
    """The pool of its root disk."""
    return root_pool(daemon.store, record)


def _processes(daemon: Daemon, record: Instance) -> int:
    if not record.is_vm:
        return 3
    return 80 if has_agent(daemon, record) else -1


def _networks(daemon: Daemon, record: Instance) -> dict[str, Any]:
    names = machines.guest_names(daemon, record)
    shown: dict[str, Any] = {}
    for device_name, device in machines.nics(daemon, record).items():
        mac = machines.hwaddr(record, device_name, device)
        # a VM whose agent is silent is known by its devices, one whose agent answers by what its guest calls them
        name = names[device_name] if not record.is_vm or has_agent(daemon, record) else device_name
        host_name = record.config.get(f"volatile.{device_name}.host_name", "")
        addresses = _addresses(daemon, record, names[device_name], device, mac)
        shown[name] = _port(addresses, mac, host_name, 1500, "broadcast")
    if not record.is_vm or has_agent(daemon, record):
        shown["lo"] = _port(_LOOPBACK, "", "", 65536, "loopback")
    return shown


def _addresses(
    daemon: Daemon, record: Instance, guest_name: str, device: dict[str, str], mac: str
) -> list[tuple[str, str, str, str]]:
    machine = machines.machine(daemon, record)
    if machine and machine.os and "addresses" in machine.os:
        cidr = machine.os["addresses"].get(guest_name)
    else:
        cidr = device.get("ipv4.address") or leased(daemon, device.get("network") or device.get("parent") or "", mac)
    if not cidr:
        return []
    address = ipaddress.ip_interface(cidr)
    found = [("inet", str(address.ip), str(address.network.prefixlen), "global")]
    if record.config.get("image.os") != "BusyBox":  # which sets up no IPv6
        found.append(("inet6", _link_local(mac), "64", "link"))
    return found


def _link_local(mac: str) -> str:
    """The IPv6 address that a NIC gives itself from its MAC address."""
    octets = [int(part, 16) for part in mac.split(":")]
    identifier = bytes([octets[0] ^ 2, *octets[1:3], 0xFF, 0xFE, *octets[3:]])
    return str(ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + identifier))


def _port(addresses: list[tuple[str, str, str, str]], mac: str, host_name: str, mtu: int, kind: str) -> dict[str, Any]:
    names = ("bytes_received", "bytes_sent", "packets_received", "packets_sent", "errors_received", "errors_sent")
    counters = dict.fromkeys((*names, "packets_dropped_outbound", "packets_dropped_inbound"), 0)
    return {
        "addresses": [dict(zip(("family", "address", "netmask", "scope"), a, strict=True)) for a in addresses],
        "counters": counters,
        "hwaddr": mac,
        "host_name": host_name,
        "mtu": mtu,
        "state": "up",
        "type": kind,
    }


def _sorted(config: dict[str, str]) -> dict[str, str]:
    return dict(sorted(config.items()))
