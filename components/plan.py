"""Reads site and bundle together, so that what is wrong with either, or between them, is said at once."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pulumi

import bundle
import config

from .placement import Placement, place

Problem = config.Problem

OVERLAYS = "bundles/overlays"
"""Where the optional services' overlays are."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SitePlan:
    """Everything that is known before a server is asked; `warnings` is what the bundle's reader finds dangerous."""

    site: config.SiteSpec
    plan: bundle.Plan
    placement: Placement
    warnings: tuple[str, ...] = ()


def read() -> SitePlan:
    """The plan of the current stack; warnings are logged.

    Raises:
        pulumi.RunError: with every problem of site and bundle; the run ends with that text alone.
    """
    try:
        plan = make(config.raw(), pathlib.Path.cwd())
    except config.SiteError as error:
        raise pulumi.RunError(str(error)) from None
    for warning in plan.warnings:
        pulumi.log.warn(warning)
    return plan


def make(data: Mapping[str, Any], folder: pathlib.Path) -> SitePlan:
    """The plan of a site given as plain data; files are looked up in `folder`.

    Raises:
        config.SiteError: with every problem.
    """
    problems, site = config.examine(data)
    if site is None:
        raise config.SiteError(problems)
    try:
        plan, warnings = expand(site, folder)
    except config.SiteError as error:
        raise config.SiteError([*problems, *error.problems]) from None
    placement = place(plan, site)
    problems += [] if problems else _unplaced(placement, site)  # of a wrong site, machines in want are only a consequence
    if problems:
        raise config.SiteError(problems)
    return SitePlan(site=site, plan=plan, placement=placement, warnings=warnings)


def expand(site: config.SiteSpec, folder: pathlib.Path) -> tuple[bundle.Plan, tuple[str, ...]]:
    """The site's bundle with its overlays and overrides, checked against charms and spaces; and the warnings.

    Raises:
        config.SiteError: with everything that is wrong with the bundle.
    """
    catalogue = bundle.Catalogue.builtin()
    try:
        found = _load(site, folder)
    except bundle.BundleErrors as error:
        raise config.SiteError(_as_problems(error.problems)) from None
    problems = bundle.validate(found, catalogue, spaces=site.spaces())
    if any(problem.severity == "error" for problem in problems):
        raise config.SiteError(_as_problems(problems))
    warnings = dict.fromkeys(f"{problem.place}: {problem.message}" for problem in [*found.warnings, *problems])
    return bundle.expand(found, catalogue), tuple(warnings)


def _load(site: config.SiteSpec, folder: pathlib.Path) -> bundle.Bundle:
    return bundle.for_site(
        folder / site.openstack.bundle,
        as_bundle_site(site),
        [folder / overlay for overlay in overlays_of(site.openstack)],
        overrides=site.openstack.options,
        substitutions={"release": site.openstack.release, "base": site.openstack.base, **site.openstack.values},
        adjustments=bundle.Adjustments(
            channels=site.openstack.channels, units=site.openstack.units, release=site.openstack.release
        ),
    )


def overlays_of(spec: config.OpenStackSpec) -> list[str]:
    """Those of the optional services, then those that the site names, so that these have the last word."""
    return [f"{OVERLAYS}/{service.overlay}" for _, service in spec.services.on()] + list(spec.overlays)


def _as_problems(problems: Iterable[bundle.Problem]) -> list[Problem]:
    return [Problem("openstack.bundle", "", str(problem)) for problem in problems if problem.severity == "error"]


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
