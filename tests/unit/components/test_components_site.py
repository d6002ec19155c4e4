from __future__ import annotations

import importlib.util
import pathlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

import config
from components.plan import make

ROOT = pathlib.Path(__file__).parents[3]

Record = Callable[[dict[str, Any]], dict[tuple[str, str], dict[str, Any]]]

pytestmark = pytest.mark.xdist_group("components")


@pytest.fixture
def seen(record: Record, site: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return record(site)


def kinds(seen: dict[tuple[str, str], Any]) -> Counter[str]:
    return Counter(kind for kind, _ in seen)


def test_the_guide_s_cloud_in_numbers(seen: dict[tuple[str, str], Any]) -> None:
    counted = kinds(seen)
    assert counted["maas:Subnet"] == 3
    assert counted["maas:Machine"] == 6
    assert counted["lxd:Instance"] == 4
    assert counted["juju:Application"] == 26
    assert counted["juju:Integration"] == 58
    assert counted["juju:Machine"] == 5 + 19
    assert counted["juju:Unit"] == 23
    assert counted["juju:Settled"] == 1


def test_only_the_management_network_serves_dhcp(seen: dict[tuple[str, str], Any]) -> None:
    assert [name for kind, name in seen if kind == "maas:VlanDhcp"] == ["management"]
    assert seen["maas:IpRange", "management-dhcp"]["type"] == "dynamic"


def test_a_worker_is_enlisted_with_its_bmc(seen: dict[tuple[str, str], Any]) -> None:
    worker = seen["maas:Machine", "worker-1"]
    assert worker["mac_address"] == "52:54:00:01:01:01"
    assert worker["power_type"] == "ipmi"
    assert worker["tags"] == ["openstack-worker"]


def test_a_vm_boots_from_the_network_and_is_powered_through_lxd(seen: dict[tuple[str, str], Any]) -> None:
    instance, machine = seen["lxd:Instance", "control-1"], seen["maas:Machine", "control-1"]
    nic = next(device for device in instance["devices"] if device["name"] == "eth0")
    assert nic["properties"]["hwaddr"] == machine["mac_address"]
    assert nic["properties"]["boot.priority"] == "10"
    assert instance["running"] is False
    assert instance["config"]["limits.memory"] == "20480MiB"
    assert machine["power_type"] == "lxd"


def test_machines_are_taken_by_their_id_in_maas(seen: dict[tuple[str, str], Any]) -> None:
    assert seen["juju:Machine", "worker-2"]["placement"] == "system-id=id-of-worker-2"
    assert seen["juju:Machine", "control-1/lxd/keystone-0"]["parent"] == "id-of-control-1"


def test_settled_expects_every_unit_active(seen: dict[tuple[str, str], Any]) -> None:
    settled = seen["juju:Settled", "openstack"]
    assert sum(settled["applications"].values()) == 23 + 12
    assert settled["machines"] == 24
    assert settled["expected_blocked"] == {}


def difference(record: Record, site: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> set[tuple[str, str]]:
    """What a change of the site adds, removes or alters, Settled left out."""
    before = record(site)
    change(site)
    after = record(site)
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} - {("juju:Settled", "openstack")}


def test_one_more_worker_touches_nothing_else(record: Record, site: dict[str, Any]) -> None:
    third = {**site["workers"][0], "hostname": "worker-3", "mac": "52:54:00:01:03:01"}
    third["bmc"] = {**third["bmc"], "address": "10.10.0.13"}
    assert difference(record, site, lambda s: s["workers"].append(third)) == {
        ("maas:Machine", "worker-3"),
        ("juju:Machine", "worker-3"),
        ("juju:Unit", "nova-compute/worker-3"),
        ("juju:Unit", "ceph-osd/worker-3"),
        ("openstack:OsdHost", "worker-3"),
        ("openstack:ComputeHost", "worker-3"),
    }


def test_an_option_touches_its_application_only(record: Record, site: dict[str, Any]) -> None:
    change = {"options": {"keystone": {"debug": True}}}
    assert difference(record, site, lambda s: s["openstack"].update(change)) == {("juju:Application", "keystone")}


def test_a_space_that_no_network_provides(site: dict[str, Any]) -> None:
    site["networks"]["management"]["space"] = "mgmt"
    with pytest.raises(config.SiteError, match="management") as caught:
        make(site, ROOT)
    assert "which no network provides; there are external, mgmt" in str(caught.value)


def test_a_machine_that_the_site_does_not_have(site: dict[str, Any], tmp_path: pathlib.Path) -> None:
    site["openstack"]["bundle"] = "numbered.yaml"
    machines = "machines: {'0': {constraints: tags=gpu}}"
    text = (
        f"default-base: ubuntu@24.04/stable\n{machines}\napplications: {{ubuntu: {{charm: ubuntu, num_units: 1, to: ['0']}}}}\n"
    )
    with pytest.raises(config.SiteError, match="asks for a machine with the tags gpu"):
        make(site, folder_with(tmp_path, text))


def test_a_numbered_bundle_gets_machines_by_their_tags(site: dict[str, Any], tmp_path: pathlib.Path) -> None:
    site["openstack"]["bundle"] = "numbered.yaml"
    machines = "machines: {'0': {constraints: tags=openstack-worker}, '1': {constraints: tags=openstack-control}}"
    applications = "applications: {ubuntu: {charm: ubuntu, num_units: 2, to: ['0', '1']}}"
    text = f"default-base: ubuntu@24.04/stable\n{machines}\n{applications}\n"
    assert make(site, folder_with(tmp_path, text)).placement.hosts == {"0": "worker-1", "1": "control-1"}


def folder_with(folder: pathlib.Path, text: str) -> pathlib.Path:
    (folder / "numbered.yaml").write_text(text)
    return folder


def test_the_pictures_are_those_of_the_dev_site() -> None:
    spec = importlib.util.spec_from_file_location("draw", ROOT / "docs/draw.py")
    assert spec is not None
    assert spec.loader is not None
    draw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw)
    for name, svg in draw.pictures("dev").items():
        assert (ROOT / "docs/img" / name).read_text() == svg, f"{name} is stale: run python docs/draw.py"
