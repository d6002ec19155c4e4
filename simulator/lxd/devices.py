"""Devices of instances and profiles: which options each type has, and whether what they name exists.

Errors tell the device first, as LXD does; what hardware they become is the business of `machines`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from .errors import LxdError, bad_request, not_found
from .records import Devices, Network
from .store import Store
from .usage import root_disk
from .values import Check, any_text, check, is_boolean, is_integer, is_mac, is_size, is_unsigned

Options = dict[str, Check]

_NIC: Options = {
    "boot.priority": is_unsigned,
    "gvrp": is_boolean,
    "host_name": any_text,
    "hwaddr": is_mac,
    "ipv4.address": any_text,
    "ipv4.gateway": any_text,
    "ipv4.routes": any_text,
    "ipv4.routes.external": any_text,
    "ipv6.address": any_text,
    "ipv6.gateway": any_text,
    "ipv6.routes": any_text,
    "ipv6.routes.external": any_text,
    "limits.egress": any_text,
    "limits.ingress": any_text,
    "limits.max": any_text,
    "maas.subnet.ipv4": any_text,
    "maas.subnet.ipv6": any_text,
    "mtu": is_integer,
    "name": any_text,
    "network": any_text,
    "nictype": any_text,
    "parent": any_text,
    "queue.tx.length": is_integer,
    "security.acls": any_text,
    "security.acls.default.egress.action": any_text,
    "security.acls.default.egress.logged": is_boolean,
    "security.acls.default.ingress.action": any_text,
    "security.acls.default.ingress.logged": is_boolean,
    "security.ipv4_filtering": is_boolean,
    "security.ipv6_filtering": is_boolean,
    "security.mac_filtering": is_boolean,
    "security.port_isolation": is_boolean,
    "vlan": any_text,
    "vlan.tagged": any_text,
}
_NIC_TYPES = ("bridged", "ipvlan", "macvlan", "p2p", "physical", "routed", "sriov")
_OF_NETWORK = ("nictype", "parent", "mtu", "maas.subnet.ipv4", "maas.subnet.ipv6")
"""What a NIC on a managed network takes from the network."""
_DISK: Options = {
    "boot.priority": is_unsigned,
    "ceph.cluster_name": any_text,
    "ceph.user_name": any_text,
    "limits.max": any_text,
    "limits.read": any_text,
    "limits.write": any_text,
    "path": any_text,
    "pool": any_text,
    "propagation": any_text,
    "raw.mount.options": any_text,
    "readonly": is_boolean,
    "recursive": is_boolean,
    "required": is_boolean,
    "shift": is_boolean,
    "size": is_size,
    "size.state": is_size,
    "source": any_text,
}
_UNIX: Options = {
    "gid": is_integer,
    "major": is_integer,
    "minor": is_integer,
    "mode": is_integer,
    "path": any_text,
    "required": is_boolean,
    "source": any_text,
    "uid": is_integer,
}
_TYPES: dict[str, Options] = {
    "none": {},
    "nic": _NIC,
    "disk": _DISK,
    "unix-char": _UNIX,
    "unix-block": _UNIX,
    "unix-hotplug": _UNIX | {"productid": any_text, "vendorid": any_text},
    "usb": _UNIX | {"productid": any_text, "vendorid": any_text},
    "gpu": _UNIX
    | dict.fromkeys(("gputype", "id", "mdev", "mig.ci", "mig.gi", "mig.uuid", "pci", "productid", "vendorid"), any_text),
    "infiniband": dict.fromkeys(("hwaddr", "mtu", "name", "nictype", "parent"), any_text),
    "proxy": dict.fromkeys(
        ("bind", "connect", "gid", "listen", "mode", "nat", "proxy_protocol", "security.gid", "security.uid", "uid"), any_text
    ),
    "tpm": {"path": any_text},
    "pci": {"address": any_text},
}


def validate(store: Store, project: str, devices: Devices) -> None:
    """Refuses the first device that LXD would refuse."""
    for name, device in sorted(devices.items()):
        try:
            _load(store, project, device)
        except LxdError as exc:
            raise exc.within(f'Device validation failed for "{name}": Failed loading device "{name}"') from exc
        try:
            _RULES.get(device["type"], _no_rule)(store, project, device)
            _check_options(device)
        except LxdError as exc:
            raise bad_request(f'Device validation failed for "{name}": {exc}') from exc


def root_of(store: Store, devices: Devices) -> dict[str, str]:
    """The root disk among expanded devices, on a pool that exists; LxdError when there is none."""
    disk = root_disk(devices)
    if disk is None or not disk.get("pool"):
        where = "Invalid devices: Failed detecting root disk device" if devices else "Failed getting root disk"
        raise bad_request(f"{where}: No root device could be found")
    if disk["pool"] not in store.state.pools:
        raise bad_request("Failed loading storage pool: Storage pool not found")
    return disk


def check_volumes(store: Store, project: str, devices: Devices) -> None:
    """Refuses disks whose pool or custom volume is not there."""
    for name, device in sorted(devices.items()):
        pool, source = device.get("pool"), device.get("source")
        if device.get("type") != "disk" or not pool or not source or device.get("path") == "/":
            continue
        where = f'Failed add validation for device "{name}"'
        if pool not in store.state.pools:
            raise bad_request(f'{where}: Failed to get storage pool "{pool}": Storage pool not found')
        if source not in store.volumes(pool, project):
            raise bad_request(f"{where}: Failed loading custom volume: Storage volume not found")


def check_types(devices: Devices) -> None:
    """Refuses types that LXD doesn't have; instances are asked for this before anything else."""
    for device in devices.values():
        if device.get("type") and device["type"] not in _TYPES:
            raise bad_request(f"Invalid device type {device['type']}")


def _load(store: Store, project: str, device: dict[str, str]) -> None:
    kind = device.get("type")
    if not kind:
        raise bad_request("Missing device type in config")
    if kind not in _TYPES:
        raise bad_request("Unsupported device type")
    network = device.get("network")
    if kind == "nic" and network:
        if network not in store.networks(project):
            home = store.home(project, "networks")
            raise not_found(f'Failed to load network "{network}" for project "{home}": Network not found')
    elif kind == "nic" and device.get("nictype") not in _NIC_TYPES:
        raise bad_request("Unsupported device type")


def _check_options(device: dict[str, str]) -> None:
    options = _TYPES[device["type"]]
    for key, value in device.items():
        if key == "type" or key.startswith("user."):
            continue
        if key not in options:
            raise bad_request(f'Invalid device option "{key}"')
        check(value, options[key], f'Invalid value for device option "{key}": ')


def _nic_rule(store: Store, project: str, device: dict[str, str]) -> None:
    if device.get("network"):
        for key in _OF_NETWORK:
            if device.get(key):
                raise bad_request(f'Cannot use "{key}" property in conjunction with "network" property')
        _check_address(store.networks(project)[device["network"]], device.get("ipv4.address", ""))
    elif device["nictype"] != "p2p" and device["nictype"] != "routed" and not device.get("parent"):
        raise bad_request('Invalid value for device option "parent": Required value')


def _disk_rule(_store: Store, _project: str, device: dict[str, str]) -> None:
    path, pool, source = device.get("path", ""), device.get("pool", ""), device.get("source", "")
    if path == "/" and source:
        raise bad_request('Root disk entry may not have a "source" property set')
    if path == "/" and not pool:
        raise bad_request('Root disk entry must have a "pool" property set')
    if path != "/" and not source:
        raise bad_request('Disk entry is missing the required "source" or "path" property')
    if device.get("size") and path != "/":
        raise bad_request("Only the root disk may have a size quota")


def _proxy_rule(_store: Store, _project: str, device: dict[str, str]) -> None:
    for key in ("listen", "connect"):
        protocol = device.get(key, "").partition(":")[0]
        if protocol not in ("tcp", "udp", "unix"):
            raise bad_request(f'Invalid value for device option "{key}": Unknown protocol type "{protocol}"')


def _no_rule(_store: Store, _project: str, _device: dict[str, str]) -> None:
    return


def _check_address(network: Network, address: str) -> None:
    own = network.config.get("ipv4.address", "none")
    if not address or address == "none":
        return
    if own == "none" or ipaddress.ip_address(address) not in ipaddress.ip_interface(own).network:
        raise bad_request(f'Device IP address "{address}" not within network "{network.name}" subnet')


_Rule = Callable[[Store, str, dict[str, str]], None]
_RULES: dict[str, _Rule] = {"nic": _nic_rule, "disk": _disk_rule, "proxy": _proxy_rule}
