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
    until("the state to be saved", lambda: '"0/lxd/1"' in (site.rack.directory / "world.json").read_text())
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
