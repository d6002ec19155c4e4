"""Reads site and bundle together, so that what is wrong with either, or between them, is said at once."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

import bundle
import config

from .placement import Placement, place

Problem = config.Problem


@dataclasses.dataclass(frozen=True, kw_only=True)
class SitePlan:
    """Everything that is known before a server is asked."""

    site: config.SiteSpec
    plan: bundle.Plan
    placement: Placement


def read() -> SitePlan:
    """The plan of the current stack.

    Raises:
        pulumi.RunError: with every problem of site and bundle; the run ends with that text alone.
    """
    try:
        return make(config.raw(), pathlib.Path.cwd())
    except config.SiteError as error:
        raise pulumi.RunError(str(error)) from None


def make(data: Mapping[str, Any], folder: pathlib.Path) -> SitePlan:
    """The plan of a site given as plain data; files are looked up in `folder`.

    Raises:
        config.SiteError: with every problem.
    """
    problems, site = config.examine(data)
    if site is None:
        raise config.SiteError(problems)
    try:
        plan = expand(site, folder)
    except bundle.BundleErrors as error:
        raise config.SiteError([Problem("openstack.bundle", "", str(p)) for p in error.problems]) from None
    placement = place(plan, site)
    problems = [*_unplaced(placement, site), *_unknown_spaces(plan, site)]
    if problems:
        raise config.SiteError(problems)
    return SitePlan(site=site, plan=plan, placement=placement)


def expand(site: config.SiteSpec, folder: pathlib.Path) -> bundle.Plan:
    """The site's bundle with its overlays and overrides, checked against the charms' metadata."""
    catalogue = bundle.Catalogue.builtin()
    read = bundle.for_site(
        folder / site.openstack.bundle,
        as_bundle_site(site),
        [folder / overlay for overlay in site.openstack.overlays],
        overrides=site.openstack.options,
        substitutions={"release": site.openstack.release, "base": site.openstack.base, **site.openstack.values},
    )
    problems = [p for p in bundle.validate(read, catalogue) if p.severity == "error"]
    if problems:
        raise bundle.BundleErrors(problems)
    return bundle.expand(read, catalogue)


def as_bundle_site(site: config.SiteSpec) -> bundle.Site:
    """What the bundle takes from the site: its machines by name, their disks and ports."""
    return bundle.Site(
        workers=[worker.hostname for worker in site.workers],
        control=list(site.controller.control_hostnames()),
        osd_devices=sorted({disk for worker in site.workers for disk in worker.osd_disks}),
        external_ports=sorted({worker.external_nic for worker in site.workers}),
        expected_osd_count=site.openstack.expected_osd_count,
        ceph_replication_count=site.openstack.ceph_replication_count,
    )


def _unplaced(placement: Placement, site: config.SiteSpec) -> Iterator[Problem]:
    for key, tags in placement.unplaced.items():
        asked = f"with the tags {', '.join(tags)}" if tags else "of any kind"
        mend = f"the bundle's machine {key} asks for a machine {asked}, and the site has none left; add one or change the bundle"
        yield Problem("openstack.bundle", site.openstack.bundle, mend)


def _unknown_spaces(plan: bundle.Plan, site: config.SiteSpec) -> Iterator[Problem]:
    there = ", ".join(sorted(site.spaces()))
    for application in plan.applications:
        for endpoint, space in application.bindings.items():
            if space not in site.spaces():
                where = f"{application.name}:{endpoint}" if endpoint else application.name
                mend = f"{where} is bound to a space that no network provides; there are: {there}. Use one of them"
                yield Problem("openstack.bundle", space, mend)
