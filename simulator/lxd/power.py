"""Starting and stopping. A VM's power is the rack's: MAAS presses the same button, and what it does shows here."""

from __future__ import annotations

from collections.abc import Callable

from ..world import Machine
from . import devices, instances, machines, volatile
from .daemon import POOLS, Daemon
from .errors import LxdError, bad_request
from .operations import Outcome
from .records import Instance
from .store import DEFAULT

START_SECONDS = 0.4
STOP_SECONDS = 0.2
STOP_TIMEOUT = 600.0
"""Seconds that a graceful stop is given when the caller names none."""


def watch(daemon: Daemon) -> None:
    """Keeps the records true to the rack's power, whoever changed it."""

    def changed(machine: Machine) -> None:
        lxd = machine.lxd or {}
        if lxd.get("host") != daemon.host_key:
            return
        record = daemon.store.instances(lxd["project"]).get(lxd["instance"])
        if record:
            _note(daemon, record, on=machine.power == "on")

    daemon.world.on_power(changed)


def start(daemon: Daemon, instance: Instance) -> Outcome:
    """Gives it power."""
    if machines.is_running(daemon, instance):
        raise bad_request("The instance is already running")
    expanded = daemon.store.expanded(instance)[1]
    expanded_root = devices.root_of(daemon.store, expanded)
    _refuse_missing_parents(daemon, instance)
    if instance.is_vm:
        machines.put(daemon, instance)
        _refuse_full_host(daemon, instance)
        daemon.world.power_on(machines.key(daemon, instance))
        return Outcome(seconds=START_SECONDS)
    if "volatile.base_image" not in instance.config:
        root = POOLS / expanded_root["pool"] / "containers" / _storage_name(instance) / "rootfs"
        raise bad_request(f'Failed to handle idmapped storage: No such file or directory: "{root}"')
    instance.running = True
    _note(daemon, instance, on=True)
    remapping = {"container_progress": "Remapping container filesystem"} if instance.started == 1 else None
    return Outcome(seconds=START_SECONDS, progress=remapping, metadata={"container_progress": ""})


def stop(daemon: Daemon, instance: Instance, *, force: bool, timeout: float) -> Outcome:
    """Takes its power away; without `force` it is asked to, and given `timeout` seconds (below 0: LXD's own)."""
    if not machines.is_running(daemon, instance):
        raise bad_request("The instance is already stopped")
    if not force and not _obeys(daemon, instance):
        return Outcome(seconds=timeout if timeout >= 0 else STOP_TIMEOUT, err=_deaf(instance))
    _cut(daemon, instance)
    if instance.ephemeral:
        instances.delete(daemon, instance)
    return Outcome(seconds=0.0 if force else STOP_SECONDS)


def restart(daemon: Daemon, instance: Instance, *, force: bool, timeout: float) -> Outcome:
    """Stops and starts it."""
    if not machines.is_running(daemon, instance):
        raise bad_request("The instance is already stopped")
    if not force and not _obeys(daemon, instance):
        return Outcome(seconds=timeout if timeout >= 0 else STOP_TIMEOUT, err=_deaf(instance))
    _cut(daemon, instance)
    return start(daemon, instance)


def freeze(daemon: Daemon, instance: Instance) -> None:
    """Halts what runs inside."""
    kind = "instance" if instance.is_vm else "container"
    if not machines.is_running(daemon, instance):
        raise bad_request(f"The {kind} isn't running")
    if instance.frozen:
        raise bad_request(f"The {kind} is already frozen")
    instance.frozen = True


def unfreeze(daemon: Daemon, instance: Instance) -> None:
    """Lets it go on."""
    kind = "instance" if instance.is_vm else "container"
    if not machines.is_running(daemon, instance):
        raise bad_request(f"The {kind} isn't running")
    if not instance.frozen:
        raise bad_request(f"The {kind} is already running")
    instance.frozen = False


Action = Callable[[Daemon, Instance, bool, float], Outcome | None]

ACTIONS: dict[str, tuple[str, Action]] = {
    "start": ("Starting instance", lambda d, i, _f, _t: start(d, i)),
    "stop": ("Stopping instance", lambda d, i, f, t: stop(d, i, force=f, timeout=t)),
    "restart": ("Restarting instance", lambda d, i, f, t: restart(d, i, force=f, timeout=t)),
    "freeze": ("Freezing instance", lambda d, i, _f, _t: freeze(d, i)),
    "unfreeze": ("Unfreezing instance", lambda d, i, _f, _t: unfreeze(d, i)),
}
"""What PUT state can do: the operation's description, and the deed (given force and timeout)."""


def _cut(daemon: Daemon, instance: Instance) -> None:
    if instance.is_vm:
        daemon.world.power_off(machines.key(daemon, instance))
    else:
        instance.running = False
        _note(daemon, instance, on=False)


def _note(daemon: Daemon, record: Instance, *, on: bool) -> None:
    if on:
        volatile.at_start(daemon, record)
    else:
        volatile.at_stop(record)
    action = "instance-started" if on else "instance-stopped"
    daemon.lifecycle(action, f"instances/{record.name}", record.project)


def _obeys(daemon: Daemon, instance: Instance) -> bool:
    """Whether somebody inside hears the request to shut down; BusyBox's init ignores SIGPWR, an empty VM has nobody."""
    found = machines.machine(daemon, instance)
    if found:
        return found.boot == "disk"
    return instance.config.get("image.os") != "BusyBox"


def _deaf(instance: Instance) -> str:
    why = "context deadline exceeded" if instance.is_vm else "shutting down the container failed"
    return f'Failed shutting down instance, status is "Running": {why}'


def _refuse_missing_parents(daemon: Daemon, instance: Instance) -> None:
    for name, device in machines.nics(daemon, instance).items():
        parent = device.get("parent")
        if parent and device.get("nictype") != "p2p" and machines.segment(daemon, instance.project, device) is None:
            raise bad_request(f'Failed to start device "{name}": Parent device "{parent}" doesn\'t exist')


def _refuse_full_host(daemon: Daemon, instance: Instance) -> None:
    if fault := daemon.world.fault("lxd-qemu-fails", "lxd", f"lxd {instance.name}"):
        raise _qemu_error(instance, str(fault.options.get("reason", "injected fault lxd-qemu-fails")))
    wanted = machines.machine(daemon, instance)
    if wanted and machines.committed_memory(daemon) + wanted.memory > daemon.host.memory:
        raise _qemu_error(instance, "qemu-system-x86_64: cannot set up guest memory 'mem0': Cannot allocate memory")


def _storage_name(instance: Instance) -> str:
    """What the daemon calls an instance's folders."""
    return instance.name if instance.project == DEFAULT else f"{instance.project}_{instance.name}"


def _qemu_error(instance: Instance, reason: str) -> LxdError:
    """The failed command line, as LXD shows it whole."""
    log = f"/var/lib/lxd/logs/{_storage_name(instance)}"
    command = (
        "forklimits limit=memlock:unlimited:unlimited fd=3 -- /usr/bin/qemu-system-x86_64 -S "
        f"-name {instance.name} -uuid {instance.config['volatile.uuid']} -daemonize -cpu host,hv_passthrough -nographic "
        "-serial chardev:console -nodefaults -no-user-config "
        "-sandbox on,obsolete=deny,elevateprivileges=allow,spawn=allow,resourcecontrol=deny "
        f"-readconfig {log}/qemu.conf -spice unix=on,disable-ticketing=on,addr={log}/qemu.spice "
        f"-pidfile {log}/qemu.pid -D {log}/qemu.log -smbios type=2,manufacturer=Canonical Ltd.,product=LXD -runas nobody"
    )
    return bad_request(f"Failed to run: {command}: {reason}: Process exited with non-zero value 1")
