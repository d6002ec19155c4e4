"""From bundle to plan: where each unit lands, and what keeps its key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bundle
from bundle import difference, problems, tree

Plan = Callable[..., bundle.Plan]

BASE = """\
default-base: ubuntu@24.04/stable
machines:
  '0': {constraints: cores=4 mem=8G tags=a, annotations: {note: x}}
  '1': {base: ubuntu@22.04}
applications:
  vault: {charm: vault, num_units: 1, to: ['lxd:0']}
"""


def add(*applications: str) -> str:
    return BASE.replace("'1': {base: ubuntu@22.04}", "'1':") + "".join(
        f"  {line}\n" for line in ("b: {charm: barbican, num_units: 1, to: ['lxd:1']}", *applications)
    )


def spots(plan: bundle.Plan, application: str) -> list[str]:
    return [unit.machine for unit in plan.units if unit.application == application]


def test_machines_carry_base_constraints_and_annotations(plan: Plan) -> None:
    made = plan(BASE + "  b: {charm: barbican, num_units: 1, to: ['lxd:1']}\n")
    zero, one = made.machines
    assert (zero.key, zero.base, zero.annotations) == ("0", "ubuntu@24.04/stable", {"note": "x"})
    assert zero.constraints == {"cores": 4, "mem": 8192, "tags": ("a",)}
    # a container has its application's base, whatever its host runs
    assert (one.base, made.containers[1].base) == ("ubuntu@22.04/stable", "ubuntu@24.04/stable")


def test_each_directive_makes_its_own_container(plan: Plan) -> None:
    made = plan(add("k: {charm: keystone, num_units: 3, to: ['lxd:0', 'lxd:0', '1']}"))
    assert spots(made, "k") == ["0/lxd/k-0", "0/lxd/k-1", "1"]
    assert [c.key for c in made.containers] == ["0/lxd/vault-0", "1/lxd/b-0", "0/lxd/k-0", "0/lxd/k-1"]
    assert {c.host for c in made.containers} == {"0", "1"}


def test_a_unit_beside_another_shares_its_container(plan: Plan) -> None:
    assert spots(plan(add("k: {charm: keystone, num_units: 1, to: [vault]}")), "k") == ["0/lxd/vault-0"]


def test_a_sibling_container_is_on_the_same_host_not_nested(plan: Plan) -> None:
    assert spots(plan(add("k: {charm: keystone, num_units: 1, to: ['lxd:vault/0']}")), "k") == ["0/lxd/k-0"]


def test_containers_of_juju_1_are_lxds(plan: Plan) -> None:
    assert spots(plan(add("k: {charm: keystone, num_units: 2, to: ['lxc:0', 'lxc:vault/0']}")), "k") == ["0/lxd/k-0", "0/lxd/k-1"]


def test_targets_may_come_later_in_the_file(plan: Plan) -> None:
    made = plan(add("k: {charm: keystone, num_units: 2, to: [z]}", "z: {charm: glance, num_units: 2, to: ['0', '1']}"))
    assert spots(made, "k") == ["0", "1"]
    assert [u.application for u in made.units] == ["vault", "b", "k", "k", "z", "z"]


def test_new_machines_take_the_applications_constraints(plan: Plan) -> None:
    made = plan(add("k: {charm: keystone, num_units: 2, to: [new], constraints: mem=4G}"))
    assert spots(made, "k") == ["new-k-0", "new-k-1"]
    assert made.machines[2].constraints == {"mem": 4096}


def test_units_without_placement_take_machines_and_are_told_of(load, plan: Plan) -> None:
    text = add("k: {charm: keystone, num_units: 2}")
    assert spots(plan(text), "k") == ["new-k-0", "new-k-1"]
    said = bundle.validate(load(text), bundle.Catalogue.builtin())
    assert [p.severity for p in said] == ["warning"]
    assert "takes 2 machine(s) of its own" in said[0].message


def test_a_container_on_a_new_machine(plan: Plan) -> None:
    made = plan(add("k: {charm: keystone, num_units: 1, to: ['lxd:new'], constraints: mem=4G}"))
    assert spots(made, "k") == ["new-k-0/lxd/k-0"]
    assert made.machines[2].constraints == {}


def test_a_container_gets_its_applications_constraints_and_the_spaces_of_its_bindings(plan: Plan) -> None:
    bindings = "{'': management, public: external, admin: management, internal: alpha}"
    asked = f"constraints: 'mem=4G spaces=storage,^lab', bindings: {bindings}"
    made = plan(add(f"k: {{charm: keystone, num_units: 2, to: ['lxd:0', '1'], {asked}}}"))
    handed = made.containers[-1].constraints
    assert handed == {"mem": 4096, "spaces": ("storage", "^lab", "external", "management")}
    # a machine of the bundle has its own constraints, and a container whose application asks for nothing none
    assert "spaces" not in made.machines[1].constraints
    assert made.containers[0].constraints == {}


def test_options_have_the_charms_types(plan: Plan) -> None:
    made = plan(add("k: {charm: keystone, num_units: 0, options: {debug: 'true', token-expiration: '60', worker-multiplier: 1}}"))
    found = made.applications[-1].options
    assert found == {"debug": True, "token-expiration": 60, "worker-multiplier": 1.0}
    assert [type(value) for value in found.values()] == [bool, int, float]


def test_the_rest_of_an_application_goes_into_the_plan(plan: Plan, tmp_path) -> None:
    (tmp_path / "p.zip").write_bytes(b"x")
    made = plan(
        add(
            "k: {charm: 'ch:keystone', channel: 2024.1/stable, revision: 700, num_units: 0, trust: true, expose: true, "
            "constraints: cores=2, bindings: {'': a, public: b}, resources: {policyd-override: ./p.zip}, "
            "annotations: {n: 'v'}}",
            "o: {charm: ceph-osd, num_units: 0, storage: {osd-devices: 'ceph,10G,2'}, devices: {gpu: '2,nvidia.com/gpu'}}",
        )
    )
    k, o = made.applications[-2:]
    assert (k.charm, k.local, k.channel, k.revision, k.trust, k.subordinate) == (
        "keystone",
        False,
        "2024.1/stable",
        700,
        True,
        False,
    )
    assert (k.constraints, k.bindings, k.annotations) == ({"cores": 2}, {"": "a", "public": "b"}, {"n": "v"})
    assert k.resources == {"policyd-override": str(tmp_path / "p.zip")}
    assert k.expose == {"": bundle.Exposure(cidrs=("0.0.0.0/0", "::/0"))}
    assert (o.storage["osd-devices"].size, o.storage["osd-devices"].count, o.devices["gpu"].count) == (10240, 2, 2)


def test_subordinates_come_with_each_unit_of_their_principal(plan: Plan) -> None:
    text = (
        add(
            "n: {charm: nova-compute, num_units: 2, to: ['0', '1']}",
            "c: {charm: ovn-chassis}",
            "m: {charm: masakari-monitors}",
        )
        + "relations:\n- [c, 'n:neutron-plugin']\n- [m, n]\n- ['m:container', vault]\n"
    )
    made = plan(text)
    assert made.principals("c") == ("n",)
    assert made.principals("m") == ("vault", "n")
    assert made.unit_counts() == {"vault": 1, "b": 1, "n": 2, "c": 2, "m": 3}
    assert [(u.beside, u.machine) for u in made.expected_units() if u.application == "m"] == [
        ("vault/0", "0/lxd/vault-0"),
        ("n/0", "0"),
        ("n/1", "1"),
    ]


def test_everything_comes_after_what_it_needs(plan: Plan) -> None:
    made = plan(add("r: {charm: mysql-router}") + "relations:\n- ['vault:shared-db', 'r:shared-db']\n")
    order = made.order()
    assert sorted(order) == sorted(made.dependencies)
    for name, needs in made.dependencies.items():
        assert all(order.index(need) < order.index(name) for need in needs)
    assert made.dependencies["unit:vault/0"] == ("application:vault", "container:0/lxd/vault-0")
    assert made.dependencies["container:0/lxd/vault-0"] == ("machine:0",)
    assert made.dependencies["integration:r:shared-db vault:shared-db"] == ("application:r", "application:vault")


def test_one_more_unit_changes_no_other_key(plan: Plan) -> None:
    before = plan(add("k: {charm: keystone, num_units: 1, to: ['lxd:0']}", "z: {charm: glance, num_units: 1, to: ['lxd:0']}"))
    after = plan(
        add("k: {charm: keystone, num_units: 2, to: ['lxd:0', 'lxd:0']}", "z: {charm: glance, num_units: 1, to: ['lxd:0']}")
    )
    changes = difference.diff(before, after)
    assert [(c.verb, c.kind, c.key) for c in changes] == [("add", "container", "0/lxd/k-1"), ("add", "unit", "k/1")]


def test_expand_refuses_what_does_not_fit_its_charms(load) -> None:
    with pytest.raises(bundle.BundleErrors, match="not found in charm"):
        bundle.expand(load(add("k: {charm: keystone, num_units: 0, options: {nope: 1}}")), bundle.Catalogue.builtin())


POOLED = """\
machines: {'0': {constraints: tags=c}, '1': {constraints: tags=c}, '2': {constraints: tags=w}, '3': {constraints: tags=w}}
x-pools:
  control: {machines: ['0', '1'], next: 100, unplaced: lxd}
  workers: {machines: ['2', '3'], next: 4, each: [n]}
applications:
  n: {charm: nova-compute, num_units: 2, to: ['2', '3']}
  k: {charm: keystone, num_units: 3, to: ['lxd:0', 'lxd:1', 'lxd:3']}
"""


def test_a_pool_at_its_own_size_changes_nothing(plan: Plan) -> None:
    assert plan(POOLED) == plan(POOLED, sizes={"workers": 2, "control": 2})


def test_a_larger_pool(plan: Plan) -> None:
    made = plan(POOLED, sizes={"workers": 4})
    assert [(m.key, m.pool, m.member) for m in made.machines if m.pool == "workers"] == [
        ("2", "workers", 0),
        ("3", "workers", 1),
        ("4", "workers", 2),
        ("5", "workers", 3),
    ]
    assert made.machines[-1].constraints == {"tags": ("w",)}
    assert spots(made, "n") == ["2", "3", "4", "5"]


def test_a_smaller_pool_moves_what_was_on_the_missing_machines(plan: Plan) -> None:
    made = plan(POOLED, sizes={"workers": 1, "control": 1})
    assert [m.key for m in made.machines] == ["0", "2"]
    assert spots(made, "n") == ["2"]
    assert [c.host for c in made.containers] == ["0", "0", "2"]


def test_named_members_are_the_keys(plan: Plan) -> None:
    made = plan(POOLED, sizes={"workers": ["w-a", "w-b", "w-c"]})
    assert [m.key for m in made.machines] == ["0", "1", "w-a", "w-b", "w-c"]
    assert [u.key for u in made.units if u.application == "n"] == ["n/w-a", "n/w-b", "n/w-c"]
    assert [c.key for c in made.containers][-1] == "w-b/lxd/k-2"


def test_taking_out_a_named_machine_in_the_middle_touches_no_other(plan: Plan) -> None:
    before = plan(POOLED, sizes={"workers": ["a", "b", "c", "d"]})
    after = plan(POOLED, sizes={"workers": ["a", "b", "d"]})
    gone = {(c.verb, c.key) for c in difference.diff(before, after) if c.verb != "change"}
    assert gone == {("remove", "c"), ("remove", "n/c")}


def test_units_without_placement_go_into_the_pool_and_say_so(load, plan: Plan) -> None:
    text = POOLED + "  h: {charm: heat, num_units: 2}\n"
    hosts = [c.host for c in plan(text).containers if "h-" in c.key]
    assert sorted(hosts) == ["0", "1"]
    assert "its units go to lxd:" in load(text).warnings[0].message
    with_more = plan(text + "  a: {charm: aodh, num_units: 1}\n", sizes={"control": 3, "workers": 5})
    assert [c.host for c in with_more.containers if "h-" in c.key] == hosts


def test_an_idle_machine_of_a_pool_is_a_warning(load) -> None:
    assert 'nothing is placed on machine "100" of pool "control"' in load(POOLED, sizes={"control": 3}).warnings[0].message


def test_sizes_do_not_touch_a_bundle_without_pools(plan: Plan) -> None:
    plain = POOLED.replace("x-pools:", "x-other:")
    assert plan(plain, sizes={"workers": 9}) == plan(plain)


@pytest.mark.parametrize(
    ("change", "sizes", "words"),
    [
        ({}, {"worker": 3}, 'no machine pool "worker"; did you mean "workers"'),
        ({}, {"workers": 0}, 'machine pool "workers" is empty'),
        ({}, {"workers": ["a", "a"]}, '"a" twice'),
        ({}, {"workers": ["7"]}, "no host name"),
        ({"next: 4": "next: 0"}, {"workers": 3}, "would number a machine 0, which is taken"),
        ({"['2', '3'], next": "['2', '9'], next"}, {}, 'lists machine "9"'),
        ({"each: [n]": "eech: [n]"}, {}, "eech"),
    ],
)
def test_pools_that_cannot_be(load, change: dict[str, str], sizes: dict, words: str) -> None:
    text = POOLED
    for old, new in change.items():
        text = text.replace(old, new)
    with pytest.raises(bundle.BundleErrors) as caught:
        load(text, sizes=sizes)
    assert words in str(caught.value)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(workers=st.integers(2, 40), control=st.integers(2, 6))
def test_one_more_worker_adds_only_itself(tmp_path_factory, workers: int, control: int) -> None:
    path = tmp_path_factory.getbasetemp() / "pooled.yaml"
    path.write_text(POOLED)

    def made(size: int) -> bundle.Plan:
        found = bundle.load(path, sizes={"workers": size, "control": control})
        return bundle.expand(found, bundle.Catalogue.builtin())

    changes = difference.diff(made(workers), made(workers + 1))
    key = str(workers + 2)
    assert [(c.verb, c.kind, c.key) for c in changes] == [("add", "machine", key), ("add", "unit", f"n/{workers}")]


def test_differences_name_fields(plan: Plan) -> None:
    before = plan(add("k: {charm: keystone, num_units: 0, options: {debug: true, region: One}}"))
    after = plan(add("k: {charm: keystone, channel: 2024.1/edge, num_units: 0, options: {region: Two, vip: '1'}}"))
    assert [dict(c.fields) for c in bundle.diff(before, after)] == [
        {
            "channel": (None, "2024.1/edge"),
            "options.debug": (True, None),
            "options.region": ("One", "Two"),
            "options.vip": (None, "1"),
        }
    ]
    assert bundle.diff(before, before) == ()


def test_places_without_a_key_fall_back_to_the_owner(load) -> None:
    found = load(BASE.replace("  '1': {base: ubuntu@22.04}\n", "")).applications["vault"]
    assert found.where("options", "nothing") == found.place == problems.Place(file=found.place.file, line=5)
    assert tree.is_null(None)
