"""Room for the VMs: cores, memory, disk, and bridges to plug them into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import config

from ..checks import Check
from ..host import Host
from ..outcome import Finding, failed, ok, warning

_GIB: Final = 2**30


_SPARE: Final = 8 * _GIB
"""Memory that MAAS and the host itself live in."""


def capacity(site: config.SiteSpec, host: Host) -> Iterator[Finding]:
    """Cores, memory and disk for the VMs, those that are there already counted once."""
    controller, machine = site.controller, host.machine
    project = controller.lxd.project
    ours = {instance.name for instance in host.instances if instance.project == project}
    vms = controller.vms()
    cores, promised = sum(vm.cores for _, vm, _ in vms), machine.cpus * controller.capacity.core_overcommit
    if cores > promised or max(vm.cores for _, vm, _ in vms) > machine.cpus:
        said = f"the VMs ask for {cores} cores, and {host.where} has {machine.cpus}"
        yield failed("controller.control_vms.cores", said, "make them smaller or fewer, or raise capacity.core_overcommit")
    memory = sum(vm.memory for _, vm, _ in vms)
    others = sum(instance.memory for instance in host.instances if instance.project != project)
    if memory + others > machine.memory:
        said = f"the VMs ask for {_gib(memory)}, others have {_gib(others)}, and {host.where} has {_gib(machine.memory)}"
        yield failed("controller.control_vms.memory", said, "make them smaller or fewer")
    elif memory + others + _SPARE > machine.memory:
        left = f"{_gib(machine.memory - memory - others)} would be left for MAAS and the host"
        yield warning("controller.control_vms.memory", left, f"leave {_gib(_SPARE)}")
    yield from _claims(site, host)
    yield from _pool(site, host, sum(vm.disk for name, vm, _ in vms if name not in ours))
    yield ok(
        host.where, f"{machine.cpus} cores and {_gib(machine.memory)} for {len(vms)} VMs of {cores} cores and {_gib(memory)}"
    )


def _claims(site: config.SiteSpec, host: Host) -> Iterator[Finding]:
    """What the site says of the host must not be more than there is."""
    said, machine = site.controller.capacity, host.machine
    mend = "correct it: the site's own checks reckon with it"
    if said.cores > machine.cpus:
        yield warning("controller.capacity.cores", f"is {said.cores}, and {host.where} has {machine.cpus}", mend)
    if said.memory > machine.memory:
        yield warning("controller.capacity.memory", f"is {_gib(said.memory)}, and {host.where} has {_gib(machine.memory)}", mend)


def _pool(site: config.SiteSpec, host: Host, needed: int) -> Iterator[Finding]:
    wanted = site.controller.lxd.pool
    pool, place = host.pool(wanted.name), "controller.lxd.pool"
    if pool is None:
        drivers = host.server.storage_drivers
        if drivers and wanted.driver not in drivers:
            known = ", ".join(sorted(drivers))
            yield failed(
                f"{place}.driver", f"{host.where} has no storage driver {wanted.driver!r}", f"use one of {known}, or install it"
            )
        return
    if pool.driver != wanted.driver:
        yield failed(
            f"{place}.driver",
            f"the pool {pool.name} is {pool.driver}, not {wanted.driver}",
            "name another pool, or correct the driver",
        )
    free = pool.space.total - pool.space.used
    if pool.space.total and free < needed:
        said = f"the pool {pool.name} has {_gib(free)} left, and the VMs still to be made ask for {_gib(needed)}"
        yield failed(place, said, "make room in it, or make their disks smaller")


def bridges(site: config.SiteSpec, host: Host) -> Iterator[Finding]:
    """What the VMs are plugged into is there, or can be made."""
    spec = site.controller.bridges
    names = ", ".join(sorted(network.name for network in host.networks)) or "none"
    found = host.network(spec.management.name)
    if found is None or found.kind not in ("bridge", "ovs"):
        said = f"{host.where} has no bridge {spec.management.name} (it has {names})"
        mend = "make it in netplan with the management port in it, or name the one that is there"
        yield failed("controller.bridges.management.name", said, mend)
    else:
        yield ok("controller.bridges.management", f"{found.name} is there")
    external = spec.external
    if external is None:
        return
    made = host.network(external.name)
    if external.interface is None:
        if made is None:
            said = f"{host.where} has no bridge {external.name} (it has {names})"
            yield failed(
                "controller.bridges.external.name", said, "make it in netplan, or give the interface for LXD to make it with"
            )
        else:
            yield ok("controller.bridges.external", f"{made.name} is there")
        return
    yield from _own_bridge(external.name, external.interface, host, names)


def _own_bridge(name: str, interface: str, host: Host, names: str) -> Iterator[Finding]:
    place = "controller.bridges.external.interface"
    made = host.network(name)
    if host.network(interface) is None:
        yield failed(
            place, f"{host.where} has no port {interface} (it has {names})", "name the port that is on the external network"
        )
    if made is not None and not made.managed:
        said = f"{name} is there, and LXD did not make it"
        yield failed("controller.bridges.external.name", said, "leave interface out to use it as it is, or choose another name")
    user = next(
        (
            n.name
            for n in host.networks
            if n.name != name and interface in n.config.get("bridge.external_interfaces", "").split(",")
        ),
        None,
    )
    if user:
        yield failed(place, f"{interface} is in the bridge {user} already", "take it out there, or name another port")
    yield ok("controller.bridges.external", f"{name} {'is there' if made else 'will be made'} with {interface} in it")


def _gib(size: int) -> str:
    return f"{size / _GIB:.4g} GiB"


CHECKS = (
    Check(name="lxd-capacity", title="the VMs fit", needs=("site", "host"), judge=capacity),
    Check(name="lxd-bridges", title="bridges and ports for VMs are there", needs=("site", "host"), judge=bridges),
)
