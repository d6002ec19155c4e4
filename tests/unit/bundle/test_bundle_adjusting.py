from __future__ import annotations

import pathlib
from typing import Any

import pytest

import bundle

ROOT = pathlib.Path(__file__).parents[3]


JAMMY = ROOT / "bundles/bases/jammy.yaml"


def read(*overlays: pathlib.Path, **adjustments: Any) -> bundle.Plan:
    site = bundle.Site(
        workers=["worker-1", "worker-2"],
        control=["control-1", "control-2", "control-3"],
        osd_devices=["/dev/sdb"],
        external_ports=["eno2"],
        expected_osd_count=2,
    )
    adjusted = bundle.Adjustments(**adjustments)
    found = bundle.for_site(ROOT / "bundles/openstack-base.yaml", site, overlays, adjustments=adjusted)
    return bundle.expand(found, bundle.Catalogue.builtin())


def applications(plan: bundle.Plan) -> dict[str, bundle.ApplicationPlan]:
    return {app.name: app for app in plan.applications}


def test_the_release_moves_what_follows_it() -> None:
    apps = applications(read(JAMMY, release="bobcat"))
    assert (apps["keystone"].channel, apps["keystone"].options["openstack-origin"]) == ("2023.2/stable", "bobcat")
    assert (apps["ceph-osd"].channel, apps["ceph-osd"].options["source"]) == ("reef/stable", "bobcat")
    assert apps["ovn-chassis"].channel == "23.09/stable"
    assert apps["vault"].channel == "1.8/stable"
    assert apps["mysql-innodb-cluster"].channel == "8.0/stable"


def test_the_bundle_s_own_release_moves_nothing() -> None:
    assert read(release="caracal") == read()


def test_a_channel_is_the_site_s_last_word() -> None:
    apps = applications(read(JAMMY, release="bobcat", channels={"keystone": "2024.1/candidate"}))
    assert apps["keystone"].channel == "2024.1/candidate"


def test_a_further_unit_moves_no_other() -> None:
    before, after = read(), read(units={"glance": 2})
    assert {c.key for c in after.containers} - {c.key for c in before.containers} == {
        key for key in (c.key for c in after.containers) if key.endswith("/lxd/glance-1")
    }
    assert {u.key for u in after.units} - {u.key for u in before.units} == {"glance/1"}
    assert set(before.units) <= set(after.units)


def test_units_are_spread_over_the_control_machines() -> None:
    hosts = [c.host for c in read(units={"keystone": 3}).containers if "/keystone-" in c.key]
    assert sorted(hosts) == ["control-1", "control-2", "control-3"]


def test_fewer_units_keep_the_first() -> None:
    plan = read(units={"ceph-mon": 1})
    assert [u.key for u in plan.units if u.application == "ceph-mon"] == ["ceph-mon/0"]


@pytest.mark.parametrize(
    ("adjustments", "says"),
    [
        ({"release": "carcal"}, 'did you mean "caracal"?'),
        ({"channels": {"keystoen": "2024.1/stable"}}, 'did you mean "keystone"?'),
        ({"units": {"glanec": 2}}, 'did you mean "glance"?'),
        ({"units": {"cinder-ceph": 2}}, "which is a subordinate"),
        ({"units": {"nova-compute": 3}}, "add or remove a worker instead"),
    ],
)
def test_what_can_t_be_adjusted_is_refused(adjustments: dict[str, Any], says: str) -> None:
    with pytest.raises(bundle.BundleErrors) as caught:
        read(**adjustments)
    assert says in str(caught.value)
