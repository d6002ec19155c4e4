"""What makes a settled model a cloud: who waits for whom, what is a secret, what is done for which switch."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import pytest

import bundle
import config
from components import operations, upgrades
from components.plan import make

ROOT = pathlib.Path(__file__).parents[3]

Seen = dict[tuple[str, str], dict[str, Any]]
Record = Callable[[dict[str, Any]], Seen]

pytestmark = pytest.mark.xdist_group("components")


@pytest.fixture
def seen(record: Record, site: dict[str, Any]) -> Seen:
    return record(site)


def test_the_external_network_has_the_site_s_addresses(seen: Seen) -> None:
    network, subnet = seen["openstack:Network", "ext_net"], seen["openstack:Subnet", "ext_subnet"]
    assert (network["external"], network["network_type"], network["physical_network"]) == (True, "flat", "physnet1")
    assert (subnet["cidr"], subnet["gateway_ip"], subnet["enable_dhcp"]) == ("203.0.113.0/24", "203.0.113.1", False)
    assert subnet["allocation_pools"] == [{"start": "203.0.113.100", "end": "203.0.113.199"}]


def test_sizes_are_in_nova_s_units(seen: Seen) -> None:
    flavor, quota = seen["openstack:Flavor", "m1.small"], seen["openstack:Quota", "clients"]
    assert (flavor["vcpus"], flavor["ram"], flavor["disk"]) == (1, 2048, 20)
    assert (quota["cores"], quota["ram"]) == (40, 80 * 1024)
    assert "key_pairs" not in quota


def test_a_role_of_keystone_s_is_taken_as_it_is(seen: Seen) -> None:
    assert seen["openstack:Role", "member"]["name"] == "member"
    assert seen["openstack:RoleAssignment", "client-member"]["project"] == "id-of-clients"


def test_every_worker_computes_and_stores(seen: Seen) -> None:
    assert seen["openstack:ComputeHost", "worker-2"]["unit"] == "id-of-nova-compute/worker-2"
    assert seen["openstack:OsdHost", "worker-2"]["devices"] == ["/dev/sdb", "/dev/sdc"]
    assert seen["openstack:OsdHost", "worker-2"]["copies"] == 2


def test_nothing_is_in_a_cloud_that_nobody_opens(record: Record, site: dict[str, Any]) -> None:
    for key in ("day_one", "smoke_test"):
        del site["openstack"][key]
    site["openstack"]["vault"] = {"manage": False}
    assert not [kind for kind, _ in record(site) if kind.startswith("openstack:") and kind != "openstack:Release"]


def test_a_word_rotates_the_password(record: Record, site: dict[str, Any]) -> None:
    site["openstack"]["rotations"] = {"admin_password": "2026-12"}
    seen = record(site)
    action = seen["juju:Action", "rotate-admin-password"]
    assert (action["unit"], action["triggers"]) == ("keystone/leader", "2026-12")
    assert seen["openstack:CloudAccess", "dev"]["triggers"] == ["id-of-rotate-admin-password"]


def test_a_switch_brings_overlay_action_and_check(record: Record, site: dict[str, Any]) -> None:
    site["openstack"]["services"] = {"heat": True}
    seen = record(site)
    assert ("juju:Application", "heat") in seen
    assert seen["juju:Action", "heat-domain-setup"]["unit"] == "heat/leader"
    assert ("openstack:ServiceCheck", "orchestration") in seen


def test_every_overlay_of_a_switch_is_there() -> None:
    for service in config.SERVICES.values():
        assert (ROOT / "bundles/overlays" / service.overlay).is_file()


def plan_of(site: dict[str, Any]) -> bundle.Plan:
    return make(site, ROOT).plan


def test_applications_change_in_the_guide_s_order(site: dict[str, Any]) -> None:
    plan = plan_of(site)
    names = [app.name for app in upgrades.in_order(plan)]
    assert sorted(names) == sorted(app.name for app in plan.applications)
    guided = ["mysql-innodb-cluster", "ceph-mon", "keystone", "ceph-radosgw", "cinder", "glance", "neutron-api", "ovn-central"]
    guided += ["placement", "nova-cloud-controller", "nova-compute", "openstack-dashboard", "ceph-osd", "cinder-ceph"]
    places = [names.index(name) for name in guided]
    assert places == sorted(places)


def test_the_digest_follows_settings_and_tells_none(site: dict[str, Any]) -> None:
    before = upgrades.digest(plan_of(site))
    site["openstack"]["options"] = {"keystone": {"admin-password": "s3cret"}}
    after = upgrades.digest(plan_of(site))
    assert before != after
    assert "s3cret" not in after


def test_seats_are_on_the_metal_only(site: dict[str, Any]) -> None:
    made = make(site, ROOT)
    seats = operations.seats(made.plan, made.placement.hosts)
    assert {charm: [seat.hostname for seat in found] for charm, found in seats.items()} == {
        "nova-compute": ["worker-1", "worker-2"],
        "ceph-osd": ["worker-1", "worker-2"],
    }
