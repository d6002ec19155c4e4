"""Upstream's bundle, its overlay and the optional-service templates, with their placeholders filled."""

from __future__ import annotations

from pathlib import Path

import pytest

import bundle
from tests.unit.bundle.templates import PREREQUISITES, REFUSED, fill, mymaas

FACTS = bundle.Catalogue.builtin()
SITE = bundle.Site(workers=2, osd_devices=["/dev/sdb"], external_ports=["eno2"], expected_osd_count=2)


@pytest.fixture
def template(upstream: Path, tmp_path: Path):
    """Writes a filled template and returns its path."""

    def template(name: str) -> Path:
        path = tmp_path / f"{name}.yaml"
        path.write_text(fill((upstream / "optional-service-templates" / f"{name}.yaml").read_text()))
        return path

    return template


def test_upstreams_bundle_says_what_it_needs(upstream: Path) -> None:
    with pytest.raises(bundle.BundleErrors) as caught:
        bundle.load(upstream / "bundle-noble-2024.1.yaml")
    assert [(p.line, '"to-be-set"' in p.message) for p in caught.value.problems] == [(156, True), (351, True)]


def test_upstreams_overlay_says_what_it_needs(upstream: Path) -> None:
    with pytest.raises(bundle.BundleErrors) as caught:
        bundle.load(upstream / "bundle-noble-2024.1.yaml", [upstream / "overlay-mymaas.yaml"])
    assert len(caught.value.problems) == 5
    for name in ("$CONSTRAINTS", "$OVN_DATA_PORT", "$OSD_DEVICES"):
        assert f'"{name}"' in str(caught.value)


def test_upstreams_bundle_with_its_overlay(upstream: Path, tmp_path: Path) -> None:
    (tmp_path / "mymaas.yaml").write_text(mymaas((upstream / "overlay-mymaas.yaml").read_text()))
    found = bundle.load(upstream / "bundle-noble-2024.1.yaml", [tmp_path / "mymaas.yaml"])
    # their defaults are of releases that Ubuntu 24.04 does not have: the bundle relies on newer charms than the catalogue's
    said = [*found.warnings, *bundle.validate(found, FACTS)]
    assert [(p.severity, p.line) for p in said] == [("warning", 303), ("warning", 332)]
    assert all("is not made for Ubuntu 24.04" in p.message for p in said)
    plan = bundle.expand(found, FACTS)
    numbers = (len(plan.machines), len(plan.containers), len(plan.applications), len(plan.integrations), len(plan.units))
    assert numbers == (3, 19, 26, 58, 25)
    assert len(plan.expected_units()) == 25 + 13
    assert {m.constraints["mem"] for m in plan.machines} == {16384}
    assert {m.base for m in plan.machines} == {"ubuntu@24.04/stable"}


def test_a_site_does_not_touch_upstreams_bundle(upstream: Path) -> None:
    overrides = {"ceph-osd": {"osd-devices": "/dev/sdb"}, "ovn-chassis": {"bridge-interface-mappings": "br-ex:eth1"}}
    path = upstream / "bundle-noble-2024.1.yaml"
    assert bundle.for_site(path, SITE, overrides=overrides) == bundle.load(path, overrides=overrides)


def test_our_bundle_relates_what_upstreams_does(upstream: Path, bundles: Path) -> None:
    overrides = {"ceph-osd": {"osd-devices": "/dev/sdb"}, "ovn-chassis": {"bridge-interface-mappings": "br-ex:eth1"}}
    theirs = bundle.expand(bundle.load(upstream / "bundle-noble-2024.1.yaml", overrides=overrides), FACTS)
    ours = bundle.expand(bundle.for_site(bundles / "openstack-base.yaml", SITE), FACTS)
    assert {i.key for i in ours.integrations} == {i.key for i in theirs.integrations}
    assert {(a.name, a.charm, a.channel) for a in ours.applications} == {
        (a.name, a.charm, a.channel) for a in theirs.applications
    }


def test_the_draft_layout_places_units_as_our_bundle_does(upstream: Path, bundles: Path, tmp_path: Path) -> None:
    text = (upstream / "bundle-3node-2024.1-draft.yaml").read_text()
    (tmp_path / "draft.yaml").write_text(text.replace("<OSD_DEVICES>", "/dev/sdb /dev/sdc").replace("<EXT_NIC_OR_MACS>", "eth1"))
    draft = bundle.expand(bundle.load(tmp_path / "draft.yaml"), FACTS)
    ours = bundle.expand(bundle.for_site(bundles / "openstack-base.yaml", SITE), FACTS)
    assert set(draft.units) == set(ours.units)
    assert set(draft.integrations) == set(ours.integrations)


def test_there_are_49_templates(upstream: Path) -> None:
    names = {path.stem for path in (upstream / "optional-service-templates").iterdir()}
    assert len(names) == 49
    assert {*PREREQUISITES, *REFUSED} <= names


def test_our_bundle_with_every_template_that_applies(upstream: Path, bundles: Path, template) -> None:
    failed = {}
    for name in sorted(path.stem for path in (upstream / "optional-service-templates").iterdir()):
        overlays = [template(each) for each in (*PREREQUISITES.get(name, ()), name)]
        try:
            found = bundle.for_site(bundles / "openstack-base.yaml", SITE, overlays)
            errors = [p for p in bundle.validate(found, FACTS) if p.severity == "error"]
            plan = bundle.expand(found, FACTS)
        except bundle.BundleErrors as error:
            failed[name] = str(error)
            continue
        assert not errors
        # optional services go into containers of the machines that are there
        assert len(plan.machines) == 5, name
    assert sorted(failed) == sorted(REFUSED)
    for name, words in REFUSED.items():
        assert words in failed[name]


def test_all_templates_that_apply_together(upstream: Path, bundles: Path, template) -> None:
    names = [path.stem for path in sorted((upstream / "optional-service-templates").iterdir()) if path.stem not in REFUSED]
    found = bundle.for_site(bundles / "openstack-base.yaml", SITE, [template(name) for name in names])
    plan = bundle.expand(found, FACTS)
    assert len(plan.machines) == 5
    assert len(plan.applications) > 50


def test_the_catalogue_has_the_facts_of_upstreams(upstream: Path) -> None:
    import json

    theirs = json.loads((upstream / "charm-catalogue-2024.1.json").read_text())
    for name, facts in theirs.items():
        ours = FACTS.get(name)
        assert ours is not None
        assert ours.source.commit == facts["commit"]
        assert ours.subordinate is facts["subordinate"]
        for role in ("provides", "requires"):
            assert {k: v.interface for k, v in getattr(ours, role).items()} == {k: v["interface"] for k, v in facts[role].items()}
        assert {k: v.default for k, v in ours.options.items()} == {k: v["default"] for k, v in facts["options"].items()}
        assert set(ours.actions) == set(facts["actions"])
