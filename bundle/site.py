"""What the site says about our own bundle: how many machines, which disks, which ports."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import adjusting, model, pools, reading


@dataclasses.dataclass(frozen=True, kw_only=True)
class Site:
    """The values that `bundles/openstack-base.yaml` takes from the site.

    Attributes:
        workers: how many, or their names; names become the keys of the plan, so that taking out one in the middle
            touches no other.
        control: control virtual machines, likewise.
        osd_devices: paths of the disks for OSDs, over all workers.
        external_ports: NICs (or MAC addresses) of the workers on the external network.
        expected_osd_count: OSDs that the monitors wait for.
        ceph_replication_count: copies of each object. Pools keep the number that they were made with, so a site should
            say it once; unsaid it is two, or one for a single worker, so that a third worker changes nothing.
    """

    workers: pools.Size
    osd_devices: Sequence[str]
    external_ports: Sequence[str]
    expected_osd_count: int
    control: pools.Size = 3
    ceph_replication_count: int | None = None

    @property
    def sizes(self) -> Mapping[str, pools.Size]:
        """Sizes of the machine pools."""
        return {"control": self.control, "workers": self.workers}

    @property
    def substitutions(self) -> Mapping[str, str]:
        """Values of the bundle's placeholders."""
        count = self.workers if isinstance(self.workers, int) else len(self.workers)
        return {
            "osd-devices": " ".join(dict.fromkeys(self.osd_devices)),
            "data-ports": " ".join(f"br-ex:{port}" for port in dict.fromkeys(self.external_ports)),
            "expected-osd-count": str(self.expected_osd_count),
            "ceph-replication-count": str(self.ceph_replication_count or min(2, count)),
            "worker-count": str(count),
        }


def for_site(
    path: str | Path,
    site: Site,
    overlays: Sequence[str | Path] = (),
    *,
    overrides: reading.Overrides | None = None,
    substitutions: Mapping[str, str] | None = None,
    adjustments: adjusting.Adjustments | None = None,
) -> model.Bundle:
    """Reads a bundle at the size of a site; see `load` for the rest.

    Args:
        path: the bundle; one without machine pools or placeholders, such as upstream's, is taken as it is.
        site: sizes and values.
        overlays: overlay files.
        overrides: options that the site sets last.
        substitutions: further values, for placeholders of overlays.
        adjustments: channels, units and the release that the site sets last.

    Raises:
        BundleErrors: with everything that is wrong.
    """
    values = {**site.substitutions, **(substitutions or {})}
    return reading.load(path, overlays, overrides=overrides, substitutions=values, sizes=site.sizes, adjustments=adjustments)
