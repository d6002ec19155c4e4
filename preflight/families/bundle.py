"""The bundle: valid, placed, and known to the charm store."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

import bundle

from ..checks import Check
from ..juju_side import JujuController
from ..outcome import Finding, Status, failed, ok, warning
from ..store import Release, Store

if TYPE_CHECKING:
    from components.plan import SitePlan

_RISKS = ("stable", "candidate", "beta", "edge")


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
)
