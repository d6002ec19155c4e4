"""Machines: that they are who the site says, free or ours, large enough, and that their BMCs answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from concurrent import futures
from typing import Final

import config
from clients import maas
from clients.errors import ClientError
from clients.maas import Status
from clients.maas.machines import Machines

from ..checks import Check
from ..juju_side import JujuController
from ..outcome import Finding, failed, ok, skipped, warning
from ..region import Node, Region

_GIB: Final = 2**30
_MIB: Final = 2**20
LEAST_CORES, FEW_CORES = 4, 16
LEAST_MEMORY, LITTLE_MEMORY = 16 * _GIB, 32 * _GIB
LEAST_JUJU_CORES, LEAST_JUJU_MEMORY = 2, int(3.5 * _GIB)

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
_TAKEN: Final = frozenset({Status.ALLOCATED, Status.DEPLOYING, Status.DEPLOYED})
_AT_ONCE: Final = 16


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


def identity(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """Names and ports belong to the machines that the site means."""
    found, missing = known(site, region)
    for machine in found:
        name = machine.node.machine.hostname
        if name != machine.hostname:
            said = f"MAAS knows the machine of {machine.hostname}'s port as {name}"
            yield warning(f"{machine.place}.mac", said, f"make sure it is the same one; it will be called {machine.hostname}")
    for hostname, mac, place in _ports(site):
        other = region.by_hostname(hostname)
        if hostname in missing and other is not None:
            ports = ", ".join(sorted(other.machine.macs)) or "none"
            said = f"MAAS has a {hostname} already, without the port {mac} (it has {ports})"
            yield failed(f"{place}.mac", said, "correct the address, or rename or delete that machine in MAAS")
    yield ok("", f"{len(found)} machines are in MAAS, {len(missing)} will be enlisted")


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
        elif machine.status in _TAKEN and not juju.known and known_.hostname != site.controller.juju_vm.hostname:
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


def sizes(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """Cores and memory for what lives on them."""
    vm, control = site.controller.juju_vm, site.controller.control_vms
    yield from _size("controller.juju_vm", vm.cores, vm.memory, (LEAST_JUJU_CORES, LEAST_JUJU_MEMORY), (2, 4 * _GIB))
    yield from _size("controller.control_vms", control.cores, control.memory, (2, 8 * _GIB), (4, LEAST_MEMORY))
    unknown = []
    for index, worker in enumerate(site.workers):
        node = region.by_mac(worker.mac)
        if node is None or not node.machine.cpu_count:
            unknown.append(worker.hostname)
            continue
        there = node.machine.cpu_count, node.machine.memory * _MIB
        place = f"workers[{index}] {worker.hostname}"
        yield from _size(place, *there, (LEAST_CORES, LEAST_MEMORY), (FEW_CORES, LITTLE_MEMORY))
    if unknown:
        yield skipped("workers", f"{', '.join(unknown)}: seen when commissioned")


def _size(place: str, cores: int, memory: int, least: tuple[int, int], fair: tuple[int, int]) -> Iterator[Finding]:
    said = f"{cores} cores, {memory / _GIB:.4g} GiB"
    if cores < least[0] or memory < least[1]:
        yield failed(place, said, f"it needs {least[0]} cores and {least[1] / _GIB:g} GiB at the very least")
    elif cores < fair[0] or memory < fair[1]:
        yield warning(place, said, f"it will be slow: {fair[0]} cores and {fair[1] / _GIB:g} GiB are advised")
    else:
        yield ok(place, said)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Power:
    """How a machine's BMC answered: its power state, or why there is none.

    `changing` is that the site has another way to it than MAAS, so that the next `up` tells MAAS first.
    """

    known: Known
    state: str
    error: str = ""
    changing: bool = False


def ask_power(site: config.SiteSpec, region: Region, client: maas.Maas) -> tuple[Power, ...]:
    """Asks the BMC of every worker that MAAS knows, many at once."""
    workers = {worker.hostname: worker for worker in site.workers}
    asked = [k for k in known(site, region)[0] if k.hostname in workers and k.node.machine.power_type not in ("", "manual")]

    def ask(known_: Known) -> Power:
        system_id = known_.node.machine.system_id
        changing = _changing(client.machines.power_parameters(system_id), workers[known_.hostname].bmc)
        state, error = _power(client.machines, system_id)
        return Power(known=known_, state=state, error=error, changing=changing)

    with futures.ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(pool.map(ask, asked))


def _power(machines: Machines, system_id: str) -> tuple[str, str]:
    """The state and no error, or no state and MAAS's reason: its answer says only that there was an error."""
    try:
        state = machines.power_state(system_id)
        if state in ("on", "off"):
            return state, ""
        events = [event.description for event in machines.events(system_id) if event.description]
    except ClientError as error:
        return "", str(error).partition("\n")[0]
    return "", events[-1] if events else f"MAAS says its power is {state}"


def _changing(there: dict[str, object], bmc: config.BmcSpec) -> bool:
    wanted = {"power_address": str(bmc.address), "power_user": bmc.user, "power_pass": bmc.password.get_secret_value()}
    return any(name in there and str(there[name]) != value for name, value in wanted.items())


def bmcs(site: config.SiteSpec, answers: tuple[Power, ...]) -> Iterator[Finding]:
    """MAAS can read the power of every worker."""
    addresses = {worker.hostname: worker.bmc.address for worker in site.workers}
    mend = "check its address, user and password, and that the rack reaches it"
    for answer in answers:
        place, machine = f"{answer.known.place}.bmc", answer.known.node.machine
        where = f"the BMC of {answer.known.hostname} at {addresses[answer.known.hostname]}"
        if not answer.error:
            yield ok(place, f"{where} answers: {answer.state}")
        elif answer.changing:
            yield warning(
                place, f"{where} does not answer MAAS", "the site has another address, user or password, and MAAS will be told"
            )
        elif machine.status in _TAKEN:
            yield warning(place, f"{where} does not answer: {answer.error}", mend)
        else:
            yield failed(place, f"{where} does not answer: {answer.error}", mend)
    asked = {answer.known.hostname for answer in answers}
    rest = [worker.hostname for worker in site.workers if worker.hostname not in asked]
    if rest:
        yield skipped("workers", f"{', '.join(rest)}: MAAS has no way to its power yet; seen when enlisted")


CHECKS = (
    Check(name="machine-identity", title="names and ports are the machines' own", needs=("site", "region"), judge=identity),
    Check(name="machine-status", title="machines are free or ours", needs=("site", "region", "controller"), judge=status),
    Check(name="machine-tags", title="only our machines carry our tags", needs=("site", "region"), judge=strangers),
    Check(name="machine-sizes", title="machines have cores and memory enough", needs=("site", "region"), judge=sizes),
    Check(name="bmc", title="BMCs answer and power can be read", needs=("site", "power"), judge=bmcs, owns=("power",)),
)
