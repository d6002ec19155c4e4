"""Which machine of the site each machine of the bundle is.

Our own bundle names its machines as the site does. Any other numbers them and says by tags what it wants: each then gets the next
machine of the site that carries those tags.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

import bundle
import config


@dataclasses.dataclass(frozen=True, kw_only=True)
class Placement:
    """`hosts` maps each machine key of the plan to a hostname; `unplaced` are the keys for which the site has none."""

    hosts: Mapping[str, str]
    unplaced: Mapping[str, tuple[str, ...]]


def place(plan: bundle.Plan, site: config.SiteSpec) -> Placement:
    """Gives each machine of the bundle its namesake, or the next machine of the site that carries all its tags."""
    free = dict(site_tags(site))
    hosts: dict[str, str] = {}
    unplaced: dict[str, tuple[str, ...]] = {}
    named = {machine.key for machine in plan.machines if machine.key in free}
    for machine in plan.machines:
        wanted = tags_of(machine)
        others = (name for name, tags in free.items() if wanted <= tags and name not in named)
        host = machine.key if machine.key in named else next(others, None)
        if host is None:
            unplaced[machine.key] = tuple(sorted(wanted))
        else:
            hosts[machine.key] = host
            del free[host]
    return Placement(hosts=hosts, unplaced=unplaced)


def site_tags(site: config.SiteSpec) -> Iterable[tuple[str, frozenset[str]]]:
    """(hostname, tags) of every machine that the bundle may use: not the Juju controller's."""
    for name, vm, _ in site.controller.vms():
        if name != site.controller.juju_vm.hostname:
            yield name, frozenset(vm.tags)
    for worker in site.workers:
        yield worker.hostname, frozenset(worker.tags)


def tags_of(machine: bundle.MachinePlan) -> frozenset[str]:
    """The tags that a machine of the bundle asks for."""
    wanted = machine.constraints.get("tags", ())
    return frozenset(tag for tag in (wanted if isinstance(wanted, (list, tuple)) else ()) if not tag.startswith("^"))
