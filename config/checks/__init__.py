"""What must hold between the parts of a site: a tuple of small checks, each yielding problems.

A check names the sections it reads; it is left out when one of those could not be read, so that every other check still runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..errors import Problem
from . import capacity, day_one, identity, operating, ranges, storage

Check = Callable[..., Iterator[Problem]]

CHECKS: tuple[tuple[tuple[str, ...], Check], ...] = (
    (("networks",), ranges.cidrs_apart),
    (("networks",), ranges.gateways_inside),
    (("networks",), ranges.ranges_inside),
    (("networks",), ranges.ranges_apart),
    (("networks",), ranges.floating_reserved),
    (("networks",), ranges.gateways_free),
    (("networks",), ranges.management_boots),
    (("networks",), ranges.spaces_named),
    (("networks",), identity.fabrics_apart),
    (("workers", "controller"), identity.macs_apart),
    (("workers", "controller"), identity.hostnames_apart),
    (("workers",), identity.bmcs_apart),
    (("networks", "workers"), identity.bmcs_on_their_network),
    (("workers",), storage.disks_for_osds),
    (("workers",), storage.disks_apart),
    (("workers", "openstack"), storage.osds_expected),
    (("workers", "openstack"), storage.copies_fit),
    (("controller",), capacity.memory_fits),
    (("controller",), capacity.disk_fits),
    (("controller",), capacity.cores_fit),
    (("workers", "openstack"), operating.workers_enough),
    (("openstack",), operating.services_complete),
    (("openstack",), operating.overlays_once),
    (("openstack",), operating.cloud_opens),
    (("openstack",), day_one.names_apart),
    (("openstack",), day_one.references_meet),
    (("openstack",), day_one.smoke_test_can_run),
    (("networks", "openstack"), day_one.subnets_apart),
    (("openstack",), day_one.addresses_inside),
    (("networks", "openstack"), day_one.floating_addresses_enough),
    (("openstack",), day_one.external_network_carried),
)


def run(draft: Mapping[str, Any]) -> list[Problem]:
    """The problems of whatever sections could be read."""
    found: list[Problem] = []
    for sections, check in CHECKS:
        if all(draft.get(section) is not None for section in sections):
            found += check(*(draft[section] for section in sections))
    return found
