"""Machines: that they are who the site says, and free or ours."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

import config
from clients.maas import Status

from ..checks import Check
from ..juju_side import JujuController
from ..outcome import Finding, failed, ok, skipped, warning
from ..region import Node, Region

_AGAIN: Final = frozenset({Status.FAILED_COMMISSIONING, Status.FAILED_TESTING, Status.FAILED_DEPLOYMENT})
"""What an `up` tries anew."""
_STUCK: Final = frozenset(
    {
        Status.MISSING,
        Status.RESERVED,
        Status.RETIRED,
        Status.BROKEN,
        Status.FAILED_RELEASING,
        Status.FAILED_DISK_ERASING,
        Status.RESCUE_MODE,
        Status.ENTERING_RESCUE_MODE,
        Status.FAILED_ENTERING_RESCUE_MODE,
        Status.FAILED_EXITING_RESCUE_MODE,
    }
)
TAKEN: Final = frozenset({Status.ALLOCATED, Status.DEPLOYING, Status.DEPLOYED})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Known:
    """A machine of the site that MAAS knows; `place` is where the site speaks of it."""

    hostname: str
    place: str
    node: Node


def known(site: config.SiteSpec, region: Region) -> tuple[list[Known], list[str]]:
    """The site's machines that MAAS has by their port's address, and the hostnames of the others."""
    found, missing = [], []
    for hostname, mac, place in _ports(site):
        node = region.by_mac(mac)
        if node is None:
            missing.append(hostname)
        else:
            found.append(Known(hostname=hostname, place=place, node=node))
    return found, missing


def _ports(site: config.SiteSpec) -> Iterator[tuple[str, str, str]]:
    for index, worker in enumerate(site.workers):
        yield worker.hostname, worker.mac, f"workers[{index}]"
    for hostname, _, mac in site.controller.vms():
        yield hostname, mac, f"controller VM {hostname}"


def identity(site: config.SiteSpec, region: Region, juju: JujuController | None) -> Iterator[Finding]:
    """Names and ports belong to the machines that the site means."""
    found, missing = known(site, region)
    for machine in found:
        name = machine.node.machine.hostname
        if name != machine.hostname:
            said = f"MAAS knows the machine of {machine.hostname}'s port as {name}"
            if machine.node.machine.status in TAKEN:
                mend = (
                    f"a machine in use keeps its name: take {name} out first, and add {machine.hostname} when it is Ready again"
                )
                yield failed(f"{machine.place}.mac", f"{said}, {machine.node.machine.status_name}", mend)
                continue
            yield warning(f"{machine.place}.mac", said, f"make sure it is the same one; it will be called {machine.hostname}")
    for hostname, mac, place in _ports(site):
        other = region.by_hostname(hostname)
        if hostname in missing and other is not None:
            yield _namesake(f"{place}.mac", mac, other, replaced=bool(juju and juju.deployed))
    yield ok("", f"{len(found)} machines are in MAAS, {len(missing)} will be enlisted")


def _namesake(place: str, mac: str, other: Node, *, replaced: bool) -> Finding:
    """A machine that has the name but not the port: in a cloud that is up, the one that a new one takes the place of."""
    ports = ", ".join(sorted(other.machine.macs)) or "none"
    said = f"MAAS has a {other.machine.hostname} already, without the port {mac} (it has {ports})"
    if replaced:
        return warning(place, said, "if the new machine is to take its place, go on: it leaves first")
    return failed(place, said, "correct the address, or rename or delete that machine in MAAS")


def status(site: config.SiteSpec, region: Region, juju: JujuController) -> Iterator[Finding]:
    """Machines are free, on their way, or what an earlier run made of them."""
    found, missing = known(site, region)
    for known_ in found:
        machine = known_.node.machine
        said = f"{known_.hostname} is {machine.status_name}"
        if machine.status in _STUCK:
            yield failed(known_.place, said, "mend it in MAAS (Take action) until it is Ready")
        elif machine.status in _AGAIN:
            yield warning(known_.place, said, "see its page in MAAS for the reason; it will be tried again")
        elif machine.status in TAKEN and not juju.known and known_.hostname != site.controller.juju_vm.hostname:
            said += f" (owner {machine.owner or 'nobody'}), and no Juju controller of this site is known here"
            yield failed(known_.place, said, "release it in MAAS, or log in to its controller with `juju login`")
    if not found:
        yield skipped("", f"MAAS knows none of {', '.join(missing)} yet")
    else:
        yield ok("", f"{len(found)} machines: {_statuses(found)}")


def _statuses(found: list[Known]) -> str:
    names = [known_.node.machine.status_name for known_ in found]
    return ", ".join(f"{names.count(name)} {name}" for name in sorted(set(names)))


def strangers(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """Juju takes the machine for its controller by tags: nobody else may carry them."""
    ours = {mac for _, mac, _ in _ports(site)}
    tags = set(site.controller.juju_vm.tags)
    for node in region.nodes:
        machine = node.machine
        if machine.macs & ours or not tags <= set(machine.tags):
            continue
        said = f"{machine.hostname}, which is not the site's, carries the tags {', '.join(sorted(tags))}"
        mend = "take them off it in MAAS, or give controller.juju_vm other tags"
        if machine.status == Status.READY:
            yield failed("controller.juju_vm.tags", f"{said} and is Ready: Juju could bootstrap on it", mend)
        else:
            yield warning("controller.juju_vm.tags", said, mend)
    yield ok("controller.juju_vm.tags", f"only {site.controller.juju_vm.hostname} has {', '.join(sorted(tags))}")


CHECKS = (
    Check(
        name="machine-identity",
        title="names and ports are the machines' own",
        needs=("site", "region"),
        may=("controller",),
        judge=identity,
    ),
    Check(name="machine-status", title="machines are free or ours", needs=("site", "region", "controller"), judge=status),
    Check(name="machine-tags", title="only our machines carry our tags", needs=("site", "region"), judge=strangers),
)
