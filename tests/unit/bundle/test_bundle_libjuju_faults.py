"""What python-libjuju's BundleHandler gets wrong, each shown to be right here."""

from __future__ import annotations

import base64
import importlib.util
import inspect
from collections.abc import Callable

import pytest

import bundle

Load = Callable[..., bundle.Bundle]

APP = "machines: {'0': }\napplications:\n  k:\n    charm: keystone\n    num_units: 1\n    to: ['0']\n"


def app(*lines: str) -> str:
    return APP + "".join(f"    {line}\n" for line in lines)


def test_include_base64_encodes_and_takes_any_file(load: Load, write) -> None:
    pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    write(pem, "ca.pem")
    value = load(app("options: {ssl_ca: 'include-base64://ca.pem'}")).applications["k"].options["ssl_ca"]
    assert value == base64.b64encode(pem.encode()).decode()


def test_include_file_works_for_every_option(load: Load, write) -> None:
    write("text\n", "p.txt")
    options = load(app("options: {ssl_ca: 'include-file://p.txt', config: 'include-file://p.txt'}")).applications["k"].options
    assert options == {"ssl_ca": "text\n", "config": "text\n"}


@pytest.mark.parametrize("value", ["/dev/null", "nullmailer", "null-null", "None"])
def test_the_word_null_inside_overlay_values_survives(load: Load, value: str) -> None:
    found = load(APP, f"applications: {{k: {{options: {{region: '{value}'}}}}}}")
    assert found.applications["k"].options["region"] == value


def test_includes_of_an_overlay_start_at_the_overlay(write) -> None:
    write("theirs", "over/p.txt")
    write("ours", "p.txt")
    overlay = write("applications: {k: {options: {region: 'include-file://p.txt'}}}", "over/o.yaml")
    assert bundle.load(write(APP), [overlay]).applications["k"].options["region"] == "theirs"


@pytest.mark.parametrize(
    ("line", "base"),
    [
        ("series: plucky", "ubuntu@25.04/stable"),
        ("series: questing", "ubuntu@25.10/stable"),
        ("default-base: ubuntu@24.04", "ubuntu@24.04/stable"),
        ("default-base: ubuntu@30.04/edge", "ubuntu@30.04/edge"),
        ("description: without", None),
    ],
)
def test_bases_are_read_and_new_series_known(load: Load, line: str, base: str | None) -> None:
    found = load(f"{line}\n{APP}")
    assert (found.applications["k"].base, found.machines["0"].base) == (base, base)


def test_a_base_of_its_own_wins_over_the_default(load: Load) -> None:
    found = load("series: noble\n" + app("base: ubuntu@22.04").replace("['0']", "['lxd:0']"))
    assert (found.applications["k"].base, found.machines["0"].base) == ("ubuntu@22.04/stable", "ubuntu@24.04/stable")


def test_the_plan_holds_what_changes_in_an_existing_application(plan: Callable[..., bundle.Plan]) -> None:
    before = plan(app("options: {debug: false}", "constraints: mem=1G", "channel: 2024.1/stable"))
    after = plan(app("options: {debug: true}", "constraints: mem=2G", "channel: 2024.1/edge", "revision: 9"))
    (change,) = bundle.diff(before, after)
    assert set(change.fields) == {"options.debug", "constraints.mem", "channel", "revision"}


def test_offers_and_who_may_use_them_are_in_the_plan(plan: Callable[..., bundle.Plan]) -> None:
    made = plan(APP, "applications: {k: {offers: {o: {endpoints: [identity-service], acl: {bob: read}}}}}")
    assert [(o.application, o.offer.name, dict(o.offer.acl)) for o in made.offers] == [("k", "o", {"bob": "read"})]


def test_trust_is_for_the_application_that_asks_also_in_an_overlay(plan: Callable[..., bundle.Plan]) -> None:
    text = APP + "  v: {charm: vault, num_units: 1, to: ['0']}\n"
    assert {a.name: a.trust for a in plan(text, "applications: {k: {trust: true}}").applications} == {"k": True, "v": False}


def test_revisions_and_channels_of_overlay_applications_count(plan: Callable[..., bundle.Plan]) -> None:
    made = plan(APP, "applications: {g: {charm: glance, channel: 2024.1/edge, revision: 3, num_units: 1, to: ['0']}}")
    assert (made.applications[1].channel, made.applications[1].revision) == ("2024.1/edge", 3)


def test_placement_of_every_unit_is_honoured(plan: Callable[..., bundle.Plan]) -> None:
    text = "machines: {'0': , '1': , '2': }\napplications: {k: {charm: keystone, num_units: 3, to: ['2', 'lxd:0', '1']}}"
    assert [unit.machine for unit in plan(text).units] == ["2", "0/lxd/k-1", "1"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("'  cores=2   mem=4G '", {"cores": 2, "mem": 4096}),
        ("mem=1.5G", {"mem": 1536}),
        ("mem=512", {"mem": 512}),
    ],
)
def test_constraints_that_it_trips_over(load: Load, text: str, wanted: dict) -> None:
    assert load(app(f"constraints: {text}")).applications["k"].constraints == wanted


def test_image_ids_are_constraints(load: Load) -> None:
    assert load(APP, "applications: {k: {constraints: image-id=ami-1}}").applications["k"].constraints == {"image-id": "ami-1"}


def test_the_comma_form_is_an_error_with_its_mend(problems) -> None:
    (problem,) = problems(app("constraints: 'cores=2,mem=4G'"))
    assert "separate them with spaces" in problem.message


def test_resources_may_be_files(plan: Callable[..., bundle.Plan], write) -> None:
    path = write("x", "policy.zip")
    assert plan(app("resources: {policyd-override: policy.zip}")).applications[0].resources == {"policyd-override": str(path)}


def test_the_handler_is_not_used() -> None:
    for module in ("reading", "merging", "includes", "expansion", "constraints"):
        spec = importlib.util.find_spec(f"bundle.{module}")
        assert spec is not None
        assert "juju." not in inspect.getsource(importlib.import_module(f"bundle.{module}")).replace("juju.is", "")
