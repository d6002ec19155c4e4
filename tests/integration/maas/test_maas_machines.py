"""Machines and their tags through their lives."""

from __future__ import annotations

import re
import threading
from concurrent import futures
from typing import Any

import pytest

from clients import maas
from providers import _base
from providers.maas import Machine, Tag

pytestmark = pytest.mark.usefixtures("rack", "netboot")

WORKER = {
    "power_type": "ipmi",
    "power_parameters": {"power_address": "10.10.0.11", "power_user": "maas", "power_pass": "bmc-secret-1"},
    "mac_address": "52:54:00:01:01:01",
    "hostname": "worker-1",
}


FOUND = {"mac_addresses": WORKER["mac_address"], "architecture": "amd64/generic", "power_type": "manual", "commission": False}
"""A machine as somebody enlisted it before."""


def worker(life: Any, **props: Any) -> Any:
    return life(Machine, **{**WORKER, **props})


def test_a_machine_is_enlisted_commissioned_and_ready(life: Any, region: maas.Maas, capsys: pytest.CaptureFixture[str]) -> None:
    machine = worker(life)
    assert machine.up() == "create"
    assert (machine["status"], machine["adopted"], machine["cpu_count"], machine["memory"]) == ("Ready", False, 32, 131072)
    found = region.machines.read(machine.id)
    assert (found.hostname, found.status, machine["system_id"]) == ("worker-1", maas.Status.READY, machine.id)
    assert machine.preview() == "same"
    assert machine.refresh() == {}
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "worker-1: Commissioning"
    assert re.fullmatch(r"worker-1: .* → Ready \(\d+s\)", lines[-1])


def test_destroyed_it_is_gone_and_powered_off(life: Any, region: maas.Maas, rack: Any) -> None:
    machine = worker(life)
    machine.up()
    id_ = machine.id
    machine.destroy()
    assert region.machines.read(id_) is None
    assert rack.world.machines["worker-1"].power != "on"


def test_it_changes_in_place(life: Any, region: maas.Maas) -> None:
    tags = [life(Tag, name=name) for name in ("pulumi-test-a", "pulumi-test-b")]
    for tag in tags:
        tag.up()
    machine = worker(life, tags=["pulumi-test-a"])
    machine.up()
    id_ = machine.id
    assert machine.up(hostname="worker-9", description="rack 4", tags=["pulumi-test-b"]) == "update"
    found = region.machines.read(id_)
    assert (found.hostname, found.description, found.tags, machine.id) == ("worker-9", "rack 4", ("pulumi-test-b",), id_)
    assert machine.preview() == "same"
    assert machine.up(description=None) == "update"
    assert region.machines.read(id_).description == ""


def test_another_mac_is_another_machine(life: Any) -> None:
    machine = worker(life)
    machine.up()
    assert machine.preview(mac_address="52:54:00:01:02:01") == "replace"


def test_a_tag_removed_elsewhere_is_seen_and_put_on_again(life: Any, region: maas.Maas) -> None:
    life(Tag, name="pulumi-test-a").up()
    machine = worker(life, tags=["pulumi-test-a"])
    machine.up()
    region.tag_machines("pulumi-test-a", remove=(machine.id,))
    assert machine.refresh() == {"tags": []}
    assert machine.up() == "update"
    assert region.machines.read(machine.id).tags == ("pulumi-test-a",)


def test_others_tags_on_our_machine_and_our_tag_on_others_are_left(life: Any, region: maas.Maas) -> None:
    # the peers' tag resource owns all members of a tag
    life(Tag, name="pulumi-test-a").up()
    foreign = region.tags.create("theirs", lambda: None, name="theirs")
    machine = worker(life, tags=["pulumi-test-a"])
    machine.up()
    region.tag_machines(foreign.name, add=(machine.id,))
    assert machine.refresh() == {}
    machine.up(tags=[])
    assert region.machines.read(machine.id).tags == ("theirs",)


def test_a_tag_that_maas_does_not_have_is_named(life: Any) -> None:
    with pytest.raises(_base.ExpectedError, match=r"is to have the tag nowhere, which MAAS doesn't have: declare a maas\.Tag"):
        worker(life, tags=["nowhere"]).up()


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"hostname": "other"}, "hostname"),
        ({"description": "theirs"}, "description"),
        ({"power_parameters": {"power_pass": "other"}}, "power_parameters"),
        ({"power_parameters": {"power_address": "10.10.0.99"}}, "power_parameters"),
    ],
)
def test_drift_shows_and_is_mended(life: Any, region: maas.Maas, changes: dict[str, Any], seen: str) -> None:
    # the peers read neither power type nor parameters back
    machine = worker(life, description="ours")
    machine.up()
    region.machines.update(machine.id, **changes)
    assert seen in machine.refresh()
    assert machine.up() == "update"
    assert machine.refresh() == {}
    assert region.machines.power_parameters(machine.id)["power_pass"] == "bmc-secret-1"


def test_another_power_type_is_drift(life: Any, region: maas.Maas) -> None:
    machine = worker(life)
    machine.up()
    region.machines.update(machine.id, power_type="manual")
    assert machine.refresh()["power_type"] == "manual"
    assert machine.up() == "update"
    assert region.machines.read(machine.id).power_type == "ipmi"


def test_what_maas_fills_in_is_no_drift(life: Any, region: maas.Maas) -> None:
    # the peers' plan was never empty: MAAS computes power parameters of its own
    machine = worker(life)
    machine.up()
    assert len(region.machines.power_parameters(machine.id)) > len(WORKER["power_parameters"])
    assert machine.refresh() == {}
    assert machine.preview() == "same"


def test_a_machine_gone_from_maas_refreshes_away(life: Any, region: maas.Maas) -> None:
    # the peers' refresh fails with 404
    machine = worker(life)
    machine.up()
    region.machines.delete(machine.id)
    machine.refresh()
    assert machine.id is None


def test_a_machine_that_maas_has_already_is_taken_over_and_put_back(life: Any, region: maas.Maas) -> None:
    # the peers can't (their most asked for)
    found = region.machines.create("…", lambda: None, hostname="found", **FOUND)
    life(Tag, name="pulumi-test-a").up()
    machine = worker(life, tags=["pulumi-test-a"])
    machine.up()
    assert (machine.id, machine["adopted"], machine["status"]) == (found.system_id, True, "Ready")
    machine.destroy()
    left = region.machines.read(found.system_id)
    assert (left.hostname, left.power_type, left.tags) == ("found", "manual", ())


def test_Machine_Lookup(life: Any, region: maas.Maas) -> None:
    found = region.machines.create("…", lambda: None, hostname="found", **FOUND)
    machine = worker(life, mac_address=None, take_over=found.system_id)
    machine.up()
    assert (machine.id, machine["adopted"], machine["status"]) == (found.system_id, True, "Ready")
    assert (machine.preview(), machine.refresh()) == ("same", {})
    with pytest.raises(_base.ExpectedError, match="MAAS has no machine nosuch to take over"):
        worker(life, mac_address=None, take_over="nosuch", power_type="manual", power_parameters=None).up()


def test_keep_on_destroy_decides_over_adoption(life: Any, region: maas.Maas) -> None:
    found = region.machines.create("…", lambda: None, **FOUND)
    machine = worker(life, keep_on_destroy=False)
    machine.up()
    machine.destroy()
    assert region.machines.read(found.system_id) is None


def test_an_interrupted_enlisting_is_ours_again(life: Any, region: maas.Maas) -> None:
    # the peers lose the id of a machine whose create fails
    first = worker(life, commission=False)
    first.up()
    life.things.remove(first)
    second = worker(life)
    second.up()
    assert (second.id, second["adopted"], second["status"]) == (first.id, False, "Ready")
    second.destroy()
    assert region.machines.read(first.id) is None


def test_a_failed_commissioning_tells_what_maas_knows(life: Any, region: maas.Maas, rack: Any) -> None:
    rack.fault("commission-fails", target="worker-1")
    machine = worker(life)
    with pytest.raises(_base.ExpectedError) as caught:
        machine.up()
    first, *rest = str(caught.value).splitlines()
    assert first.startswith("worker-1: Failed commissioning")
    assert any("script " in line for line in rest)
    assert "bmc-secret-1" not in str(caught.value)


def test_a_failed_commissioning_is_tried_again_as_configured(life: Any, rack: Any, capsys: pytest.CaptureFixture[str]) -> None:
    rack.fault("commission-fails", target="worker-1", times=1)
    machine = worker(life, retries=1)
    machine.up()
    assert machine["status"] == "Ready"
    assert "worker-1: Failed commissioning, trying again (1 of 1)" in capsys.readouterr().out


def test_the_next_up_takes_a_failed_machine_up_again(life: Any, region: maas.Maas, rack: Any) -> None:
    rack.fault("commission-fails", target="worker-1", times=1)
    machine = worker(life)
    with pytest.raises(_base.ExpectedError):
        machine.up()
    assert machine.up() == "create"
    assert (machine["status"], machine["adopted"], len(region.machines.list())) == ("Ready", False, 1)


def test_the_pxe_mac_is_needed_but_for_ipmi(life: Any) -> None:
    # Machine_NoPXE
    machine = life(Machine, power_type="lxd", power_parameters={"power_address": "https://h:8443", "instance_name": "vm"})
    assert machine.check()[0][0] == "mac_address"
    assert worker(life, mac_address=None).check() == []


def test_Machine_NoPXE(life: Any, region: maas.Maas) -> None:
    first = worker(life, mac_address=None, commission=False)
    first.up()
    life.things.remove(first)
    second = worker(life, mac_address=None, commission=False)
    second.up()
    assert second.id == first.id


@pytest.mark.parametrize(
    ("kind", "parameters", "said"),
    [
        ("ipmi", {}, "power type ipmi needs power_address"),
        ("redfish", {"power_address": "1.2.3.4", "power_user": "u"}, "power type redfish needs power_pass"),
        (
            "ipmi",
            {"power_address": "1.2.3.4", "power_passwd": "hunter22"},
            "power type ipmi has no power_passwd; did you mean power_pass?",
        ),
        ("manual", {"power_address": "hunter22"}, "power type manual has no power_address"),
        ("lxd", {"power_address": "https://h"}, "power type lxd needs instance_name"),
        ("virsh", {"power_address": "qemu"}, "power type virsh needs power_id"),
        ("webhook", {"power_on_uri": "a", "power_off_uri": "b"}, "power type webhook needs power_query_uri"),
    ],
)
def test_power_parameters_are_checked_by_type_and_never_shown(
    life: Any, kind: str, parameters: dict[str, str], said: str
) -> None:
    refused = worker(life, power_type=kind, power_parameters=parameters).check()
    assert refused == [("power_parameters", said)]


def test_a_machine_that_somebody_has_waits_for_its_release_and_then_says_who(
    life: Any, region: maas.Maas, config: dict[str, str]
) -> None:
    machine = worker(life)
    machine.up()
    region.session.call("Machines", "allocate", "…", system_id=machine.id)
    region.machines.act(machine.id, "set_owner_data", **{"juju-model-uuid": "x"})
    config["maas:timeoutSeconds"] = "0.3"
    with pytest.raises(_base.ExpectedError, match=r"worker-1 to be released by Juju; it is Allocated.*Remove it from"):
        machine.destroy()
    region.machines.act(machine.id, "release")
    config["maas:timeoutSeconds"] = "60"


def test_a_machine_that_juju_releases_meanwhile_goes(life: Any, region: maas.Maas) -> None:
    machine = worker(life)
    machine.up()
    id_ = machine.id
    region.session.call("Machines", "allocate", "…", system_id=id_)
    region.machines.act(id_, "set_owner_data", **{"juju-model-uuid": "x"})
    timer = threading.Timer(0.3, lambda: region.machines.act(id_, "release"))
    timer.start()
    machine.destroy()
    timer.join()
    assert region.machines.read(id_) is None


def test_a_machine_under_commissioning_is_aborted_and_deleted(life: Any, region: maas.Maas) -> None:
    machine = worker(life)
    machine.up()
    region.machines.act(machine.id, "commission")
    id_ = machine.id
    machine.destroy()
    assert region.machines.read(id_) is None


def test_a_machine_that_somebody_uncommissioned_is_commissioned_again(life: Any, region: maas.Maas, rack: Any) -> None:
    machine = worker(life)
    machine.up()
    rack.fault("commission-fails", target="worker-1", times=1)
    region.machines.act(machine.id, "commission")
    region.machines.wait(machine.id, lambda m: m.status == maas.Status.FAILED_COMMISSIONING, deadline=30, describe=str)
    assert machine.refresh()["commission"] is False
    assert machine.up() == "update"
    assert machine["status"] == "Ready"


def test_machines_come_up_together_on_one_watcher(life: Any, region: maas.Maas, rack: Any) -> None:
    props = [
        {
            **WORKER,
            "hostname": f"worker-{n}",
            "mac_address": f"52:54:00:01:0{n}:01",
            "power_parameters": {"power_address": f"10.10.0.1{n}", "power_user": "maas", "power_pass": f"bmc-secret-{n}"},
        }
        for n in (1, 2, 3, 4)
    ]
    machines = [life(Machine, **each) for each in props]
    with futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda machine: machine.up(), machines))
    assert {m["status"] for m in machines} == {"Ready"}


def test_Tag(life: Any, region: maas.Maas) -> None:
    tag = life(Tag, name="pulumi-test-t", comment="c", kernel_opts="quiet")
    assert tag.up() == "create"
    assert tag.preview() == "same"
    assert tag.refresh() == {}
    assert tag.up(kernel_opts=None) == "update"
    assert region.tags.read("pulumi-test-t").kernel_opts == ""
    region.tags.update("pulumi-test-t", comment="theirs")
    assert tag.refresh() == {"comment": "theirs"}
    assert tag.up() == "update"
    assert tag.up(name="pulumi-test-u") == "replace"
    assert region.tags.read("pulumi-test-t") is None
    assert tag.check(name="two words")[0][0] == "name"
