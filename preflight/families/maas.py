"""MAAS itself: its version, the key, its racks and images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import config
from clients import maas

from ..checks import Check
from ..outcome import Finding, failed, ok, warning
from ..region import Region

NEWEST: Final = (3, 7)
"""The last release that has been tried."""

_SERIES = {"18.04": "bionic", "20.04": "focal", "22.04": "jammy", "24.04": "noble", "26.04": "resolute"}
_DOWN = frozenset({"dead", "off"})


def version(region: Region) -> Iterator[Finding]:
    """A release that has been tried; what is too old, or doesn't know the key, is not read at all."""
    text = ".".join(map(str, region.version))
    if region.version > NEWEST:
        newest = ".".join(map(str, NEWEST))
        yield warning(
            region.url, f"it is MAAS {text}, and this program was tried up to {newest}", "rehearse it first, or upgrade later"
        )
    yield ok(region.url, f"MAAS {text}, as {region.user}")


def racks(region: Region) -> Iterator[Finding]:
    """Somebody serves DHCP and images, and speaks to the BMCs."""
    if not region.racks:
        yield failed(region.url, "no rack controller is registered", "register one: `sudo maas init rack` on the controller")
    down = {rack.hostname: names for rack in region.racks if (names := _down(rack))}
    for hostname, names in down.items():
        said = f"the rack controller's {', '.join(names)} is not running"
        mend = f"start it on {hostname}: `sudo snap restart maas`, or `systemctl restart maas-rackd`"
        yield failed(hostname, said, mend) if len(down) == len(region.racks) else warning(hostname, f"{said}; others are", mend)
    if region.racks:
        yield ok("", f"rack controllers: {', '.join(rack.hostname for rack in region.racks)}")


def _down(rack: maas.Rack) -> list[str]:
    return sorted(name for name in ("rackd", "http", "tftp") if rack.services.get(name) in _DOWN)


def images(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """What machines commission with and what Juju installs, for every architecture of the site."""
    here = {(image.name, image.architecture.partition("/")[0]) for image in region.images}
    arches = sorted({worker.architecture.partition("/")[0] for worker in site.workers} | {"amd64"})
    wanted = {series_of(site.openstack.base): "openstack.base", region.commissioning: "the region's commissioning series"}
    missing = 0
    for series, why in wanted.items():
        for arch in arches:
            if series and (f"ubuntu/{series}", arch) not in here:
                missing += 1
                mend = f"select it on MAAS's page Images (or `maas admin boot-source-selections create`) for {arch} and import"
                yield failed(why, f"MAAS has no image ubuntu/{series} for {arch}", mend)
    if not missing:
        yield ok("", f"ubuntu/{', ubuntu/'.join(sorted(filter(None, wanted)))} for {', '.join(arches)}")


def series_of(base: str) -> str:
    """The series of a base: `ubuntu@24.04/stable` is noble; a release that has no name here stands for itself."""
    release = base.partition("@")[2].partition("/")[0]
    return _SERIES.get(release, release)


CHECKS = (
    Check(
        name="maas",
        title="MAAS answers, is of a known release, and the key is an administrator's",
        needs=("region",),
        judge=version,
        owns=("maas_page", "maas_client", "region"),
        hint="see that MAAS runs there and that maas:apiUrl is its URL",
    ),
    Check(name="maas-racks", title="rack controllers are there and run", needs=("region",), judge=racks),
    Check(name="maas-images", title="images are imported for base and architectures", needs=("site", "region"), judge=images),
)
