"""Upstream's bundle, its overlay and the optional-service templates, with their placeholders filled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bundle

FACTS = bundle.Catalogue.builtin()
SITE = bundle.Site(workers=2, osd_devices=["/dev/sdb"], external_ports=["eno2"], expected_osd_count=2)

FILL = {
    "CHARM_STORE": "ch:",
    "CHARM_CS_NS": "",
    "CHARM_CH_PREFIX": "",
    "OS_ORIGIN": "caracal",
    "SOURCE": "caracal",
    "SERIES": "noble",
    "MYSQL_INTERFACE": "mysql-innodb-cluster:shared-db",
    "CEPH_INTERFACE": "ceph-mon:client",
    "SSL_CA": "''",
    "SSL_CERT": "''",
    "SSL_KEY": "''",
    "DESIGNATE_NAMESERVERS": "ns1.example.org.",
    "BIND_DNS_FORWARDER": "192.0.2.1",
    "DNS_DOMAIN": "example.org.",
    "CONSOLE_TYPE": "novnc",
    "OCTAVIA_RETROFIT_UCA": "caracal",
    "AMPHORA_SSH_PUB_KEY": "ssh-rsa AAAA",
    "LOADBALANCER_TOPOLOGY": "SINGLE",
    "GSSS_SWIFT_ENABLED": "false",
    "VIP": "10.20.0.50",
}

PREREQUISITES = {
    "barbican-vault": ["barbican"],
    "designate": ["memcached"],
    "gnocchi": ["memcached", "telemetry"],
    "manila-ganesha": ["manila"],
    "nova-console": ["memcached"],
    "octavia-diskimage-retrofit-glance-simplestreams": ["glance-simplestreams-sync", "octavia-diskimage-retrofit"],
    "octavia-diskimage-retrofit": ["glance-simplestreams-sync"],
    "octavia-ipv4": ["octavia"],
    "octavia-ovn-provider": ["octavia"],
    "octavia-ovn": ["octavia"],
    "vault-manila-ganesha": ["manila", "manila-ganesha"],
    "vault-manila": ["manila"],
    "vault-openstack-certificates-aodh": ["telemetry"],
    "vault-openstack-certificates-barbican": ["barbican"],
    "vault-openstack-certificates-ceilometer": ["telemetry"],
    "vault-openstack-certificates-designate": ["memcached", "designate"],
    "vault-openstack-certificates-gnocchi": ["memcached", "telemetry", "gnocchi"],
    "vault-openstack-certificates-heat": ["heat"],
    "vault-openstack-certificates-masakari": ["masakari"],
    "vault-openstack-certificates-octavia": ["octavia"],
    "vault-swift": ["swift"],
}

REFUSED = {
    # these replace all machines, which only fits a bundle of the same three
    "charmed-ceph": "machines of an overlay replace all machines",
    "cos-proxy": "machines of an overlay replace all machines",
    # these change or relate to applications that no template here defines
    "cos-lite-offers": 'application "grafana" has no charm',
    "openstack-service-checks": 'refers to application "nrpe"',
    "prometheus-openstack": 'refers to application "telegraf"',
    "vault-openstack-certificates-cinder-volume": 'refers to application "cinder-volume"',
    "vault-openstack-certificates-ironic": 'refers to application "ironic-api"',
    "vault-openstack-certificates-watcher": 'refers to application "watcher"',
}


def fill(text: str) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1]
        return "3" if name.startswith("NUM_CEPH") else "1" if name.startswith("NUM_") else FILL.get(name, "mem=4G")

    return re.sub(r"__([A-Z0-9_]+?)__", value, text)


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
    overlay = (upstream / "overlay-mymaas.yaml").read_text()
    for name, value in {"$CONSTRAINTS": "cores=4 mem=16G", "$OVN_DATA_PORT": "eth1", "$OSD_DEVICES": "/dev/sdb"}.items():
        overlay = overlay.replace(name, value)
    (tmp_path / "mymaas.yaml").write_text(overlay)
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
