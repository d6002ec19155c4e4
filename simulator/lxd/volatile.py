"""The keys that the daemon writes into an instance's configuration itself, and when it does."""

from __future__ import annotations

import json
import secrets
import uuid

from . import machines
from .daemon import Daemon
from .records import Instance
from .values import is_true

_MAP = [
    {"Isuid": True, "Isgid": False, "Hostid": 100000, "Nsid": 0, "Maprange": 10000001},
    {"Isuid": False, "Isgid": True, "Hostid": 100000, "Nsid": 0, "Maprange": 10000001},
]
IDMAP = json.dumps(_MAP, separators=(",", ":"))
_VENDOR = "00:16:3e"
_FIRST_VSOCK = 3


def at_creation(daemon: Daemon, instance: Instance) -> None:
    """What a new instance is given."""
    config = instance.config
    config["volatile.apply_template"] = "create"
    config["volatile.cloud-init.instance-id"] = str(uuid.uuid4())
    config["volatile.uuid"] = str(uuid.uuid4())
    if not instance.is_vm:
        privileged = is_true(daemon.store.expanded(instance)[0].get("security.privileged"))
        config["volatile.idmap.base"] = "0"
        config["volatile.idmap.next"] = "[]" if privileged else IDMAP
        config["volatile.last_state.idmap"] = "[]"
    name_nics(daemon, instance)


def name_nics(daemon: Daemon, instance: Instance) -> None:
    """Gives NICs without a MAC address one, and forgets those of NICs that are gone."""
    devices = machines.nics(daemon, instance)
    for name, device in devices.items():
        kept = f"volatile.{name}.hwaddr"
        if device.get("hwaddr"):
            instance.config.pop(kept, None)
        elif kept not in instance.config:
            instance.config[kept] = _new_mac(daemon)
        if not instance.is_vm and not device.get("name"):
            instance.config.setdefault(f"volatile.{name}.name", machines.guest_names(daemon, instance)[name])
    for key in list(instance.config):
        parts = key.split(".")
        if parts[0] == "volatile" and key.endswith((".hwaddr", ".host_name", ".name")) and ".".join(parts[1:-1]) not in devices:
            del instance.config[key]
    instance.config = dict(sorted(instance.config.items()))


def at_start(daemon: Daemon, instance: Instance) -> None:
    """What changes when it gets power."""
    config = instance.config
    config.pop("volatile.apply_template", None)
    config["volatile.last_state.power"] = "RUNNING"
    for name in machines.nics(daemon, instance):
        prefix = "tap" if instance.is_vm else "veth"
        config.setdefault(f"volatile.{name}.host_name", f"{prefix}{secrets.token_hex(4)}")
    if instance.is_vm:
        config.setdefault("volatile.vsock_id", str(_FIRST_VSOCK + secrets.randbelow(1 << 20)))
    else:
        config["volatile.idmap.current"] = config["volatile.last_state.idmap"] = config["volatile.idmap.next"]
        instance.pid = 2 + secrets.randbelow(1 << 15)
    instance.config = dict(sorted(config.items()))
    instance.last_used_at = daemon.now()
    instance.started += 1


def at_stop(instance: Instance) -> None:
    """What changes when it loses power."""
    instance.pid = 0
    instance.frozen = False
    for key in [key for key in instance.config if key.startswith("volatile.") and key.endswith(".host_name")]:
        del instance.config[key]
    instance.config["volatile.last_state.power"] = "STOPPED"
    instance.config = dict(sorted(instance.config.items()))


def _new_mac(daemon: Daemon) -> str:
    while True:
        mac = ":".join([_VENDOR, *(f"{byte:02x}" for byte in secrets.token_bytes(3))])
        if daemon.world.by_mac(mac) is None:
            return mac
