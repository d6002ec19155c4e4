"""Channels of older bundles: named by nobody, taken for the Ubuntu and the release; and Ubuntus that Juju has left."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

import bundle

Load = Callable[..., bundle.Bundle]
Problems = Callable[..., Sequence[bundle.Problem]]

CLOUD = """
series: focal
applications:
  keystone: {charm: 'cs:keystone-300', num_units: 0, options: {openstack-origin: 'cloud:focal-wallaby'}}
  nova-compute:
    {charm: 'cs:~openstack-charmers-next/nova-compute', num_units: 0, options: {openstack-origin: 'cloud:focal-updates/wallaby'}}
  mon: {charm: 'cs:ceph-mon', num_units: 0, options: {source: 'cloud:focal-wallaby/proposed'}}
  ovn: {charm: ovn-central, num_units: 0}
  router: {charm: mysql-router}
  vault: {charm: vault, num_units: 0, channel: 1.6/candidate}
  thing: {charm: nobody-knows-it, num_units: 0}
  rabbitmq-server: {charm: 'cs:rabbitmq-server-117', num_units: 0, channel: candidate}
  edge: {charm: glance, num_units: 0, channel: edge}
"""


def channels(found: bundle.Bundle) -> dict[str, str | None]:
    return {name: application.channel for name, application in found.applications.items()}


def test_those_of_the_release_are_taken_where_none_is_named(load: Load) -> None:
    found = load(CLOUD)
    assert channels(found) == {
        "keystone": "wallaby/stable",
        "nova-compute": "wallaby/stable",
        "mon": "pacific/stable",
        "ovn": "22.03/stable",
        "router": "8.0/stable",
        "vault": "1.6/candidate",
        "thing": None,
        "rabbitmq-server": "3.8/candidate",
        "edge": "latest/edge",
    }
    told = [p for p in found.warnings if "no track is named" in p.message]
    assert [p.line for p in told] == [4]
    assert "left Ubuntu 20.04" in told[0].message
    assert "keystone: wallaby/stable, nova-compute: wallaby/stable, mon: pacific/stable" in told[0].message
    assert "thing" not in told[0].message


@pytest.mark.parametrize(
    ("series", "origin", "keystone", "mon"),
    [
        ("bionic", "cloud:bionic-train", "train/stable", "nautilus/stable"),
        ("bionic", "distro", "queens/stable", "luminous/stable"),
        ("focal", "distro", "ussuri/stable", "octopus/stable"),
        ("focal", "cloud:focal-yoga", "yoga/stable", "quincy/stable"),
        # a release of another Ubuntu says nothing here; what it says wrong is said elsewhere
        ("focal", "snap", "ussuri/stable", "octopus/stable"),
    ],
)
def test_the_release_follows_the_packages_else_the_ubuntu(load: Load, series: str, origin: str, keystone: str, mon: str) -> None:
    text = CLOUD.replace("focal\n", f"{series}\n").replace("cloud:focal-wallaby/proposed", "distro")
    text = text.replace("cloud:focal-updates/wallaby", origin).replace("cloud:focal-wallaby", origin)
    found = channels(load(text))
    assert (found["keystone"], found["mon"]) == (keystone, mon)


@pytest.mark.parametrize(("channel", "key"), [("zed/stable", "c:identity-service k:identity-service"), ("2023.1/edge", None)])
def test_an_older_track_has_no_endpoints_of_later_ones(problems: Problems, load: Load, channel: str, key: str | None) -> None:
    text = f"""
        applications:
          k: {{charm: keystone, num_units: 0, channel: {channel}}}
          c: {{charm: cinder, num_units: 0, channel: {channel}}}
        relations: [[k, c]]
    """
    ambiguous = [p for p in problems(text) if "ambiguous relation" in p.message]
    assert bool(ambiguous) == (key is None)
    if key:
        assert [i.key for i in bundle.expand(load(text), bundle.Catalogue.builtin()).integrations] == [key]


@pytest.mark.parametrize("series", ["jammy", "noble"])
def test_a_recent_ubuntu_has_the_charms_own_default(load: Load, series: str) -> None:
    found = load(CLOUD.replace("focal", series).replace("wallaby", "caracal"))
    assert set(channels(found).values()) == {None, "1.6/candidate", "latest/candidate", "latest/edge"}


@pytest.mark.parametrize("series", ["trusty", "xenial", "eoan", "hirsute", "kinetic"])
def test_an_ubuntu_that_juju_has_left_is_refused_once(problems: Problems, series: str) -> None:
    found = [p for p in problems(CLOUD.replace("series: focal", f"series: {series}")) if p.severity == "error"]
    assert [(p.line, "which Juju 3.6 has left behind; write default-base" in p.message) for p in found] == [(2, True)]


def test_bionic_goes_in_with_a_warning(problems: Problems) -> None:
    found = problems("applications: {k: {charm: keystone, num_units: 0, base: ubuntu@18.04}}")
    assert [p.message for p in found if "deprecated" in p.message] == [
        'application "k" asks for Ubuntu 18.04, which Juju 3.6 calls deprecated and later ones refuse; move on to 20.04 or later'
    ]


def test_the_series_of_an_old_url_is_the_applications_when_it_has_none(load: Load, problems: Problems) -> None:
    text = "series: jammy\napplications:\n  k: {charm: 'cs:focal/keystone-3', num_units: 0}\n"
    assert load(text).applications["k"].base == "ubuntu@20.04/stable"
    assert load(text.replace("num_units", "series: jammy, num_units")).applications["k"].base == "ubuntu@22.04/stable"
    found = [p for p in problems(text.replace("focal", "trusty")) if p.severity == "error"]
    assert [(p.line, 'the charm\'s URL of application "k" asks for Ubuntu 14.04' in p.message) for p in found] == [(3, True)]
