"""The channel of an application that names none, for an Ubuntu that its charm's default channel has left.

The closed charm store had one charm for all Ubuntus, so older bundles name no channels; on Charmhub a charm for Ubuntu 20.04 is
in the track of an older release. Taken is what upstream recommends for the Ubuntu and the OpenStack release of the bundle.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping

from . import model, problems, releases

_OPENSTACK = re.compile(
    r"^(?:aodh|barbican|ceilometer|cinder|designate|glance|gnocchi|heat|ironic|keystone|magnum|manila|masakari|neutron|nova|octavia"
    r"|openstack-dashboard|placement|swift)(?:-|$)"
)
_CEPH = re.compile(r"^ceph-(?:dashboard|fs|iscsi|mon|nfs|osd|proxy|radosgw|rbd-mirror)$")
_MYSQL = {"mysql-innodb-cluster": "8.0", "mysql-router": "8.0"}
_OVN = ("ovn-central", "ovn-chassis", "ovn-dedicated-chassis")

_BY_UBUNTU: Mapping[str, Mapping[str, str]] = {
    "18.04": {
        "hacluster": "1.1.18",
        "pacemaker-remote": "bionic",
        "percona-cluster": "5.7",
        "rabbitmq-server": "3.6",
        "vault": "1.5",
        **dict.fromkeys(_OVN, "20.03"),
        **_MYSQL,
    },
    "20.04": {
        "hacluster": "2.0.3",
        "pacemaker-remote": "focal",
        "rabbitmq-server": "3.8",
        "vault": "1.7",
        **dict.fromkeys(_OVN, "22.03"),
        **_MYSQL,
    },
}
"""Tracks of what does not follow OpenStack's releases, as upstream's page on charm delivery recommends them."""

_CEPH_ON_BIONIC = {"queens": "luminous", "rocky": "mimic", "stein": "mimic", "train": "nautilus", "ussuri": "nautilus"}


_ORDER = tuple(dict.fromkeys([*_CEPH_ON_BIONIC, *(tracks["openstack"] for tracks in releases.TRACKS.values())]))
"""OpenStack's tracks, the oldest first."""

_SINCE = {"cinder": {"identity-credentials": "2023.1"}, "cinder-ceph": {"ceph-replication-device": "wallaby"}}
"""Endpoints that older tracks of a charm lack, where they would make a relation of an older bundle ambiguous."""


def lacks(charm: str, channel: str | None) -> frozenset[str]:
    """Returns the endpoints that a charm has got later than this channel's track."""
    track = (channel or "").partition("/")[0]
    if track not in _ORDER:
        return frozenset()
    later = _ORDER[_ORDER.index(track) + 1 :]
    return frozenset(endpoint for endpoint, since in _SINCE.get(charm, {}).items() if since in later)


def choose(applications: Mapping[str, model.Application], report: problems.Report) -> dict[str, model.Application]:
    """Returns the applications, those without a channel on an older Ubuntu with the one that is right there.

    Args:
        applications: as read, by name.
        report: takes one warning for all.
    """
    silent = {app.name: app for app in applications.values() if _trackless(app)}
    risks = {name: (app.channel or "latest/stable").removeprefix("latest/") for name, app in silent.items()}
    chosen = {name: f"{track}/{risks[name]}" for name, app in silent.items() if (track := _track(app, applications))}
    if chosen:
        first = applications[next(iter(chosen))]
        shown = ", ".join(f"{name}: {channel}" for name, channel in chosen.items())
        report.warn(
            first.place,
            f"no track is named where the charms' default ones have left Ubuntu {_ubuntu(first)}; those that upstream "
            f"recommends for it are taken: {shown}; write them to be sure",
        )
    taken = {name: dataclasses.replace(applications[name], channel=channel) for name, channel in chosen.items()}
    return {**applications, **taken}


def _trackless(application: model.Application) -> bool:
    """Tells whether a track is left to be found; the closed store had none, so that a channel of it is a risk alone."""
    channel = application.channel
    return not application.charm.local and (channel is None or (application.charm.legacy and channel.startswith("latest/")))


def _track(application: model.Application, applications: Mapping[str, model.Application]) -> str | None:
    version, charm = _ubuntu(application), application.charm.name
    if version not in _BY_UBUNTU:
        return None
    release = _release(application, version) or _common(applications, version) or releases.RELEASES[version][0]
    if _OPENSTACK.match(charm):
        return release
    if _CEPH.match(charm):
        return _CEPH_ON_BIONIC[release] if version == "18.04" else releases.TRACKS[release]["ceph"]
    return _BY_UBUNTU[version].get(charm)


def _ubuntu(application: model.Application) -> str:
    return (application.base or "").partition("@")[2].partition("/")[0]


def _release(application: model.Application, version: str) -> str | None:
    """Returns the release that the application's packages come from, when it is one of its Ubuntu's."""
    for option in releases.OPTIONS:
        words = re.split(r"[:/-]", str(application.options.get(option, "")))
        for release in releases.RELEASES[version]:
            if release in words:
                return release
    return None


def _common(applications: Mapping[str, model.Application], version: str) -> str | None:
    """Returns the release of most applications on this Ubuntu."""
    named = (_release(each, version) for each in applications.values() if _ubuntu(each) == version)
    counted = Counter(release for release in named if release)
    return counted.most_common(1)[0][0] if counted else None
