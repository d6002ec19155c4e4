"""Power: that BMCs answer MAAS."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from concurrent import futures
from typing import Final

import config
from clients import maas
from clients.errors import ClientError
from clients.maas.machines import Machines

from ..checks import Check
from ..outcome import Finding, failed, ok, skipped, warning
from ..region import Region
from .machines import TAKEN, Known, known

_AT_ONCE: Final = 16


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
        elif machine.status in TAKEN:
            yield warning(place, f"{where} does not answer: {answer.error}", mend)
        else:
            yield failed(place, f"{where} does not answer: {answer.error}", mend)
    asked = {answer.known.hostname for answer in answers}
    rest = [worker.hostname for worker in site.workers if worker.hostname not in asked]
    if rest:
        yield skipped("workers", f"{', '.join(rest)}: MAAS has no way to its power yet; seen when enlisted")


CHECKS = (Check(name="bmc", title="BMCs answer and power can be read", needs=("site", "power"), judge=bmcs, owns=("power",)),)
