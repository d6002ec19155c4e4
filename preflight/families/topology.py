"""Topology: enough machines of each kind, spread so that something may fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import config

from ..checks import Check
from ..outcome import Finding, failed, ok, warning
from ..region import Region

if TYPE_CHECKING:
    from components.plan import SitePlan


_QUORUM = ("ceph-mon", "mysql-innodb-cluster", "ovn-central", "rabbitmq-server")


def topology(plan: SitePlan) -> Iterator[Finding]:
    """Enough machines of each kind, and what counts votes has an odd number of them."""
    site = plan.site
    control, workers = len(site.controller.control_hostnames()), len(site.workers)
    if workers == 1:
        yield warning(
            "workers", "there is one: instances and storage go with it", "add a second; each keeps a copy of what is stored"
        )
    if control == 2:
        mend = "make it 3 (one may fail), or 1 where that is no matter"
        yield warning("controller.control_vms.count", "is 2, and of two neither may fail", mend)
    units = Counter(unit.application for unit in plan.plan.units)
    charms = {app.name: app.charm for app in plan.plan.applications}
    for name, count in units.items():
        if charms[name] in _QUORUM and count % 2 == 0:
            said = f"has {count} units, and {count // 2 + 1} of them must agree: as many may fail as of {count - 1}"
            yield warning(f"applications.{name}", said, f"make it {count - 1} or {count + 1}")
        if charms[name] == "mysql-innodb-cluster" and count < 3:
            yield failed(f"applications.{name}", f"has {count} units, and it forms no cluster below 3", "make it 3 units or more")
    yield ok("", f"{control} control machines, {workers} workers")


def zones(site: config.SiteSpec, region: Region | None) -> Iterator[Finding]:
    """One zone, or three and more, with as many workers each; and MAAS has them."""
    for index, worker in enumerate(site.workers):
        if worker.zone and region and worker.zone not in region.zones:
            known = ", ".join(sorted(region.zones))
            said = f"{worker.hostname} is to be in {worker.zone}, and MAAS has no such zone (it has {known})"
            yield failed(f"workers[{index}].zone", said, "make it on MAAS's page AZs, or name one of these")
    by_zone = Counter(worker.zone or "default" for worker in site.workers)
    if len(by_zone) == 2:
        mend = "with two, the loss of one may cost the majority: use one, or three and more"
        yield warning("workers[].zone", f"there are 2 zones ({', '.join(sorted(by_zone))})", mend)
    if len(set(by_zone.values())) > 1:
        counts = ", ".join(f"{zone}: {count}" for zone, count in sorted(by_zone.items()))
        yield warning("workers[].zone", f"the zones hold different numbers of workers ({counts})", "even them out")
    yield ok("", f"{len(by_zone)} zone(s): {', '.join(sorted(by_zone))}")


CHECKS = (
    Check(name="topology", title="there are enough machines of each kind", needs=("plan",), judge=topology),
    Check(name="zones", title="workers are balanced over zones", needs=("site",), may=("region",), judge=zones),
)
