"""The simulator is stopped, or killed, and started again: controllers, models and pending work go on where they stood."""

import pytest

from simulator.testing import Rack

from tests.unit.simulator_juju.juju_site import Caller, make, rack_data, run, until  # isort: skip


@pytest.fixture
def site(tmp_path):
    rack = Rack(rack_data(), 3600.0, tmp_path, ("maas", "juju"))
    rack.start()
    try:
        yield make(rack)
    finally:
        rack.stop()


@pytest.fixture
def juju(site):
    controller = Caller(site)
    made = controller("ModelManager.CreateModel", {"name": "kept", "owner-tag": "user-admin"})
    return Caller(site, made["uuid"])


def busy(juju):
    juju.deploy("keystone")
    juju.deploy("mysql-router")
    juju.relate("keystone", "mysql-router:shared-db")
    host = juju.machine("control-1")
    juju.unit("keystone", juju.container(host))
    juju.unit("keystone", juju.container(host))


def settled(juju):
    for number in range(2):
        juju.until_unit(f"keystone/{number}", "waiting", "Incomplete relations: database")
        juju.until_unit(f"mysql-router/{number}", "blocked", "'db-router' missing")


@pytest.mark.parametrize("moment", ["asked", "deploying", "first container", "installing", "settled"])
def test_work_goes_on_after_a_stop(site, juju, moment):
    busy(juju)
    ready = {
        "asked": lambda: True,
        "deploying": lambda: juju.record.machines["0"].deployed,
        "first container": lambda: juju.record.machines["0/lxd/0"].instance.status == "allocating",
        "installing": lambda: any(unit.running == "install" for unit in juju.record.units.values()),
        "settled": lambda: all(unit.started for unit in juju.record.units.values()),
    }
    until(moment, ready[moment])
    address = site.address
    site.rack.stop()
    site.rack.start()
    assert site.parts.address(next(iter(site.parts.store.controllers.values()))) == address
    settled(juju)
    assert len(run(site.maas().get("devices/"))) == 2
    assert len([m for m in run(site.maas().get("machines/")) if m["status_name"] == "Deployed"]) == 2


def test_what_was_answered_is_kept_when_the_simulator_is_killed(site, juju):
    busy(juju)
    until("the machine", lambda: juju.record.machines["0"].started)
    until("the state to be saved", lambda: '"keystone/1"' in (site.rack.directory / "world.json").read_text())
    site.rack.crash()
    site.rack.start()
    settled(juju)
    assert len(run(site.maas().get("devices/"))) == 2


def test_reset_forgets_controllers_but_keeps_ports_and_keys(site, juju):
    ca, address = site.ca_cert, site.address
    site.rack.call(site.rack.daemon.reset)
    assert site.parts.store.controllers == {}
    again = make(site.rack)
    assert (again.ca_cert, again.address) == (ca, address)
    names = [r["result"]["name"] for r in Caller(again)("ModelManager.ListModelSummaries", {"user-tag": "user-admin"})["results"]]
    assert names == ["controller"]


@pytest.mark.parametrize("forgotten", ["allocation", "deployment", "device"])
def test_what_maas_did_just_before_the_end_is_found_again(site, juju, forgotten):
    """Killed after MAAS acted and before its answer was noted down: nothing is taken twice."""
    calls = site.maas()
    if forgotten == "allocation":
        fields = [("agent_name", juju.model), ("system_id", site.ids["control-1"])]
        run(calls.post("machines/", "allocate", fields))
    machine = juju.machine("control-1")
    if forgotten == "deployment":
        until("the deployment", lambda: juju.record.machines[machine].deployed)
        juju.record.machines[machine].deployed = False
    container = juju.container(machine)
    if forgotten == "device":
        until("the host", lambda: juju.record.machines[machine].started)
        name = f"juju-{juju.model[-6:]}-0-lxd-0"
        run(
            calls.post(
                "devices/", fields=[("hostname", name), ("mac_addresses", "00:16:3e:00:00:01"), ("parent", site.ids["control-1"])]
            )
        )
    site.rack.stop()
    site.rack.start()
    juju.until_started(container)
    assert len(run(site.maas().get("devices/"))) == 1
    assert juju.record.machines[machine].hostname == "control-1"
    assert juju.record.machines[machine].attempts == 0
