"""The bundle: valid, placed, known to the charm store, and spread so that something may fail."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import bundle
import config

from ..checks import Check
from ..juju_side import JujuController
from ..outcome import Finding, Status, failed, ok, warning
from ..region import Region
from ..store import Release, Store

if TYPE_CHECKING:
    from components.plan import SitePlan

_RISKS = ("stable", "candidate", "beta", "edge")
_QUORUM = ("ceph-mon", "mysql-innodb-cluster", "ovn-central", "rabbitmq-server")


def valid(plan: SitePlan) -> Iterator[Finding]:
    """Overlays, options, relations, endpoints and placements fit; what the reader finds dangerous is told."""
    for text in plan.warnings:
        yield warning(plan.site.openstack.bundle, text, "see to it in the bundle or in an overlay")
    for index, worker in enumerate(plan.site.workers):
        if worker.hostname not in plan.placement.hosts.values():
            said = f"{worker.hostname} has no role: the bundle places nothing on it"
            yield warning(
                f"workers[{index}]", said, "give it units in the bundle, the tags that the bundle asks for, or take it out"
            )
    made = plan.plan
    counts = f"{len(made.applications)} applications, {len(made.units)} units, {len(made.integrations)} relations"
    yield ok(plan.site.openstack.bundle, f"{counts} on {len(made.machines)} machines")


def in_store(plan: SitePlan, store: Store, juju: JujuController | None) -> Iterator[Finding]:
    """Every charm, channel, revision and base is there to be deployed; what runs already goes on without the store."""
    if store.unreachable:
        mend = (
            "Juju's controller must reach it; `juju model-config charmhub-url` names another, a proxy is Juju's juju-http-proxy"
        )
        yield warning(store.url, f"this machine does not reach the charm store: {store.unreachable}", mend)
        return
    wanted = [app for app in plan.plan.applications if not app.local]
    deployed = juju.deployed if juju else {}
    for app in wanted:
        for finding in _in_store(app, store):
            runs = app.channel is not None and deployed.get(app.name) == app.channel
            yield dataclasses.replace(finding, status=Status.WARNING) if runs else finding
    yield ok(store.url, f"{len(wanted)} applications of {len(store.charms)} charms are there")


def _in_store(app: bundle.ApplicationPlan, store: Store) -> Iterator[Finding]:
    place, releases = f"applications.{app.name}", store.charms.get(app.charm)
    if releases is None:
        yield failed(place, f"{store.url} has no charm {app.charm!r}", "correct the name, or give the path of a local charm")
        return
    offered = serving(releases, app.channel)
    if not offered:
        tracks = ", ".join(sorted({release.track for release in releases})) or "none"
        yield failed(f"{place}.channel", f"{app.charm} has no channel {app.channel}", f"choose one of its tracks: {tracks}")
        return
    base = (app.base or "").partition("/")[0]
    bases = {base for release in offered for base in release.bases}
    if base and not {base, "all@all"} & bases:
        known = ", ".join(sorted(bases))
        yield failed(
            f"{place}.base", f"{app.charm} {app.channel} is not made for {base}", f"it is for {known}: change channel or base"
        )
    newest = max(release.revision for release in releases)
    if app.revision is not None and app.revision > newest:
        yield failed(f"{place}.revision", f"{app.charm} has no revision {app.revision}", f"the newest is {newest}")


def serving(releases: tuple[Release, ...], channel: str | None) -> tuple[Release, ...]:
    """What a channel serves; a risk that has nothing of its own serves what the safer ones do. None is the charm's default."""
    if channel is None:
        return releases
    track, _, risk = channel.partition("/") if "/" in channel else ("latest", "", channel)
    if risk not in _RISKS:
        track, risk = channel, "stable"
    safer = _RISKS[: _RISKS.index(risk) + 1]
    return tuple(release for release in releases if release.track == track and release.risk in safer)


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
    Check(name="bundle", title="the bundle is valid and placed", needs=("plan",), judge=valid, owns=("plan",)),
    Check(
        name="charm-store",
        title="charms, channels and bases are there",
        needs=("plan", "store"),
        may=("controller",),
        judge=in_store,
        owns=("store",),
    ),
    Check(name="topology", title="there are enough machines of each kind", needs=("plan",), judge=topology),
    Check(name="zones", title="workers are balanced over zones", needs=("site",), may=("region",), judge=zones),
)
