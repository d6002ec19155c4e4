"""Our own bundle: its numbers, its size at every site, its overlays."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bundle
from bundle import difference

FACTS = bundle.Catalogue.builtin()
OCTAVIA = (
    "issuing-cacert",
    "issuing-ca-private-key",
    "issuing-ca-key-passphrase",
    "controller-cacert",
    "controller-cert",
)
OVERLAY_VALUES = {
    "dns-nameservers": "ns1.example.org.",
    "dns-forwarders": "192.0.2.1",
    "dns-domain": "example.org.",
    **{f"octavia-{name}": "x" for name in OCTAVIA},
}
NEEDS = {"octavia": ["image-sync"], "magnum": ["heat", "image-sync", "octavia", "barbican"]}
OVERLAYS = [
    "barbican",
    "ceph-dashboard",
    "designate",
    "heat",
    "image-sync",
    "magnum",
    "manila",
    "octavia",
    "spread-quorum",
    "telemetry",
]


def site(**changes) -> bundle.Site:
    values = {"workers": 2, "osd_devices": ["/dev/sdb"], "external_ports": ["eno2"], "expected_osd_count": 2, **changes}
    return bundle.Site(**values)


@pytest.fixture
def made(bundles: Path) -> bundle.Plan:
    found = bundle.for_site(bundles / "openstack-base.yaml", site())
    assert found.warnings == ()
    assert bundle.validate(found, FACTS, spaces=["management"]) == []
    return bundle.expand(found, FACTS)


def test_the_numbers(made: bundle.Plan) -> None:
    assert len(made.applications) == 26
    assert sum(app.subordinate for app in made.applications) == 11
    assert len(made.integrations) == 58
    assert sum(i.scope == "container" for i in made.integrations) == 11
    assert [m.key for m in made.machines] == ["0", "1", "2", "3", "4"]
    assert len(made.containers) == 19
    assert len(made.units) == 23
    assert len(made.expected_units()) - len(made.units) == 12


def test_control_services_are_in_containers_and_workers_work_on_the_metal(made: bundle.Plan) -> None:
    on_metal = {(u.application, u.machine) for u in made.units if u.machine in {m.key for m in made.machines}}
    assert on_metal == {("nova-compute", "3"), ("nova-compute", "4"), ("ceph-osd", "3"), ("ceph-osd", "4")}
    assert Counter(c.host for c in made.containers) == {"0": 7, "1": 5, "2": 5, "3": 1, "4": 1}
    assert {c.host for c in made.containers if "ceph-mon" in c.key} == {"0", "3", "4"}
    for quorum in ("mysql-innodb-cluster", "ovn-central"):
        assert {c.host for c in made.containers if quorum in c.key} == {"0", "1", "2"}


def test_machines_are_chosen_by_tag(made: bundle.Plan) -> None:
    assert [m.constraints for m in made.machines] == [{"tags": ("openstack-control",)}] * 3 + [
        {"tags": ("openstack-worker",)}
    ] * 2
    assert {m.base for m in made.machines} == {"ubuntu@24.04/stable"}


def test_everything_is_bound_to_management(made: bundle.Plan) -> None:
    assert all(app.bindings == {"": "management"} for app in made.applications)


def test_releases_are_explicit(made: bundle.Plan) -> None:
    for app in made.applications:
        charm = FACTS.get(app.charm)
        assert charm is not None
        if app.charm.startswith(("mysql", "rabbitmq", "vault", "ovn-chassis")):
            continue
        for option in {"openstack-origin", "source"} & set(charm.options):
            assert app.options[option] == "caracal", app.name


def test_words_that_look_like_nothing_stay_words(made: bundle.Plan) -> None:
    cinder = next(app for app in made.applications if app.name == "cinder")
    assert cinder.options["block-device"] == "None"


def test_the_site_fills_in_its_values(bundles: Path) -> None:
    values = site(
        workers=["w1", "w2"],
        osd_devices=["/dev/sdb", "/dev/sdc", "/dev/sdb"],
        external_ports=["52:54:00:00:00:01", "52:54:00:00:00:02"],
        expected_osd_count=4,
    )
    plan = bundle.expand(bundle.for_site(bundles / "openstack-base.yaml", values), FACTS)
    options = {app.name: app.options for app in plan.applications}
    assert options["ceph-osd"]["osd-devices"] == "/dev/sdb /dev/sdc"
    assert options["ceph-mon"]["expected-osd-count"] == 4
    assert options["ovn-chassis"]["bridge-interface-mappings"] == "br-ex:52:54:00:00:00:01 br-ex:52:54:00:00:00:02"
    assert {
        options[name]["ceph-osd-replication-count"] for name in ("glance", "cinder-ceph", "nova-compute", "ceph-radosgw")
    } == {2}


def test_without_a_site_every_missing_value_is_named(bundles: Path) -> None:
    with pytest.raises(bundle.BundleErrors) as caught:
        bundle.load(bundles / "openstack-base.yaml")
    for name in ("osd-devices", "data-ports", "expected-osd-count", "ceph-replication-count"):
        assert f"${{{name}}}" in str(caught.value)


@pytest.mark.parametrize(("workers", "copies"), [(1, 1), (2, 2), (3, 2), (300, 2)])
def test_copies_when_the_site_does_not_say(workers: int, copies: int) -> None:
    assert site(workers=workers).substitutions["ceph-replication-count"] == str(copies)


def test_copies_that_the_site_says(bundles: Path) -> None:
    found = bundle.for_site(bundles / "openstack-base.yaml", site(workers=3, ceph_replication_count=3))
    assert bundle.validate(found, FACTS) == []


def test_more_osds_than_there_can_be_are_refused(bundles: Path) -> None:
    found = bundle.for_site(bundles / "openstack-base.yaml", site(expected_osd_count=3))
    assert "set expected-osd-count: 2 or less" in bundle.validate(found, FACTS)[0].message


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(workers=st.integers(2, 30), control=st.integers(1, 5), named=st.booleans())
def test_one_more_worker_is_a_machine_a_unit_and_an_osd_unit(bundles: Path, workers: int, control: int, named: bool) -> None:
    def at(count: int) -> bundle.Plan:
        names = [f"worker-{index}" for index in range(count)]
        values = site(workers=names if named else count, control=control)
        return bundle.expand(bundle.for_site(bundles / "openstack-base.yaml", values), FACTS)

    changes = difference.diff(at(workers), at(workers + 1))
    machine = f"worker-{workers}" if named else str(workers + 3)
    unit = machine if named else str(workers)
    assert sorted((c.verb, c.kind, c.key) for c in changes) == [
        ("add", "machine", machine),
        ("add", "unit", f"ceph-osd/{unit}"),
        ("add", "unit", f"nova-compute/{unit}"),
    ]


@pytest.mark.parametrize(("workers", "control"), [(1, 1), (1, 3), (2, 1), (3, 3), (50, 5)])
def test_sites_of_other_sizes(bundles: Path, workers: int, control: int) -> None:
    found = bundle.for_site(
        bundles / "openstack-base.yaml", site(workers=workers, control=control, expected_osd_count=1, ceph_replication_count=1)
    )
    plan = bundle.expand(found, FACTS)
    assert Counter(m.pool for m in plan.machines) == {"workers": workers, "control": control}
    assert plan.unit_counts()["nova-compute"] == plan.unit_counts()["ceph-osd"] == plan.unit_counts()["ovn-chassis"] == workers
    assert plan.unit_counts()["ceph-mon"] == plan.unit_counts()["ovn-central"] == 3


def test_there_is_a_test_for_every_overlay(bundles: Path) -> None:
    assert sorted(path.stem for path in (bundles / "overlays").iterdir()) == OVERLAYS


@pytest.mark.parametrize("name", OVERLAYS)
def test_overlays(bundles: Path, made: bundle.Plan, name: str) -> None:
    files = [bundles / "overlays" / f"{each}.yaml" for each in (*NEEDS.get(name, ()), name)]
    found = bundle.for_site(bundles / "openstack-base.yaml", site(), files, substitutions=OVERLAY_VALUES)
    assert [*found.warnings, *bundle.validate(found, FACTS, spaces=["management"])] == []
    plan = bundle.expand(found, FACTS)
    assert all(app.bindings == {"": "management"} for app in plan.applications)
    assert len(plan.machines) == 5
    kept = {unit.key for unit in made.units}
    assert kept <= {unit.key for unit in plan.units}
    new = [app for app in plan.applications if app.name not in {each.name for each in made.applications}]
    counts = plan.unit_counts()
    assert new or name == "spread-quorum"
    assert all(counts[app.name] for app in new)


def test_all_overlays_together(bundles: Path) -> None:
    files = sorted((bundles / "overlays").iterdir())
    found = bundle.for_site(bundles / "openstack-base.yaml", site(), files, substitutions=OVERLAY_VALUES)
    assert [*found.warnings, *bundle.validate(found, FACTS)] == []


def test_an_overlay_that_needs_another_says_so(bundles: Path) -> None:
    with pytest.raises(bundle.BundleErrors, match=r'"glance-simplestreams-sync" not defined.*add the overlay'):
        bundle.for_site(
            bundles / "openstack-base.yaml", site(), [bundles / "overlays/octavia.yaml"], substitutions=OVERLAY_VALUES
        )


def test_options_of_the_site_reach_the_plan(bundles: Path, made: bundle.Plan) -> None:
    changed = bundle.for_site(
        bundles / "openstack-base.yaml", site(), overrides={"nova-compute": {"cpu-mode": "host-model", "enable-resize": None}}
    )
    changes = bundle.diff(made, bundle.expand(changed, FACTS))
    assert [(c.verb, c.kind, c.key) for c in changes] == [("change", "application", "nova-compute")]
    assert changes[0].fields == {"options.cpu-mode": (None, "host-model"), "options.enable-resize": (True, None)}
