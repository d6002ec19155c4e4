"""What may be done to instances as records, and what comes of it in the rack."""

from __future__ import annotations

from typing import Any

from . import devices, keys, limits, machines, restrictions, values, volatile
from .daemon import Daemon
from .errors import LxdError, bad_request, conflict
from .operations import Outcome
from .records import Config, Image, Instance
from .store import merge
from .usage import on_network, root_disk

UNPACK_SECONDS = 0.1
NO_VMS = "vhost_vsock kernel module not loaded"
_LIVE = frozenset({"cluster.evacuate", "limits.memory", "limits.cpu", "security.agent.metrics"})
_LIVE_PREFIXES = ("boot.", "cloud-init.", "environment.", "image.", "snapshots.", "user.", "volatile.")


def create(daemon: Daemon, instance: Instance, image: Image | None) -> Outcome:
    """Makes an instance, from an image or empty."""
    _refuse_type(daemon, instance)
    try:
        _validate(daemon, instance)
        _add(daemon, instance, image)
    except LxdError as exc:
        raise exc.within("Failed creating instance record") from exc
    daemon.lifecycle("instance-created", f"instances/{instance.name}", instance.project)
    if image is None:
        return Outcome()
    speed = 25_000_000
    progress = {"percent": "100", "speed": str(speed), "stage": "create_instance_from_image_unpack"}
    text = f"Unpack: 100% ({speed / 1e6:.2f}MB/s)"
    return Outcome(seconds=UNPACK_SECONDS, metadata={"create_instance_from_image_unpack_progress": text, "progress": progress})


def copy(daemon: Daemon, instance: Instance, source: Instance) -> Outcome:
    """Makes an instance as another one is; its own settings go over the source's."""
    kept = {k: v for k, v in source.config.items() if not k.startswith("volatile.") or k == "volatile.base_image"}
    instance.config = kept | instance.config
    instance.devices = source.devices | instance.devices
    instance.files = {path: file.model_copy() for path, file in source.files.items()}
    create(daemon, instance, None)
    found = machines.machine(daemon, source)
    copied = machines.machine(daemon, instance)
    if found and copied:
        copied.os = found.os
    return Outcome(seconds=UNPACK_SECONDS)


def update(daemon: Daemon, instance: Instance, wanted: dict[str, Any]) -> None:
    """Replaces what can be changed: config, devices, profiles, description, ephemeral."""
    draft = instance.model_copy(update={key: wanted[key] for key in _CHANGEABLE if key in wanted})
    if not instance.is_vm:
        _keep_idmap(instance.config, draft.config)
    try:
        keys.validate(draft.config, instance.type)
    except LxdError as exc:
        raise exc.within("Invalid config") from exc
    _refuse_root_changes(daemon, instance, draft)
    _check_devices(daemon, draft, "Invalid devices")
    _refuse_second_nic(daemon, instance, draft)
    limits.check_sums(daemon, draft, "update")
    restrictions.check_instance(daemon, draft, "update")
    if machines.is_running(daemon, instance):
        _refuse_cold_changes(daemon, instance, draft)
    before = instance.model_copy(deep=True)
    for key in _CHANGEABLE:
        setattr(instance, key, getattr(draft, key))
    volatile.name_nics(daemon, instance)
    try:
        if instance.is_vm:
            machines.put(daemon, instance)
    except LxdError:
        for key in _CHANGEABLE:
            setattr(instance, key, getattr(before, key))
        raise
    daemon.lifecycle("instance-updated", f"instances/{instance.name}", instance.project)


def rename(daemon: Daemon, instance: Instance, name: str) -> None:
    """Gives it another name; a running one keeps its own."""
    if machines.is_running(daemon, instance):
        kind = "instance" if instance.is_vm else "container"
        raise bad_request(f"Renaming of running {kind} not allowed")
    old_key = machines.key(daemon, instance)
    instances = daemon.store.instances(instance.project)
    del instances[instance.name]
    instance.name = name
    instances[name] = instance
    if instance.is_vm:
        machines.rename(daemon, instance, old_key)
    daemon.lifecycle("instance-renamed", f"instances/{name}", instance.project)


def delete(daemon: Daemon, instance: Instance) -> None:
    """Removes it with its root disk and snapshots; custom volumes stay."""
    if values.is_true(daemon.store.expanded(instance)[0].get("security.protection.delete")):
        raise bad_request("Instance is protected")
    daemon.store.instances(instance.project).pop(instance.name, None)
    if instance.is_vm:
        machines.remove(daemon, instance)
    daemon.lifecycle("instance-deleted", f"instances/{instance.name}", instance.project)


def check_name(daemon: Daemon, project: str, name: str) -> None:
    """Refuses a new name that is not a host name, or taken."""
    validate_name(name)
    if name in daemon.store.instances(project):
        raise conflict(f'Name "{name}" already in use')


def validate_name(name: str) -> None:
    """Refuses what can't be a host name."""
    if not 1 <= len(name) <= 63:
        raise bad_request("Invalid instance name: Name must be 1-63 characters long")
    if name[0].isdigit():
        raise bad_request("Invalid instance name: Name must not start with a number")
    if name.startswith("-"):
        raise bad_request('Invalid instance name: Name must not start with "-" character')
    if name.endswith("-"):
        raise bad_request('Invalid instance name: Name must not end with "-" character')
    if not name.replace("-", "").isalnum() or not name.isascii():
        raise bad_request("Invalid instance name: Name can only contain alphanumeric and hyphen characters")


_CHANGEABLE = ("config", "devices", "profiles", "description", "ephemeral")


def _refuse_type(daemon: Daemon, instance: Instance) -> None:
    fault = daemon.world.fault("lxd-no-vms", "lxd") if instance.is_vm else None
    if fault:
        reason = fault.options.get("reason", NO_VMS)
        raise bad_request(
            f'Failed creating instance record: Instance type "{instance.type}" is not supported on this server: {reason}'
        )


def _validate(daemon: Daemon, instance: Instance) -> None:
    keys.validate(instance.config, instance.type)
    devices.check_types(instance.devices)
    if instance.name in daemon.store.instances(instance.project):
        raise bad_request('Add instance info to the database: This "instances" entry already exists')
    try:
        _check_devices(daemon, instance, "Invalid devices")
        _check_volatile(instance)
    except LxdError as exc:
        raise exc.within("Failed initialising instance") from exc


def _check_volatile(instance: Instance) -> None:
    for key, value in instance.config.items():
        if key.startswith("volatile.") and key.endswith(".hwaddr"):
            where = f'Failed add validation for device "{key.split(".")[1]}": Invalid value for device option "hwaddr": '
            values.check(value, values.is_mac, where)


def _check_devices(daemon: Daemon, instance: Instance, where: str) -> None:
    expanded = merge(instance.config, instance.devices, daemon.store.profiles_of(instance))[1]
    try:
        devices.validate(daemon.store, instance.project, expanded)
    except LxdError as exc:
        raise exc.within(where) from exc
    devices.root_of(daemon.store, expanded)
    devices.check_volumes(daemon.store, instance.project, expanded)


def _add(daemon: Daemon, instance: Instance, image: Image | None) -> None:
    if image:
        instance.config |= {f"image.{key}": value for key, value in image.properties.items()}
        instance.config["volatile.base_image"] = image.fingerprint
        image.last_used_at = daemon.now()
    volatile.at_creation(daemon, instance)
    instances = daemon.store.instances(instance.project)
    instances[instance.name] = instance
    if not instance.is_vm:
        return
    try:
        machines.put(daemon, instance)
    except LxdError as exc:
        del instances[instance.name]
        raise exc.within("Failed initialising instance") from exc
    made = machines.machine(daemon, instance)
    if image and made:
        made.os = {"release": image.properties.get("release", ""), "hostname": instance.name, "image": image.fingerprint}


def _keep_idmap(old: Config, new: Config) -> None:
    for key in ("volatile.idmap.base", "volatile.idmap.current", "volatile.idmap.next"):
        if key in old and key not in new:
            raise bad_request("Volatile idmap keys can't be deleted by the user")
        if key in old and old[key] != new[key]:
            raise bad_request("Volatile idmap keys can't be changed by the user")


def _refuse_cold_changes(daemon: Daemon, old: Instance, new: Instance) -> None:
    """A running VM takes some changes only; a running container takes all."""
    if not old.is_vm:
        return
    before = daemon.store.expanded(old)[0]
    after = merge(new.config, new.devices, daemon.store.profiles_of(new))[0]
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) == after.get(key) or key in _LIVE or key.startswith(_LIVE_PREFIXES):
            continue
        raise bad_request(f'Key "{key}" cannot be updated when VM is running')
    total = daemon.host.memory * 1024 * 1024
    wanted = values.memory(after.get("limits.memory") or machines.DEFAULT_MEMORY, total) // (1024 * 1024)
    running = machines.machine(daemon, old)
    if running and wanted > running.memory:
        raise bad_request(
            "Failed updating memory limit: Cannot increase memory size beyond boot time size when VM is running "
            f"(Boot time size {running.memory}MiB, new size {wanted}MiB)"
        )


def _refuse_second_nic(daemon: Daemon, old: Instance, new: Instance) -> None:
    """A network that serves DNS knows an instance once; LXD looks when a NIC is added, not when the instance is made."""
    before = daemon.store.expanded(old)[1]
    after = merge(new.config, new.devices, daemon.store.profiles_of(new))[1]
    for name in sorted(after.keys() - before.keys()):
        network = daemon.store.networks(new.project).get(after[name].get("network") or after[name].get("parent") or "")
        if network is None or network.config.get("ipv4.address", "none") == "none":
            continue
        if any(on_network(device, network.name) for other, device in after.items() if other != name):
            raise conflict(f'Failed add validation for device "{name}": Instance DNS name "{new.name}" already used on network')


def _refuse_root_changes(daemon: Daemon, old: Instance, new: Instance) -> None:
    before = devices.root_of(daemon.store, daemon.store.expanded(old)[1])
    after = root_disk(merge(new.config, new.devices, daemon.store.profiles_of(new))[1])
    if after is None or not after.get("pool"):
        return  # told in other words when the devices are checked
    if before["pool"] != after["pool"]:
        raise bad_request(f'Cannot update root disk device pool name to "{after["pool"]}"')
    if not old.is_vm or before.get("size") == after.get("size"):
        return
    name = next(k for k, d in daemon.store.expanded(old)[1].items() if d is before)
    if machines.is_running(daemon, old):
        raise bad_request(f'Failed to update device "{name}": Failed resizing root disk: In use')
    if values.size(after.get("size") or machines.DEFAULT_ROOT) < machines.root_size(daemon, old):
        raise bad_request(
            f'Failed to update device "{name}": Failed resizing root disk: Block volumes cannot be shrunk: Cannot be shrunk'
        )
