"""GET / and /1.0: what the server is, its settings, and the hardware under it."""

from __future__ import annotations

import functools
import json
import pathlib
from typing import Any

from aiohttp import web

from ...world import HostInterface
from .. import answers, machines, settings
from ..call import Call
from ..daemon import Daemon
from ..errors import internal

_DATA = pathlib.Path(__file__).parent.parent / "data" / "server.json"
_KERNEL = ("idmapped_mounts", "netnsid_getifaddrs", "seccomp_listener", "seccomp_listener_continue", "uevent_injection")
_LXC = (
    "cgroup2",
    "core_scheduling",
    "devpts_fd",
    "idmapped_mounts_v2",
    "mount_injection_file",
    "network_gateway_device_route",
    "network_ipvlan",
    "network_l2proxy",
    "network_phys_macvlan_mtu",
    "network_veth_router",
    "pidfd",
    "seccomp_allow_deny_syntax",
    "seccomp_notify",
    "seccomp_proxy_send_notify_fd",
)
_CACHE = ((1, "Data", 32768), (1, "Instruction", 32768), (2, "Unified", 1048576), (3, "Unified", 33554432))
KERNEL_VERSION = "6.8.0-49-generic"


@functools.cache
def extensions() -> list[str]:
    """What LXD 5.0.2 says it can."""
    found: list[str] = json.loads(_DATA.read_text())["api_extensions"]
    return found


def versions(_: Call) -> web.Response:
    """GET /."""
    return answers.sync(["/1.0"])


def show(call: Call) -> web.Response:
    """GET /1.0: a stranger learns that it is one."""
    view: dict[str, Any] = {
        "api_extensions": extensions(),
        "api_status": "stable",
        "api_version": "1.0",
        "auth": "trusted" if call.caller.trusted else "untrusted",
        "public": False,
        "auth_methods": ["tls"],
    }
    if not call.caller.trusted:
        return answers.sync(view)
    shown = settings.shown(call.daemon) if call.caller.is_admin else None
    return answers.sync({"config": shown, **view, "environment": _environment(call)}, etag=settings.shown(call.daemon))


def replace(call: Call) -> web.Response:
    """PUT /1.0."""
    call.match(settings.shown(call.daemon))
    settings.replace(call.daemon, call.body("ServerPut").get("config", {}))
    return answers.done()


def patch(call: Call) -> web.Response:
    """PATCH /1.0."""
    call.match(settings.shown(call.daemon))
    settings.replace(call.daemon, settings.shown(call.daemon) | call.body("ServerPut").get("config", {}))
    return answers.done()


def cluster(_: Call) -> web.Response:
    """GET /1.0/cluster: there is none."""
    return answers.sync({"server_name": "", "enabled": False, "member_config": []})


def cluster_members(_: Call) -> web.Response:
    """GET /1.0/cluster/members."""
    raise internal("Server is not clustered")


def resources(call: Call) -> web.Response:
    """GET /1.0/resources."""
    host = call.daemon.host
    memory = host.memory * 1024 * 1024
    cards = [_card(at, i) for at, i in enumerate(host.interfaces)]
    disk = {
        "id": "sda",
        "device": "8:0",
        "type": "sata",
        "read_only": False,
        "size": host.pool_size,
        "removable": False,
        "numa_node": 0,
        "block_size": 512,
        "rpm": 0,
        "device_id": "",
        "partitions": [],
        "pci_address": "0000:00:02.0",
    }
    view = {
        "cpu": {"architecture": "x86_64", "sockets": [_socket(host.cpus)], "total": host.cpus},
        "memory": {
            "nodes": [{"numa_node": 0, "hugepages_used": 0, "hugepages_total": 0, "used": 0, "total": memory}],
            "hugepages_total": 0,
            "hugepages_used": 0,
            "hugepages_size": 2 * 1024 * 1024,
            "used": _used_memory(call.daemon),
            "total": memory,
        },
        "gpu": {"cards": [], "total": 0},
        "network": {"cards": cards, "total": len(cards)},
        "storage": {"disks": [disk], "total": 1},
        "usb": {"devices": [], "total": 0},
        "pci": {"devices": [], "total": 0},
        "system": {
            **dict.fromkeys(("uuid", "vendor", "product", "family", "version", "sku", "serial"), ""),
            "type": "physical",
            "firmware": None,
            "chassis": None,
            "motherboard": None,
        },
    }
    return answers.sync(view)


def _environment(call: Call) -> dict[str, Any]:
    daemon = call.daemon
    return {
        "addresses": [daemon.address] if daemon.store.state.config.get("core.https_address") else [],
        "architectures": ["x86_64", "i686"],
        "certificate": daemon.identity.server_pem,
        "certificate_fingerprint": daemon.identity.server_fingerprint,
        "driver": "lxc | qemu" if settings.has_vms(daemon) else "lxc",
        "driver_version": "5.0.2 | 7.2.15" if settings.has_vms(daemon) else "5.0.2",
        "firewall": "nftables",
        "kernel": "Linux",
        "kernel_architecture": "x86_64",
        "kernel_features": dict.fromkeys(_KERNEL, "true") | {"shiftfs": "false", "unpriv_fscaps": "true"},
        "kernel_version": KERNEL_VERSION,
        "lxc_features": dict.fromkeys(_LXC, "true"),
        "os_name": "Debian GNU/Linux",
        "os_version": "12",
        "project": call.project,
        "server": "lxd",
        "server_clustered": False,
        "server_event_mode": "full-mesh",
        "server_name": daemon.host_key,
        "server_pid": 1000,
        "server_version": "5.0.2",
        "storage": " | ".join(sorted({p.driver for p in daemon.store.state.pools.values()})),
        "storage_version": " | ".join("1" for _ in {p.driver for p in daemon.store.state.pools.values()}),
        "storage_supported_drivers": [{"Name": "dir", "Version": "1", "Remote": False}],
    }


def _socket(threads: int) -> dict[str, Any]:
    cores = [
        {"core": at, "die": 0, "threads": [{"id": at, "numa_node": 0, "thread": 0, "online": True, "isolated": False}]}
        for at in range(threads)
    ]
    cache = [{"level": level, "type": kind, "size": size} for level, kind, size in _CACHE]
    return {"name": "AMD EPYC", "vendor": "AuthenticAMD", "socket": 0, "cache": cache, "cores": cores}


def _card(at: int, interface: HostInterface) -> dict[str, Any]:
    port = {
        "id": interface.name,
        "address": interface.mac,
        "port": 0,
        "protocol": "ethernet",
        "auto_negotiation": True,
        "link_detected": True,
    }
    return {
        "driver": "virtio-pci",
        "driver_version": KERNEL_VERSION,
        "ports": [port],
        "numa_node": 0,
        "pci_address": f"0000:00:{at + 3:02x}.0",
        "vendor_id": "1af4",
        "product_id": "1041",
    }


def _used_memory(daemon: Daemon) -> int:
    return machines.committed_memory(daemon) * 1024 * 1024
