"""The controller's plan of a bundle: order, references, containers, co-location, overlays, and what it refuses."""

from __future__ import annotations

import textwrap

import pytest

from simulator.juju.bundlechanges import changes

BUNDLE = """
series: jammy
applications:
  web:
    charm: ch:web
    channel: latest/edge
    num_units: 2
    to: [lxd:0, lxd:db/0]
    bindings: {"": internal}
    annotations: {gui-x: "1"}
  db: {charm: db, num_units: 1, to: ["1"]}
machines: {"0": {constraints: mem=4G}, "1": null}
relations:
- [web:db, db]
"""


def planned(text: str) -> list[tuple[str, dict, list[str]]]:
    answer = changes(textwrap.dedent(text))
    assert answer["errors"] == []
    return [(change["id"], change["args"], change["requires"]) for change in answer["changes"]]


def test_applications_then_machines_then_relations_then_units() -> None:
    assert [id_ for id_, _, _ in planned(BUNDLE)] == [
        "addCharm-0",
        "deploy-1",
        "addCharm-2",
        "deploy-3",
        "setAnnotations-4",
        "addMachines-5",
        "addMachines-6",
        "addRelation-7",
        "addUnit-8",
        "addMachines-9",
        "addUnit-10",
        "addMachines-11",
        "addUnit-12",
    ]


def test_changes_refer_to_earlier_ones() -> None:
    found = {id_: (args, requires) for id_, args, requires in planned(BUNDLE)}
    assert found["addRelation-7"] == ({"endpoint1": "$deploy-3:db", "endpoint2": "$deploy-1"}, ["deploy-3", "deploy-1"])
    assert found["addMachines-6"] == ({"series": "jammy"}, ["addMachines-5"])
    assert found["addMachines-9"][0] == {"container-type": "lxd", "series": "jammy", "parent-id": "$addMachines-5"}
    assert found["addMachines-11"][0]["parent-id"] == "$addUnit-8"
    assert found["addUnit-12"] == (
        {"application": "$deploy-3", "to": "$addMachines-11"},
        ["deploy-3", "addMachines-11", "addUnit-10"],
    )
    assert found["deploy-3"][0]["endpoint-bindings"] == {"": "internal"}


def test_overlays_are_merged() -> None:
    overlay = "---\napplications: {web: {options: {size: 3}}, db: null}\nrelations: []\nmachines: {'0': null}\n"
    base = BUNDLE.replace("lxd:db/0", "lxd:0").replace("- [web:db, db]", "[]").replace("relations:\n[]", "relations: []")
    found = planned(base + overlay)
    assert [args["application"] for id_, args, _ in found if id_.startswith("deploy")] == ["web"]
    assert next(args for id_, args, _ in found if id_.startswith("deploy"))["options"] == {"size": 3}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("applications: {}", "at least one application must be specified"),
        (
            "applications: {a: {charm: a, num_units: 1, to: ['7']}}",
            'placement "7" refers to a machine not defined in this bundle',
        ),
        ("applications: {a: {charm: a, num_units: 1, to: [b]}}", 'placement "b" refers to an application not defined'),
        ("applications: {a: {charm: a, num_units: 1, to: ['lxd:']}}", 'invalid placement syntax "lxd:"'),
        ("applications: {a: {charm: a, to: ['new']}}", 'too many units specified in unit placement for application "a"'),
        ("applications: {a: {charm: a}}\nrelations: [[a:x, b:y]]", 'refers to application "b" not defined in this bundle'),
        ("applications: {a: {num_units: 1}}", 'empty charm path for application "a"'),
        ("a: [", "cannot unmarshal bundle contents"),
    ],
)
def test_what_is_refused(text: str, words: str) -> None:
    answer = changes(text)
    assert answer["changes"] == []
    assert words in answer["errors"][0]
