"""What each switch of an optional service brings: applications, what is done once they are settled, and how that is checked."""

from __future__ import annotations

import copy
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

import config
from components.plan import make

ROOT = pathlib.Path(__file__).parents[3]

SECRET = "4dabf18193072939515e22adb298388d"
"""The engine's mark of a secret."""

Seen = dict[tuple[str, str], dict[str, Any]]
Record = Callable[[dict[str, Any]], Seen]

pytestmark = pytest.mark.xdist_group("components")

CERTIFICATES = (
    "octavia-issuing-cacert",
    "octavia-issuing-ca-private-key",
    "octavia-issuing-ca-key-passphrase",
    "octavia-controller-cacert",
    "octavia-controller-cert",
)
VALUES = {
    **dict.fromkeys(CERTIFICATES, "Zm9v"),
    "dns-nameservers": "ns1.example.com.",
    "dns-forwarders": "9.9.9.9",
    "dns-domain": "cloud.example.com.",
}

BROUGHT: dict[str, set[str]] = {
    "image_sync": {"glance-simplestreams-sync"},
    "heat": {"heat", "heat-mysql-router"},
    "barbican": {"barbican", "barbican-mysql-router", "barbican-vault"},
    "octavia": {
        "octavia",
        "octavia-mysql-router",
        "octavia-ovn-chassis",
        "octavia-dashboard",
        "octavia-diskimage-retrofit",
    },
    "designate": {"designate", "designate-mysql-router", "designate-bind", "memcached"},
    "telemetry": {
        "ceilometer",
        "ceilometer-agent",
        "gnocchi",
        "gnocchi-mysql-router",
        "aodh",
        "aodh-mysql-router",
        "memcached",
    },
    "manila": {"manila", "manila-mysql-router", "manila-ganesha", "manila-ganesha-mysql-router", "ceph-fs"},
    "magnum": {"magnum", "magnum-mysql-router", "magnum-dashboard"},
    "ceph_dashboard": {"ceph-dashboard"},
}

DONE: dict[str, dict[tuple[str, str], dict[str, Any]]] = {
    "image_sync": {
        ("openstack:CharmImage", "synced-image"): {
            "application": "glance-simplestreams-sync",
            "action": "sync-images",
            "prefix": "auto-sync/",
        },
    },
    "heat": {
        ("juju:Action", "heat-domain-setup"): {"unit": "heat/leader", "name": "domain-setup"},
        ("openstack:ServiceCheck", "orchestration"): {"type": "orchestration"},
    },
    "barbican": {("openstack:ServiceCheck", "key-manager"): {"type": "key-manager"}},
    "octavia": {
        ("openstack:CharmImage", "amphora-image"): {
            "application": "octavia-diskimage-retrofit",
            "action": "retrofit-image",
            "tag": "octavia-amphora",
        },
        ("juju:Action", "octavia-configure-resources"): {"unit": "octavia/leader", "name": "configure-resources"},
        ("juju:Settled", "octavia"): {"applications": {"octavia": 1}},
        ("openstack:ServiceCheck", "load-balancer"): {"type": "load-balancer"},
    },
    "designate": {("openstack:ServiceCheck", "dns"): {"type": "dns"}},
    "telemetry": {
        ("juju:Action", "telemetry-ceilometer-upgrade"): {"unit": "ceilometer/leader", "name": "ceilometer-upgrade"},
        ("juju:Settled", "ceilometer"): {"applications": {"ceilometer": 1}},
        ("openstack:ServiceCheck", "metric"): {"type": "metric"},
        ("openstack:ServiceCheck", "alarming"): {"type": "alarming"},
    },
    "manila": {
        ("openstack:ServiceCheck", "sharev2"): {"type": "sharev2"},
        ("openstack:ShareType", "cephfsnfstype"): {
            "name": "cephfsnfstype",
            "extra_specs": {
                "driver_handles_share_servers": "False",
                "snapshot_support": "False",
                "vendor_name": "Ceph",
                "storage_protocol": "NFS",
            },
        },
    },
    "magnum": {
        ("juju:Action", "magnum-domain-setup"): {"unit": "magnum/leader", "name": "domain-setup"},
        ("openstack:ServiceCheck", "container-infra"): {"type": "container-infra"},
    },
    "ceph_dashboard": {
        ("openstack:CephDashboardUser", "ceph-dashboard-admin"): {"username": "admin", "role": "administrator"},
    },
}


def switched(site: dict[str, Any], *switches: str) -> dict[str, Any]:
    changed = copy.deepcopy(site)
    changed["openstack"] |= {"services": dict.fromkeys(switches, True), "values": VALUES}
    return changed


def unsealed(value: Any) -> Any:
    """What a secret is about, any other value as it is."""
    return value["value"] if isinstance(value, dict) and SECRET in value else value


@pytest.fixture
def everything(record: Record, site: dict[str, Any]) -> Seen:
    return record(switched(site, *config.SERVICES))


@pytest.mark.parametrize("switch", config.SERVICES)
def test_a_switch_brings_its_applications(site: dict[str, Any], switch: str) -> None:
    needs = config.SERVICES[switch].needs
    needs = tuple(dict.fromkeys([other for need in needs for other in (*config.SERVICES[need].needs, need)]))
    before = {app.name for app in make(switched(site, *needs), ROOT).plan.applications}
    after = {app.name for app in make(switched(site, *needs, switch), ROOT).plan.applications}
    assert after - before == BROUGHT[switch]


@pytest.mark.parametrize("switch", config.SERVICES)
def test_what_is_done_and_checked_for_a_switch(everything: Seen, switch: str) -> None:
    for key, inputs in DONE[switch].items():
        assert inputs == {name: unsealed(everything[key].get(name)) for name in inputs}, key


def test_there_is_nothing_more_than_that(everything: Seen, record: Record, site: dict[str, Any]) -> None:
    ours = set(everything) - set(record(site))
    kinds = ("juju:Application", "juju:Unit", "juju:Integration", "juju:Machine")
    assert {key for key in ours if key[0] not in kinds} == {key for done in DONE.values() for key in done}


def test_who_waits_for_an_action_may_be_blocked_until_then(everything: Seen, record: Record, site: dict[str, Any]) -> None:
    expected = everything["juju:Settled", "openstack"]["expected_blocked"]
    assert expected == {"octavia": "Awaiting ", "ceilometer": "Run the ceilometer-upgrade action"}
    assert "expected_blocked" not in everything["juju:Settled", "octavia"]
    assert record(site)["juju:Settled", "openstack"]["expected_blocked"] == {}
