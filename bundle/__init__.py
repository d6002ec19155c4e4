"""Reads Juju bundles: files in, a plan out; speaks to no server.

    bundle = for_site("bundles/openstack-base.yaml", Site(workers=2, …), overlays)      # or load(path, overlays)
    problems = validate(bundle, Catalogue.builtin())
    plan = expand(bundle, Catalogue.builtin())

`load` merges overlays and refuses what Juju would refuse or silently get wrong; `validate` checks against charm metadata;
`expand` says which machines, containers, applications, units and integrations the bundle makes.
"""

from __future__ import annotations

from .adjusting import Adjustments
from .catalogue import Catalogue
from .difference import Change, diff
from .expansion import expand
from .model import Bundle, Exposure, Offer
from .picture import placement_svg
from .plan import (
    ApplicationPlan,
    ContainerPlan,
    Endpoint,
    ExpectedUnit,
    IntegrationPlan,
    MachinePlan,
    OfferPlan,
    Plan,
    SaasPlan,
    UnitPlan,
)
from .problems import BundleErrors, Place, Problem
from .reading import load
from .releases import TRACKS
from .site import Site, for_site
from .validation import validate

__all__ = [
    "TRACKS",
    "Adjustments",
    "ApplicationPlan",
    "Bundle",
    "BundleErrors",
    "Catalogue",
    "Change",
    "ContainerPlan",
    "Endpoint",
    "ExpectedUnit",
    "Exposure",
    "IntegrationPlan",
    "MachinePlan",
    "Offer",
    "OfferPlan",
    "Place",
    "Plan",
    "Problem",
    "SaasPlan",
    "Site",
    "UnitPlan",
    "diff",
    "expand",
    "for_site",
    "load",
    "placement_svg",
    "validate",
]
