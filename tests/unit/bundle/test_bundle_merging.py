"""Overlays over a base: what replaces, what merges, what goes."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

import bundle

BASE = """\
series: noble
machines:
  '0':
  '1': {constraints: mem=8G}
applications:
  keystone:
    charm: keystone
    channel: 2024.1/stable
    num_units: 2
    to: ['lxd:0', 'lxd:1']
    constraints: mem=1G
    annotations: {gui-x: '1', gui-y: '2'}
    options: {debug: true, region: One}
    bindings: {'': a, public: b}
  vault: {charm: vault, num_units: 1, to: ['lxd:0']}
relations:
- ['keystone:certificates', 'vault:certificates']
"""

Load = Callable[..., bundle.Bundle]


def over(text: str) -> str:
    return "applications:\n  keystone:\n" + "".join(f"    {line}\n" for line in text.splitlines())


def test_scalars_and_lists_replace(load: Load) -> None:
    found = load(BASE, over("channel: 2024.1/edge\nnum_units: 1\nto: ['lxd:1']\nconstraints: mem=2G")).applications["keystone"]
    assert (found.channel, found.num_units, [str(d) for d in found.to], found.constraints) == (
        "2024.1/edge",
        1,
        ["lxd:1"],
        {"mem": 2048},
    )


def test_what_an_overlay_does_not_name_stays(load: Load) -> None:
    assert load(BASE, over("num_units: 2")).applications == load(BASE).applications


def test_mappings_merge_by_key(load: Load) -> None:
    found = load(BASE, over("options: {region: Two, log-level: INFO}\nbindings: {public: c}")).applications["keystone"]
    assert found.options == {"debug": True, "region": "Two", "log-level": "INFO"}
    assert found.bindings == {"": "a", "public": "c"}


@pytest.mark.parametrize("nothing", ["{}", "", "null"])
def test_an_empty_mapping_clears(load: Load, nothing: str) -> None:
    assert load(BASE, over(f"options: {nothing}")).applications["keystone"].options == {}


def test_a_null_option_goes_back_to_the_charms_default(load: Load) -> None:
    assert load(BASE, over("options: {region: }")).applications["keystone"].options == {"debug": True}


def test_an_empty_placement_clears(load: Load) -> None:
    overlay = "machines: {'0': }\n" + over("num_units: 0\nto: []")
    assert load(BASE, overlay).applications["keystone"].to == ()


def test_an_application_without_body_goes_with_its_relations(load: Load) -> None:
    found = load(BASE, "machines: {'0': , '1': }\napplications: {vault: }")
    assert list(found.applications) == ["keystone"]
    assert found.relations == ()


def test_removing_what_is_not_there_is_a_warning(load: Load) -> None:
    found = load(BASE, "applications: {valt: }")
    assert [str(p).partition("overlay-0.yaml")[2] for p in found.warnings] == [
        ':1: warning: the overlay removes "valt" from applications, where there is none; did you mean "vault"?'
    ]


def test_new_applications_and_relations_are_added(load: Load) -> None:
    overlay = """
        applications: {r: {charm: mysql-router}}
        relations: [['keystone:shared-db', 'r:shared-db']]
    """
    found = load(BASE, overlay)
    assert list(found.applications) == ["keystone", "vault", "r"]
    assert [str(r) for r in found.relations] == [
        "[keystone:certificates, vault:certificates]",
        "[keystone:shared-db, r:shared-db]",
    ]


def test_a_relation_that_an_overlay_repeats_is_kept_once(load: Load) -> None:
    found = load(BASE, "relations: [['vault:certificates', 'keystone:certificates']]")
    assert len(found.relations) == 1
    assert "kept once" in found.warnings[0].message


def test_machines_replace_all_machines_and_say_so(load: Load) -> None:
    with pytest.raises(bundle.BundleErrors) as caught:
        load(BASE, "machines: {'0': {constraints: mem=9G}}")
    text = str(caught.value)
    assert "1 are gone; repeat every machine" in text
    assert 'placement "lxd:1" of application "keystone" refers to a machine not defined' in text


def test_machines_that_are_repeated_replace_quietly(load: Load) -> None:
    found = load(BASE, "machines: {'0': {constraints: mem=9G}, '1': }")
    assert [m.constraints for m in found.machines.values()] == [{"mem": 9216}, {}]
    assert not found.warnings


@pytest.mark.parametrize("overlay", ["series: jammy", "default-base: ubuntu@22.04"])
def test_an_overlays_base_wins(load: Load, overlay: str) -> None:
    found = load(BASE, overlay)
    assert found.default_base == "ubuntu@22.04/stable"
    assert {each.base for each in (*found.applications.values(), *found.machines.values())} == {"ubuntu@22.04/stable"}


def test_later_documents_of_the_base_are_overlays_in_order(load: Load) -> None:
    found = load(
        BASE + "---\n" + over("options: {region: Two}") + "---\n" + over("options: {region: Three}"), over("trust: true")
    )
    assert found.applications["keystone"].options["region"] == "Three"
    assert found.applications["keystone"].trust


def test_a_base_relation_may_name_an_overlays_application(load: Load) -> None:
    base = BASE + "- ['vault:shared-db', 'r:shared-db']\n"
    assert "r" in load(base, "applications: {r: {charm: mysql-router}}").applications


def test_overlay_only_fields_are_read_from_overlays(load: Load, plan) -> None:
    overlay = over(
        "offers:\n"
        "  identity: {endpoints: [identity-service], acl: {admin: admin, bob: consume}}\n"
        "exposed-endpoints:\n"
        "  '': {expose-to-spaces: [a], expose-to-cidrs: [10.0.0.0/8, '2001:db8::/32']}\n"
    )
    found = load(BASE, overlay).applications["keystone"]
    assert found.offers == (
        bundle.Offer(name="identity", endpoints=("identity-service",), acl={"admin": "admin", "bob": "consume"}),
    )
    assert found.expose == {"": bundle.Exposure(spaces=("a",), cidrs=("10.0.0.0/8", "2001:db8::/32"))}
    made = plan(BASE, overlay)
    assert [offer.application for offer in made.offers] == ["keystone"]


def test_who_may_use_an_offer_is_what_the_last_overlay_says(load: Load, plan) -> None:
    first = over("offers:\n  identity: {endpoints: [identity-service], acl: {ann: read, bob: consume}}\n")
    second = over("offers:\n  identity: {endpoints: [identity-service], acl: {eve@external: admin}}\n")
    (before,), (after,) = plan(BASE, first).offers, plan(BASE, first, second).offers
    assert dict(before.offer.acl) == {"ann": "read", "bob": "consume"}
    assert dict(after.offer.acl) == {"eve@external": "admin"}
    (change,) = bundle.diff(plan(BASE, first), plan(BASE, first, second))
    assert (change.kind, set(change.fields)) == ("offer", {"offer.acl.ann", "offer.acl.bob", "offer.acl.eve@external"})


def test_an_offer_is_removed_by_null(load: Load) -> None:
    add = over("offers:\n  identity: {endpoints: [identity-service]}\n")
    assert load(BASE, add, over("offers: {identity: }")).applications["keystone"].offers == ()


def test_expose_opens_to_all(load: Load) -> None:
    found = load(BASE, over("expose: true")).applications["keystone"]
    assert found.expose == {"": bundle.Exposure(cidrs=("0.0.0.0/0", "::/0"))}


def test_saas_merge_like_applications(load: Load) -> None:
    base = BASE + "saas:\n  db: {url: 'ctl:admin/model.db'}\n  mq: {url: 'admin/model.mq'}\n"
    found = load(base, "saas: {db: , mq: {url: 'other.mq'}}")
    assert {saas.name: saas.url for saas in found.saas.values()} == {"mq": "other.mq"}


def test_includes_start_beside_the_file_that_holds_them(write, tmp_path: Path) -> None:
    write("# ö\r\ntext\n", "base/policy.txt")
    (tmp_path / "over").mkdir()
    (tmp_path / "over" / "key.pem").write_bytes(b"\x00\xffkey")
    base = write(
        """
        machines: {'0': {annotations: {note: 'include-file://policy.txt'}}}
        applications:
          keystone:
            charm: keystone
            num_units: 1
            to: ['0']
            options: {ssl_ca: 'include-file://policy.txt'}
            annotations: {note: 'include-base64://policy.txt'}
        """,
        "base/bundle.yaml",
    )
    over_ = write("applications: {keystone: {options: {ssl_key: 'include-base64://key.pem'}}}", "over/o.yaml")
    found = bundle.load(base, [over_])
    keystone, text = found.applications["keystone"], (tmp_path / "base/policy.txt").read_text()
    assert keystone.options == {"ssl_ca": text, "ssl_key": base64.b64encode(b"\x00\xffkey").decode()}
    assert base64.b64decode(keystone.annotations["note"]) == (tmp_path / "base/policy.txt").read_bytes()
    assert found.machines["0"].annotations == {"note": text}


def test_placeholders_in_included_text_are_left_alone(load: Load, write) -> None:
    write("to-be-set ${x} $FOO __BAR__\n", "t.txt")
    found = load("applications: {keystone: {charm: keystone, num_units: 0, options: {ssl_ca: 'include-file://t.txt'}}}")
    assert found.applications["keystone"].options["ssl_ca"] == "to-be-set ${x} $FOO __BAR__\n"


def test_overrides_of_the_site_come_last(load: Load) -> None:
    found = load(BASE, over("options: {region: Two}"), overrides={"keystone": {"region": None, "debug": False, "vip": "1.2.3.4"}})
    assert found.applications["keystone"].options == {"debug": False, "vip": "1.2.3.4"}


def test_an_override_of_nothing_names_the_near_miss(load: Load) -> None:
    with pytest.raises(bundle.BundleErrors, match=r'options for application "keyston".*did you mean "keystone"') as caught:
        load(BASE, overrides={"keyston": {"debug": True}})
    assert caught.value.problems[0].line is None


def test_an_override_of_the_wrong_type_says_where_it_comes_from(load: Load) -> None:
    found = load(BASE, overrides={"keystone": {"debug": "maybe"}})
    said = bundle.validate(found, bundle.Catalogue.builtin())
    assert [str(p) for p in said if p.severity == "error"] == [
        'option overrides of the site: cannot validate application "keystone": option "debug" expected boolean, got "maybe"; '
        "write true or false"
    ]


def test_placeholders_are_filled_and_typed(load: Load) -> None:
    text = """
        applications:
          keystone:
            charm: keystone
            num_units: ${units}
            to: ['lxd:new', 'lxd:new']
            options:
              token-expiration: ${n}
              region: "${n}"
              worker-multiplier: 0.${n}
              ssl_ca: a ${n} b
    """
    found = load(text, substitutions={"n": "7", "units": "2"}).applications["keystone"]
    assert found.options == {"token-expiration": 7, "region": "7", "worker-multiplier": 0.7, "ssl_ca": "a 7 b"}
    assert found.num_units == 2


def test_a_doubled_dollar_is_a_dollar(load: Load) -> None:
    found = load(BASE.replace("One", "'$${n}'"))
    assert found.applications["keystone"].options["region"] == "${n}"


def test_a_missing_value_names_the_near_miss(load: Load) -> None:
    with pytest.raises(bundle.BundleErrors, match=r'"region" needs \$\{osd-device\}.*did you mean "osd-devices"'):
        load(BASE.replace("One", "'${osd-device}'"), substitutions={"osd-devices": "x"})


def test_a_placeholder_that_an_overlay_replaces_needs_no_value(load: Load) -> None:
    found = load(BASE.replace("One", "to-be-set"), over("options: {region: Two}"))
    assert found.applications["keystone"].options["region"] == "Two"


@pytest.mark.parametrize("text", ["default_ephemeral_format=ext4", "$my_ip", "a<b>c", "__init__", "100$", "to be set", "A$B"])
def test_what_is_no_placeholder(load: Load, text: str) -> None:
    found = load(BASE, overrides={"keystone": {"region": text}})
    assert found.applications["keystone"].options["region"] == text


def test_top_level_holders_of_anchors_are_no_unknown_keys(load: Load) -> None:
    found = load("debug: &debug true\nname: x\nx-note: 1\n" + BASE.replace("debug: true", "debug: *debug"))
    assert found.applications["keystone"].options["debug"] is True
    assert not found.warnings


def test_remarks_are_for_readers(load: Load) -> None:
    text = BASE.replace("    options:", "    comment: [which ports]\n    options:", 1).replace("'0':", "'0': {comment: old}", 1)
    found = load("comment:\n- databases first\n" + text, "applications: {keystone: {comment: here too}}")
    assert not found.warnings
    assert found.applications == load(BASE).applications


def test_listed_machines_of_old_bundles(load: Load) -> None:
    text = BASE.replace("machines:\n  '0':\n  '1': {constraints: mem=8G}\n", "machines: ['0', '1']\n")
    found = load(text)
    assert list(found.machines) == ["0", "1"]
    assert "machines is a list" in found.warnings[0].message
