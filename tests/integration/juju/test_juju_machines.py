"""Machines and containers through their lives."""

from __future__ import annotations

import concurrent.futures
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from clients import juju, maas
from clients.juju import naming
from providers._base import ExpectedError
from providers.juju import Application, Machine, Settled, Unit

BASE = "ubuntu@24.04"


@pytest.fixture
def region(site: dict[str, str]) -> maas.Maas:
    return maas.connect(site["maas:apiUrl"], site["maas:apiKey"], None, 0.05)


def unchanged(thing: Any) -> bool:
    before = thing.preview()
    thing.refresh()
    return before == "same" and thing.preview() == "same"


def test_Machine_Minimal(life: Any, model: juju.Model, region: maas.Maas) -> None:
    machine = life(Machine, name="any", wait=True)
    machine.up()
    assert machine["status"] == "started"
    assert region.machines.read(machine["instance_id"]).status_name == "Deployed"
    assert machine["addresses"]
    assert unchanged(machine)
    machine.destroy()
    assert model.status().machines == {}


def test_Machine_WithPlacement(life: Any, region: maas.Maas) -> None:
    host = next(m for m in region.machines.list() if m.hostname == "worker-3")
    machine = life(Machine, name="three", base=BASE, placement=f"system-id={host.system_id}", wait=True)
    machine.up()
    assert machine["instance_id"] == host.system_id
    assert machine["hostname"] == "worker-3"


def test_Machine_create_returns_as_soon_as_juju_has_taken_it(life: Any) -> None:
    machine = life(Machine, name="any", base=BASE)
    machine.up()
    assert machine["machine_id"] == "0"
    assert machine["status"] in ("pending", "started")


def test_Machine_Annotations(life: Any, model: juju.Model) -> None:
    machine = life(Machine, name="any", base=BASE, annotations={"test": "test"})
    machine.up()
    assert unchanged(machine)
    assert machine.up(annotations={"test": "test-update"}) == "update"
    assert model.annotations("machine-0")["machine-0"] == {"test": "test-update", "pulumi-name": "any"}
    assert machine.up(annotations={}) == "update"
    assert model.annotations("machine-0")["machine-0"] == {"pulumi-name": "any"}
    assert unchanged(machine)


def test_Machine_UnsetAnnotations(life: Any, model: juju.Model) -> None:
    """Another key in place of the first takes the first one off; what somebody else noted stays."""
    machine = life(Machine, name="any", base=BASE, annotations={"test": "test"})
    machine.up()
    model.annotate("machine-0", {"theirs": "x"})
    assert unchanged(machine)
    assert machine.up(annotations={"test-another": "test-another"}) == "update"
    assert model.annotations("machine-0")["machine-0"] == {"test-another": "test-another", "theirs": "x", "pulumi-name": "any"}
    assert unchanged(machine)


def test_Machine_WaitForHostname(life: Any, rack: Any, model: juju.Model) -> None:
    """Who waits gets the name that MAAS gave the machine; who doesn't, has it after a refresh."""
    waited = life(Machine, name="waited", base=BASE, wait=True)
    waited.up()
    assert waited["hostname"].startswith("worker-")
    assert unchanged(waited)
    rack.fault("provisioning-error", times=1)
    later = life(Machine, name="later", base=BASE)
    later.up()
    assert later["hostname"] == ""
    model.wait(lambda s: s.machines["1"].instance.current == "provisioning error", seconds=60, describe=str)
    model.machines.retry(["1"])
    model.wait(lambda s: s.machines["1"].agent.current == "started", seconds=60, describe=str)
    assert later.refresh()["hostname"].startswith("worker-")
    assert later["hostname"] != waited["hostname"]
    assert later.preview() == "same"


@pytest.fixture
def spare(region: maas.Maas) -> Iterator[maas.Machine]:
    """A machine that runs without Juju: MAAS deployed it for somebody else."""
    host = next(m for m in region.machines.list() if m.status_name == "Ready")
    region.machines.act(host.system_id, "deploy", distro_series="jammy")
    deployed = maas.Status.DEPLOYED
    found = region.machines.wait(host.system_id, lambda m: m is not None and m.status == deployed, deadline=60, describe=str)
    assert found is not None
    yield found
    region.machines.act(host.system_id, "release")


def test_Machine_AddMachine(life: Any, model: juju.Model, region: maas.Maas, spare: maas.Machine, tmp_path: pathlib.Path) -> None:
    """A machine that is there already is added over SSH, gets units like any other, and stays when it is removed."""
    key = tmp_path / "key"
    key.write_text("a private key")
    host = f"ubuntu@{spare.addresses[0]}"
    machine = life(Machine, name="by-hand", ssh=host, ssh_key=str(key), wait=True, annotations={"rack": "a"})
    assert machine.up() == "create"
    assert (machine["machine_id"], machine["instance_id"]) == ("0", f"manual:{spare.addresses[0]}")
    assert machine["hostname"] == spare.hostname
    assert model.status().machines["0"].base == "ubuntu@22.04/stable"
    assert unchanged(machine)
    assert machine.preview(ssh_key=None) == "same"
    assert machine.preview(ssh="ubuntu@10.20.0.99") == "replace"
    app = life(Application, name="ntp-host", charm="ubuntu", base="ubuntu@22.04")
    app.up()
    life.made(Unit, application="ntp-host", machine=machine.id)
    life.made(Settled, applications={"ntp-host": 1}, machines=1)
    machine.forget()
    assert (machine.up(), list(model.status().machines)) == ("create", ["0"])  # an interrupted create is taken up
    with pytest.raises(ExpectedError, match="is machine 0 of the model already, called 'by-hand'"):
        life(Machine, name="other", ssh=host).up()
    while len(life.things) > 1:
        life.things.pop().destroy()
    machine.destroy()
    assert model.status().machines == {}
    assert region.machines.read(spare.system_id).status_name == "Deployed"


def test_Machine_AddMachine_what_cant_be_is_said(life: Any, tmp_path: pathlib.Path) -> None:
    with pytest.raises(juju.CommandError, match=r"add-machine ssh:ubuntu@10\.20\.0\.99` failed: .*No route to host"):
        life(Machine, name="nobody", ssh="ubuntu@10.20.0.99").up()
    with pytest.raises(juju.CommandError, match="no such file or directory"):
        life(Machine, name="nobody", ssh="ubuntu@10.20.0.99", ssh_key=str(tmp_path / "none")).up()
    refused = life(Machine, name="x", ssh="10.20.0.99", base=BASE, constraints={"mem": "1G"}).refusals()
    assert refused.keys() == {"ssh", "base", "constraints"}
    assert refused["ssh"] == "is written user@address, such as ubuntu@10.20.0.31, not '10.20.0.99'"


def test_Machine_ConstraintsNormalization(life: Any) -> None:
    machine = life(Machine, name="any", base=BASE, constraints={"mem": "4G", "cores": 2})
    machine.up()
    assert machine.preview(constraints={"cores": "2", "mem": 4096}) == "same"
    assert machine.preview(constraints={"mem": "8G"}) == "replace"
    assert unchanged(machine)


def test_Machine_InheritsModelConstraints(life: Any, model: juju.Model) -> None:
    model.set_constraints({"mem": 2048})
    machine = life(Machine, name="any", base=BASE, constraints={"cores": 2})
    machine.up()
    assert unchanged(machine)


def test_Machine_replaced_on_another_base(life: Any) -> None:
    machine = life(Machine, name="any", base="ubuntu@22.04")
    machine.up()
    assert machine.preview(base=BASE) == "replace"


def test_Machine_renamed_in_place(life: Any, model: juju.Model) -> None:
    machine = life(Machine, name="old", base=BASE)
    machine.up()
    assert machine.up(name="new") == "update"
    assert model.annotations("machine-0")["machine-0"]["pulumi-name"] == "new"


def test_Machine_found_again_by_its_name(life: Any, model: juju.Model) -> None:
    machine = life(Machine, name="any", base=BASE)
    machine.up()
    machine.forget()
    machine.up()
    assert list(model.status().machines) == ["0"]


def test_Machine_of_that_name_with_another_base_is_refused(life: Any) -> None:
    first = life(Machine, name="any", base="ubuntu@22.04")
    first.up()
    with pytest.raises(ExpectedError, match=r"its base is 'ubuntu@22\.04/stable', not 'ubuntu@24\.04/stable'"):
        life(Machine, name="any", base=BASE).up()


def test_Machine_added_by_a_run_that_was_killed_before_it_named_it(life: Any, model: juju.Model, home: pathlib.Path) -> None:
    machine = life(Machine, name="any", base=BASE)
    machine.up()
    model.annotate(naming.machine_tag(machine.id), {"pulumi-name": ""})
    machine.forget()
    machine.up()
    assert list(model.status().machines) == ["0"]
    assert model.annotations("machine-0")["machine-0"]["pulumi-name"] == "any"


def test_Machine_of_somebody_else_is_not_taken(life: Any, model: juju.Model) -> None:
    theirs = model.machines.add(base=BASE, constraints={})
    machine = life(Machine, name="any", base=BASE)
    machine.up()
    assert machine.id != theirs


def test_many_machines_at_once_have_a_name_each(life: Any, model: juju.Model) -> None:
    host = life(Machine, name="host", base=BASE)
    host.up()
    things = [life(Machine, name=f"c{n}", base=BASE, parent=host.id, container_type="lxd") for n in range(12)]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda t: t.up(), things))
    notes = model.annotations(*(naming.machine_tag(t.id) for t in things))
    assert {t.id for t in things} == {f"0/lxd/{n}" for n in range(12)}
    assert {t.props["name"]: notes[naming.machine_tag(t.id)]["pulumi-name"] for t in things} == {
        f"c{n}": f"c{n}" for n in range(12)
    }


def test_a_machine_that_juju_took_with_its_last_unit_counts_as_deleted(life: Any, model: juju.Model, until: Any) -> None:
    machine = life(Machine, name="any", base=BASE)
    app = life(Application, name="keystone", charm="keystone", channel="2024.1/stable", base=BASE)
    unit = life(Unit, application="keystone", machine="0")
    for thing in (machine, app, unit):
        thing.up()
    model.applications.destroy("keystone")
    until(lambda: model.status().machines == {})
    unit.destroy()
    app.destroy()
    machine.destroy()
    assert model.status().machines == {}


def test_a_machine_with_units_is_removed_by_force_only_after_its_time(life: Any, model: juju.Model) -> None:
    """Non-forced removal is refused while units are there, and says so."""
    machine = life(Machine, name="any", base=BASE)
    app = life(Application, name="keystone", charm="keystone", channel="2024.1/stable", base=BASE)
    for thing in (machine, app, life(Unit, application="keystone", machine="0")):
        thing.up()
    with pytest.raises(juju.Refused, match="keystone/0"):
        machine.provider.delete(machine.id, machine.outs)
    assert "0" in model.status().machines


def test_a_machine_released_in_maas_shows_on_refresh_and_is_replaced(
    life: Any, model: juju.Model, region: maas.Maas, until: Any, rack: Any
) -> None:
    machine = life(Machine, name="any", base=BASE, wait=True)
    machine.up()
    settled = life(Settled, applications={}, machines=1)
    settled.up()
    region.machines.act(machine["instance_id"], "release")
    until(lambda: model.status().machines["0"].agent.current == "down")
    until(lambda: region.machines.read(machine["instance_id"]).status_name == "Ready")
    assert machine.refresh()["status"] == "gone"
    assert settled.refresh()["machines"] == 0
    assert machine.preview() == "replace"
    assert machine.up() == "replace"
    assert machine.id == "1"
    assert settled.up() == "update"
    assert machine["status"] == "started"


def test_a_machine_that_is_only_down_is_not_replaced(life: Any, model: juju.Model, rack: Any, until: Any) -> None:
    machine = life(Machine, name="any", base=BASE, wait=True)
    machine.up()
    rack.fault("agent-lost", target="0")
    until(lambda: model.status().machines["0"].agent.current == "down")
    assert machine.refresh() == {"status": "down"}
    assert machine.preview() == "same"


def test_a_machine_that_maas_cant_start_is_said_so(life: Any, rack: Any) -> None:
    rack.fault("provisioning-error")
    machine = life(Machine, name="any", base=BASE, wait=True)
    with pytest.raises(ExpectedError, match=r"machine 0 \(any\) can't be provisioned"):
        machine.up()
    machine.id, machine.outs = "0", {"model": life.shared["model"], "name": "any"}


def test_settled_retries_a_machine_that_maas_cant_start(life: Any, rack: Any, capsys: pytest.CaptureFixture[str]) -> None:
    rack.fault("provisioning-error", times=1)
    machine = life(Machine, name="any", base=BASE)
    machine.up()
    life(Settled, applications={}, machines=1).up()
    assert "trying again (1 of 2)" in capsys.readouterr().out
    machine.refresh()
    assert machine["status"] == "started"


def test_settled_names_a_container_that_cant_be_made(life: Any, rack: Any) -> None:
    rack.fault("container-fails")
    machine = life(Machine, name="host", base=BASE)
    machine.up()
    life(Machine, name="c", base=BASE, parent="0", container_type="lxd").up()
    with pytest.raises(ExpectedError, match="machine 0/lxd/0 can't be provisioned"):
        life(Settled, applications={}, machines=2).up()


def test_settled_fails_fast_on_a_failed_hook(life: Any, rack: Any) -> None:
    rack.fault("hook-error", target="keystone", hook="install")
    machine = life(Machine, name="any", base=BASE)
    app = life(Application, name="keystone", charm="keystone", channel="2024.1/stable", base=BASE)
    for thing in (machine, app, life(Unit, application="keystone", machine="0")):
        thing.up()
    settled = life(Settled, applications={"keystone": 1}, machines=1)
    with pytest.raises(ExpectedError) as caught:
        settled.up()
    assert 'keystone/0 has failed: hook failed: "install" (on machine 0)' in str(caught.value).splitlines()[0]


def test_settled_says_which_unit_is_not_as_it_was(life: Any, rack: Any, model: juju.Model, until: Any) -> None:
    machine = life(Machine, name="any", base=BASE)
    app = life(Application, name="rabbitmq-server", charm="rabbitmq-server", channel="3.12/stable", base=BASE)
    unit = life(Unit, application="rabbitmq-server", machine="0")
    for thing in (machine, app, unit):
        thing.up()
    settled = life(Settled, applications={"rabbitmq-server": 1}, machines=1)
    settled.up()
    assert unchanged(settled)
    assert settled["status"] == {"rabbitmq-server": "active"}
    unit.destroy()
    assert settled.refresh()["applications"] == {"rabbitmq-server": 0}
    assert settled.preview() == "update"
