"""A bundle against charm metadata: inference as Juju does it, other channels, unknown charms, the catalogue itself."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable

import pytest

import bundle
from bundle import catalogue

APPS = """
applications:
  nova: {charm: nova-compute, num_units: 0}
  keystone: {charm: keystone, num_units: 0}
  mon: {charm: ceph-mon, num_units: 0}
  router: {charm: mysql-router}
  cluster: {charm: mysql-innodb-cluster, num_units: 0}
  manila: {charm: manila, num_units: 0}
  ganesha: {charm: manila-ganesha, num_units: 0}
  monitors: {charm: masakari-monitors}
  thing: {charm: something-unknown, num_units: 0}
  sub: {charm: unknown-subordinate}
relations:
"""


@pytest.mark.parametrize(
    ("relation", "key", "scope"),
    [
        ("[router, keystone]", "keystone:shared-db router:shared-db", "container"),
        ("[router, cluster]", "cluster:db-router router:db-router", "global"),
        ("['nova:ceph', mon]", "mon:client nova:ceph", "global"),
        ("[monitors, 'keystone:identity-credentials']", "keystone:identity-credentials monitors:identity-credentials", "global"),
        # manila-plugin is for subordinates, which manila-ganesha is not
        ("[manila, ganesha]", "ganesha:manila-plugin manila:remote-manila-plugin", "global"),
        # every charm provides juju-info without saying so
        ("[monitors, nova]", "monitors:container nova:juju-info", "container"),
        ("['monitors:container', 'nova:juju-info']", "monitors:container nova:juju-info", "container"),
    ],
)
def test_endpoints_are_inferred(plan: Callable[..., bundle.Plan], relation: str, key: str, scope: str) -> None:
    made = plan(f"{APPS}- {relation}\n")
    assert [(i.key, i.scope) for i in made.integrations] == [(key, scope)]


def test_both_orders_give_one_key(plan: Callable[..., bundle.Plan]) -> None:
    one, other = (plan(f"{APPS}- {r}\n").integrations for r in ("[router, keystone]", "[keystone, router]"))
    assert one == other
    assert one[0].interface == "mysql-shared"


def test_unknown_charms_need_endpoints(problems) -> None:
    found = problems(f"{APPS}- [thing, keystone]\n")
    assert [str(p).partition("bundle.yaml")[2] for p in found if p.severity == "error"] == [
        ":14: cannot infer endpoint between thing and keystone: the catalogue does not know both charms; "
        'write both as "application:endpoint"'
    ]


def test_unknown_charms_with_endpoints_go_in_unchecked(plan) -> None:
    made = plan(f"{APPS}- ['thing:x', 'keystone:identity-service']\n- ['sub:juju-info', 'nova:juju-info']\n")
    assert [(i.interface, i.scope) for i in made.integrations] == [("keystone", "global"), ("juju-info", "container")]
    assert {a.name: a.subordinate for a in made.applications}["sub"]


def test_relations_to_saas(plan) -> None:
    made = plan(
        APPS.replace("relations:\n", "saas: {remote: {url: 'ctl:admin/m.keystone'}}\nrelations:\n")
        + "- ['remote:identity-service', 'mon:x']\n".replace("'mon:x'", "'monitors:identity-credentials'")
    )
    assert [s.name for s in made.saas] == ["remote"]
    assert "saas:remote" in made.dependencies["integration:" + made.integrations[0].key]


@pytest.mark.parametrize("app", ["channel: yoga/stable", "base: ubuntu@20.04", "charm: cs:keystone"])
def test_facts_of_another_charm_than_the_catalogues_only_warn(problems, app: str) -> None:
    charm = "" if app.startswith("charm") else "charm: keystone, "
    found = problems(f"applications: {{k: {{{charm}{app}, num_units: 0, options: {{no-such: 1, region: 3}}}}}}")
    assert {p.severity for p in found} == {"warning"}
    assert sum("going by keystone of track 2024.1" in p.message for p in found) == 2


def test_options_that_a_charm_has_from_a_layer_are_no_unknown_ones(problems) -> None:
    assert problems("applications: {v: {charm: vault, num_units: 0, options: {snapd_refresh: max}}}") == ()


def test_other_facts_can_be_given_at_run_time(load) -> None:
    found = load("applications: {k: {charm: mine, num_units: 0, options: {size: '3'}}}")
    mine = catalogue.Charm(name="mine", options={"size": catalogue.Option(type="int")})
    facts = bundle.Catalogue.builtin().extended([mine])
    assert bundle.validate(found, facts) == []
    assert bundle.expand(found, facts).applications[0].options == {"size": 3}
    assert bundle.Catalogue.builtin().get("mine") is None


def test_ceph_that_would_wait_for_ever(problems) -> None:
    text = """
        machines: {'0': }
        applications:
          mon: {charm: ceph-mon, num_units: 1, to: ['lxd:0'], options: {expected-osd-count: 3}}
          osd: {charm: ceph-osd, num_units: 1, to: ['0'], options: {osd-devices: /dev/a /dev/b}}
          glance: {charm: glance, num_units: 1, to: ['lxd:0'], options: {ceph-osd-replication-count: 2}}
    """
    messages = [p.message for p in problems(text) if p.severity == "error"]
    assert len(messages) == 2
    assert "expects 3 OSDs" in messages[0]
    assert "set expected-osd-count: 2 or less" in messages[0]
    assert "wants 2 copies on different hosts" in messages[1]


def test_storage_counts_as_devices_of_osds(problems) -> None:
    text = """
        applications:
          mon: {charm: ceph-mon, num_units: 0}
          osd: {charm: ceph-osd, num_units: 3, storage: {osd-devices: 'a,1G,2'}}
    """
    assert not [p for p in problems(text) if p.severity == "error"]
    one = text.replace("num_units: 3", "num_units: 1")
    assert [p.message for p in problems(one) if "set expected-osd-count: 2 or less" in p.message]
    assert not [p for p in problems(one.replace("a,1G,2", "a,1G,3")) if p.severity == "error"]


def test_what_ceph_of_another_track_does_is_a_warning(problems) -> None:
    text = "applications: {mon: {charm: 'cs:ceph-mon-44', num_units: 1}, osd: {charm: 'cs:ceph-osd', num_units: 1}}"
    found = [p for p in problems(text) if "expects 3 OSDs" in p.message]
    assert [p.severity for p in found] == ["warning"]


def test_a_subordinate_may_have_the_spaces_that_its_principals_containers_ask_for(problems) -> None:
    text = """
        machines: {'0': }
        applications:
          c: {charm: cinder, num_units: 1, to: ['lxd:0'], bindings: {'': a}, constraints: spaces=b}
          s: {charm: cinder-ceph, bindings: {'': a, ceph: b}}
          n: {charm: nrpe, bindings: {'': x}}
        relations: [[c, s], ['n:nrpe-external-master', 'c:nrpe-external-master']]
    """
    assert not [p for p in problems(text) if "is bound to space" in p.message]


def test_every_entry_of_the_catalogue_names_its_source() -> None:
    facts = bundle.Catalogue.builtin()
    assert len(facts) >= 38
    for name in facts.names:
        charm = facts.get(name)
        assert charm is not None
        assert charm.name == name
        assert charm.source.repository.startswith("https://")
        assert len(charm.source.commit) == 12 or charm.source.revision


def test_entries_survive_being_written(tmp_path) -> None:
    facts = bundle.Catalogue.builtin()
    for name in facts.names:
        (tmp_path / f"{name}.json").write_text(catalogue.dump(facts.get(name)))
    again = bundle.Catalogue.load(tmp_path)
    assert [again.get(name) for name in facts.names] == [facts.get(name) for name in facts.names]


def test_the_files_are_as_dump_writes_them() -> None:
    for file in catalogue.BUILTIN.glob("*.json"):
        assert catalogue.dump(catalogue.Charm.model_validate(json.loads(file.read_text()))) == file.read_text(), file.name


def test_a_broken_entry_names_its_file(tmp_path) -> None:
    (tmp_path / "x.json").write_text('{"nam": "x"}')
    with pytest.raises(ValueError, match=r"x\.json: no catalogue entry"):
        bundle.Catalogue.load(tmp_path)


@pytest.mark.parametrize("value", ["caracal", "cloud:noble-epoxy", "distro", "ppa:me/x", "deb http://x noble main", ""])
def test_releases_that_may_be(problems, value: str) -> None:
    found = problems(
        f"series: noble\napplications: {{k: {{charm: keystone, num_units: 0, options: {{openstack-origin: '{value}'}}}}}}"
    )
    assert not found


LOCAL = {
    "metadata.yaml": "name: mine\nsubordinate: true\nrequires: {host: {interface: juju-info, scope: container}}\n",
    "config.yaml": "options: {size: {type: int}}\n",
}
USE = """
applications:
  m: {charm: ./mine, options: {size: '3'}}
  k: {charm: keystone, num_units: 0}
relations: [[m, k]]
"""


def test_local_charms_are_read_from_their_folder(write, plan) -> None:
    for name, text in LOCAL.items():
        write(text, f"mine/{name}")
    made = plan(USE)
    assert (made.applications[0].subordinate, made.applications[0].options) == (True, {"size": 3})
    assert made.integrations[0].key == "k:juju-info m:host"


def test_packed_charms_are_read_too(tmp_path, problems) -> None:
    with zipfile.ZipFile(tmp_path / "mine.charm", "w") as archive:
        for name, text in LOCAL.items():
            archive.writestr(name, text)
    found = problems(USE.replace("./mine", "./mine.charm").replace("size", "siez"))
    assert [p.line for p in found if 'did you mean "size"' in p.message] == [3]


@pytest.mark.parametrize("broken", ["name: mine\nprovides: [1]\n", "a: [", "other: 1\n"])
def test_local_charms_that_tell_nothing_go_unchecked(write, problems, broken: str) -> None:
    write(broken, "mine/metadata.yaml")
    found = problems(USE.replace("[[m, k]]", "[['m:host', 'k:juju-info']]"))
    assert not found


def test_actions_of_a_charm() -> None:
    mon = bundle.Catalogue.builtin().get("ceph-mon")
    assert mon is not None
    mon.check_action("get-health")
    mon.check_action("create-pool", ["name", "replicas"])
    for name, given, words in (
        ("get-heath", [], 'has no action "get-heath"; did you mean "get-health"'),
        ("create-pool", ["name", "replica"], 'no parameter "replica"; did you mean "replicas"'),
        ("create-pool", [], 'action "create-pool" of charm "ceph-mon" needs name; give it'),
    ):
        with pytest.raises(ValueError, match=re.escape(words)):
            mon.check_action(name, given)


OTHER = """
applications:
  k: {charm: keystone, channel: yoga/stable, num_units: 0}
  v: {charm: vault, num_units: 0}
relations:
"""


def test_a_relation_that_another_channel_may_have_stays_in_the_plan(plan, problems) -> None:
    text = OTHER + "- ['k:no-more', 'v:certificates']\n"
    assert [p.severity for p in problems(text)] == ["warning"]
    assert [i.key for i in plan(text).integrations] == ["k:no-more v:certificates"]


def test_a_relation_that_cannot_be_inferred_is_an_error_in_every_channel(problems) -> None:
    found = problems(OTHER + "- [k, 'v:secrets']\n")
    assert [(p.severity, p.line) for p in found] == [("error", 6)]
