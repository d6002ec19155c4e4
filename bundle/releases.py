"""Which OpenStack releases Ubuntu's Cloud Archive has for which Ubuntu; charms refuse all others in their install hook."""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import bases, catalogue, model, problems

RELEASES: Mapping[str, tuple[str, ...]] = {
    "18.04": ("queens", "rocky", "stein", "train", "ussuri"),
    "20.04": ("ussuri", "victoria", "wallaby", "xena", "yoga"),
    "22.04": ("yoga", "zed", "antelope", "bobcat", "caracal"),
    "24.04": ("caracal", "dalmatian", "epoxy", "flamingo", "gazpacho"),
}
"""By Ubuntu version; the first is Ubuntu's own, the others come from the Cloud Archive."""

TRACKS: Mapping[str, Mapping[str, str]] = {
    "ussuri": {"openstack": "ussuri", "ceph": "octopus", "ovn": "20.03"},
    "victoria": {"openstack": "victoria", "ceph": "octopus", "ovn": "20.12"},
    "wallaby": {"openstack": "wallaby", "ceph": "pacific", "ovn": "20.12"},
    "xena": {"openstack": "xena", "ceph": "pacific", "ovn": "21.09"},
    "yoga": {"openstack": "yoga", "ceph": "quincy", "ovn": "22.03"},
    "zed": {"openstack": "zed", "ceph": "quincy", "ovn": "22.09"},
    "antelope": {"openstack": "2023.1", "ceph": "quincy", "ovn": "23.03"},
    "bobcat": {"openstack": "2023.2", "ceph": "reef", "ovn": "23.09"},
    "caracal": {"openstack": "2024.1", "ceph": "squid", "ovn": "24.03"},
}
"""The charms' tracks for each release, by the family of the charm; in the releases' order. 2024.1 is the charms' last."""

_KNOWN = frozenset(release for releases in RELEASES.values() for release in releases)
OPTIONS = ("openstack-origin", "source")
"""The charms' options that say where packages come from."""
_CLOUD = re.compile(r"^(?:cloud:)?(?:(?P<series>[a-z]+)-)?(?P<release>[a-z]+)(?:/[a-z]+)?$")


def check(application: model.Application, charm: catalogue.Charm | None, report: problems.Report) -> None:
    """Checks an application's release, or the charm's default for it, against its base.

    Args:
        application: the application.
        charm: facts that hold for the application's channel; None leaves defaults unchecked.
        report: takes the errors and warnings.
    """
    version = (application.base or "").partition("@")[2].partition("/")[0]
    if version not in RELEASES:
        return
    for option in OPTIONS:
        if option in application.options:
            _given(application, option, version, report)
        elif charm is not None and option in charm.options:
            _default(application, option, str(charm.options[option].default), version, report)


def _given(application: model.Application, option: str, version: str, report: problems.Report) -> None:
    value = str(application.options[option])
    found = _CLOUD.match(value)
    if not found or found["release"] not in _KNOWN:
        return
    foreign = found["series"] and bases.SERIES.get(found["series"], version) != version
    if foreign or found["release"] not in RELEASES[version]:
        report.error(
            application.where("options", option),
            f'application "{application.name}" takes {option} "{value}", which Ubuntu {version} does not have: its install '
            f"hook would fail; use one of {', '.join(RELEASES[version])}",
        )


def _default(application: model.Application, option: str, default: str, version: str, report: problems.Report) -> None:
    if default in _KNOWN and default not in RELEASES[version]:
        report.warn(
            application.place,
            f'application "{application.name}" sets no {option}, and the charm\'s default "{default}" is not made for Ubuntu '
            f"{version}; set {option}",
        )
