"""Constraints, placements, storage, bases, charms, options: text to value."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bundle
from bundle import bases, catalogue, charms, constraints, options, placement, problems, storage

RELAXED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
HERE = problems.Place(file="f", line=1)


def parse(text: str) -> tuple[dict, list[str]]:
    report = problems.Report()
    return constraints.parse(text, "it", HERE, report), [p.message for p in report.problems]


def test_constraints_become_wire_values() -> None:
    values, faults = parse("arch=amd64 cores=8  mem=20G root-disk=1.5T tags=a,^b spaces=m,^x allocate-public-ip=false")
    assert not faults
    assert values == {
        "arch": "amd64",
        "cores": 8,
        "mem": 20480,
        "root-disk": 1572864,
        "tags": ("a", "^b"),
        "spaces": ("m", "^x"),
        "allocate-public-ip": False,
    }


def test_every_constraint_of_juju_is_known() -> None:
    line = (
        "allocate-public-ip=true arch=arm64 container=lxd cores=1 cpu-power=100 image-id=ami instance-role=r "
        "instance-type=t mem=300 root-disk=8G root-disk-source=pool spaces=a tags=b virt-type=virtual-machine zones=z1,z2"
    )
    values, faults = parse(line)
    assert not faults
    assert set(values) == set(constraints.PARSERS)
    assert values["mem"] == 300


def test_an_old_name_and_an_empty_value() -> None:
    assert parse("cpu-cores=4 mem= tags=") == ({"cores": 4}, [])


def test_quoted_values_keep_their_spaces() -> None:
    assert parse(r"root-disk-source=my\ pool")[0] == {"root-disk-source": "my pool"}


def test_a_misspelt_constraint_names_the_near_miss() -> None:
    assert 'did you mean "root-disk"' in parse("rootdisk=8G")[1][0]


@RELAXED
@given(st.integers(1, 10**6), st.sampled_from(["", "M", "G", "T", "P"]))
def test_whole_sizes(number: int, unit: str) -> None:
    assert constraints.mebibytes(f"{number}{unit}") == number * 1024 ** max(0, "MGTP".find(unit) if unit else 0)


@RELAXED
@given(st.decimals(min_value="0.001", max_value=1000, places=3))
def test_broken_sizes_are_rounded_up(number) -> None:
    assert constraints.mebibytes(f"{number}G") == math.ceil(float(number) * 1024)


@RELAXED
@given(st.text(max_size=30))
def test_no_text_of_constraints_raises(text: str) -> None:
    values, faults = parse(text)
    assert isinstance(values, dict)
    assert all(isinstance(fault, str) for fault in faults)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0", placement.Placement(machine="0")),
        ("12", placement.Placement(machine="12")),
        ("lxd:3", placement.Placement(container="lxd", machine="3")),
        ("new", placement.Placement(new=True)),
        ("lxd:new", placement.Placement(container="lxd", new=True)),
        ("keystone", placement.Placement(application="keystone")),
        ("keystone/0", placement.Placement(application="keystone", unit=0)),
        ("lxd:ceph-mon/2", placement.Placement(container="lxd", application="ceph-mon", unit=2)),
    ],
)
def test_placements(text: str, wanted: placement.Placement) -> None:
    assert placement.parse(text) == wanted
    assert str(wanted) == text


@RELAXED
@given(st.text(max_size=20))
def test_a_placement_is_read_or_refused_and_reads_back(text: str) -> None:
    try:
        found = placement.parse(text)
    except ValueError:
        return
    assert placement.parse(str(found)) == found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("20GB", storage.Storage(size=20480)),
        ("cinder,10G,1", storage.Storage(pool="cinder", size=10240, count=1)),
        ("3,maas", storage.Storage(pool="maas", count=3)),
        ("1.5GiB,2", storage.Storage(size=1536, count=2)),
        ("ebs-ssd", storage.Storage(pool="ebs-ssd")),
    ],
)
def test_storage(text: str, wanted: storage.Storage) -> None:
    assert storage.parse_storage(text) == wanted


def test_devices() -> None:
    assert storage.parse_device("2,nvidia.com/gpu,model=a100;mem=80G") == storage.Device(
        type="nvidia.com/gpu", count=2, attributes={"model": "a100", "mem": "80G"}
    )
    assert storage.parse_device("gpu") == storage.Device(type="gpu")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("ubuntu@24.04", "ubuntu@24.04/stable"), ("ubuntu@22.04/edge", "ubuntu@22.04/edge"), ("centos@7", "centos@7/stable")],
)
def test_bases(text: str, wanted: str) -> None:
    assert bases.parse_base(text) == wanted


@pytest.mark.parametrize("text", ["", "ubuntu", "ubuntu@", "@24.04", "ubuntu@24.04/risky", "ubuntu@24.04/stable/x"])
def test_what_is_no_base(text: str) -> None:
    assert bases.parse_base(text) is None


@pytest.mark.parametrize("series", ["bionic", "focal", "jammy", "noble", "plucky", "questing"])
def test_series_are_bases(series: str) -> None:
    assert bases.parse_base(f"ubuntu@{bases.SERIES[series]}") == bases.parse_series(series)


@pytest.mark.parametrize(
    ("text", "name"),
    [("ch:keystone", "keystone"), ("keystone", "keystone"), ("mysql-innodb-cluster", "mysql-innodb-cluster"), ("k8s", "k8s")],
)
def test_charmhub_names(text: str, name: str) -> None:
    report = problems.Report()
    assert charms.parse(text, "a", Path("/x"), HERE, report) == charms.Charm(name=name)
    assert not report.problems


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2024.1/stable", "2024.1/stable"),
        ("2024.1", "2024.1/stable"),
        ("edge", "latest/edge"),
        ("3/beta/fix-1", "3/beta/fix-1"),
        ("stable/fix-1", "latest/stable/fix-1"),
    ],
)
def test_channels_are_completed_as_juju_does(load: Callable[..., bundle.Bundle], text: str, wanted: str) -> None:
    assert load(f"applications: {{a: {{charm: keystone, channel: {text}}}}}").applications["a"].channel == wanted


def test_local_charms_are_beside_the_bundle(load: Callable[..., bundle.Bundle], tmp_path: Path) -> None:
    (tmp_path / "charms" / "mine").mkdir(parents=True)
    found = load("applications: {a: {charm: ./charms/mine, num_units: 0}}")
    assert found.applications["a"].charm == charms.Charm(name=str(tmp_path / "charms" / "mine"), local=True)


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        ("text", "string", "text"),
        (3, "int", 3),
        ("3", "int", 3),
        (3, "float", 3.0),
        ("0.5", "float", 0.5),
        (True, "boolean", True),
        ("False", "boolean", False),
        ("secret:d0vj2kfmp25c76f7jv8g", "secret", "secret:d0vj2kfmp25c76f7jv8g"),
    ],
)
def test_options_that_fit(value: object, kind: str, wanted: object) -> None:
    fitted = options.fit(value, catalogue.Option(type=kind))
    assert fitted == wanted
    assert type(fitted) is type(wanted)


@pytest.mark.parametrize(
    ("value", "kind"),
    [(1, "string"), (True, "string"), (True, "int"), (1.5, "int"), ("x", "int"), ("", "int"), (1, "boolean"), ("yes", "boolean"),
     (True, "float"), ("plain", "secret")],
)  # fmt: skip
def test_options_that_do_not_fit(value: object, kind: str) -> None:
    with pytest.raises(ValueError, match=f"expected {kind}, got"):
        options.fit(value, catalogue.Option(type=kind))


def test_empty_text_for_a_number_names_the_mend() -> None:
    with pytest.raises(ValueError, match="remove the option"):
        options.fit("", catalogue.Option(type="int"))
