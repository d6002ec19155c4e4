"""Spaces: that they lead where the bundle binds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import config

from ..checks import Check
from ..outcome import Finding, failed, ok

if TYPE_CHECKING:
    from components.plan import SitePlan


def spaces(plan: SitePlan) -> Iterator[Finding]:
    """Every space that an application binds to is on a network that its machines have an address on."""
    site, made = plan.site, plan.plan
    by_space = {network.space: name for name, network in site.networks.items() if network.space}
    control = frozenset(site.controller.control_hostnames())
    applications = {app.name: app for app in made.applications}
    told: set[tuple[str, str]] = set()
    for unit in made.expected_units():
        host = plan.placement.hosts.get(made.host(unit.machine), "")
        addressed = _networks_of(host, host in control, site)
        for endpoint, space in applications[unit.application].bindings.items():
            name = by_space.get(space)
            if name in addressed or (unit.application, space) in told:
                continue
            told.add((unit.application, space))
            place = f"applications.{unit.application}.bindings.{endpoint or 'default'}"
            said = (
                f"binds to space {space}, and {host} has no address there"
                if name
                else f"binds to space {space!r}, which no network has"
            )
            yield failed(place, said, f"bind it to one of {', '.join(sorted(by_space))} that its machines are on")
    if not told:
        yield ok("", f"every binding leads to {', '.join(sorted(by_space))}")


def _networks_of(host: str, is_vm: bool, site: config.SiteSpec) -> frozenset[str]:
    """The networks that a machine has an address on; a worker's external port carries none, for it is the bridge's."""
    return frozenset({"management", "external"} if is_vm and site.controller.bridges.external else {"management"})


CHECKS = (Check(name="spaces", title="bindings lead to networks that machines are on", needs=("plan",), judge=spaces),)
