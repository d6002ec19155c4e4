"""A change of charm or release, which is over when the units have taken it up; and what charms do of themselves then."""

from __future__ import annotations

from typing import Any

import pytest

from clients import juju
from clients.errors import ClientError
from providers._base import ExpectedError
from providers.juju import Action, Application, Machine, Settled, Unit
from simulator.testing import Rack

MEMCACHED = {"name": "memcached", "charm": "memcached", "channel": "latest/stable", "base": "ubuntu@24.04"}
CEPH = {"name": "ceph-osd", "charm": "ceph-osd", "channel": "squid/stable", "base": "ubuntu@24.04"}


@pytest.fixture
def deployed(life: Any) -> Any:
    """Deploys an application with a unit on a machine of its own; returns its resource once the unit has come up."""

    def deployed(settled: bool = True, **wanted: Any) -> Any:
        application = life(Application, **wanted)
        application.up()
        machine = life(Machine, name="machine", base="ubuntu@24.04")
        machine.up()
        life(Unit, application=wanted["name"], machine=machine.id).up()
        if settled:
            life(Settled, applications={wanted["name"]: 1}, machines=1).up()
        return application

    return deployed


def only_unit(model: juju.Model, application: str) -> juju.Unit:
    return model.status().units_of(application)[0]


def test_a_change_of_charm_waits_for_the_units(deployed: Any, model: juju.Model) -> None:
    application = deployed(**MEMCACHED, wait_idle=True)
    revision = application["charm_revision"]
    assert application.up(channel="latest/candidate") == "update"
    assert application["charm_revision"] > revision
    unit = only_unit(model, "memcached")
    assert (unit.charm, unit.agent.current, unit.workload.current) == ("", "idle", "active")


def test_without_the_wait_it_is_over_at_once(deployed: Any, model: juju.Model, until: Any) -> None:
    application = deployed(**MEMCACHED)
    application.up(channel="latest/candidate")
    until(lambda: only_unit(model, "memcached").charm == "")


def test_a_change_of_the_wait_alone_is_none(deployed: Any) -> None:
    assert deployed(**MEMCACHED).preview(wait_idle=True) == "same"


def test_a_hook_that_fails_ends_the_wait(deployed: Any, rack: Rack) -> None:
    application = deployed(**MEMCACHED, wait_idle=True)
    rack.fault("hook-error", "memcached", hook="upgrade-charm")
    with pytest.raises((ExpectedError, ClientError), match="memcached doesn't take up its change: memcached/0 has"):
        application.up(channel="latest/candidate")


def test_a_later_release_upgrades_the_workload(deployed: Any, model: juju.Model) -> None:
    application = deployed(False, **CEPH, options={"source": "caracal"}, wait_idle=True)
    model.wait(lambda s: s.units_of("ceph-osd")[0].version == "19.2.0", seconds=60, describe=str)
    model.wait(lambda s: s.units_of("ceph-osd")[0].agent.current == "idle", seconds=60, describe=str)
    application.up(options={"source": "epoxy"})
    assert only_unit(model, "ceph-osd").version == "19.2.1"


def test_a_release_that_the_base_has_not_fails_the_hook(deployed: Any, model: juju.Model) -> None:
    application = deployed(False, **CEPH, options={"source": "caracal"}, wait_idle=True)
    model.wait(lambda s: s.units_of("ceph-osd")[0].agent.current == "idle", seconds=60, describe=str)
    with pytest.raises((ExpectedError, ClientError), match='hook failed: "config-changed"'):
        application.up(options={"source": "bobcat"})
    application.refresh()
    assert application.up(options={"source": "caracal"}, wait_idle=False) == "update"
    model.wait(lambda s: s.units_of("ceph-osd")[0].workload.current == "blocked", seconds=60, describe=str)  # Juju tries again


def test_an_upgrade_by_action(deployed: Any, model: juju.Model, life: Any) -> None:
    wanted = {"name": "keystone", "charm": "keystone", "channel": "2024.1/stable", "base": "ubuntu@24.04"}
    options = {"openstack-origin": "caracal", "action-managed-upgrade": True}
    application = deployed(False, **wanted, options=options, wait_idle=True)
    model.wait(lambda s: s.units_of("keystone")[0].agent.current == "idle", seconds=60, describe=str)
    application.up(options={**options, "openstack-origin": "dalmatian"})
    assert only_unit(model, "keystone").version == "25.0.0"
    steps = [life(Action, unit="keystone/leader", name=name) for name in ("pause", "openstack-upgrade", "resume")]
    for step in steps:
        step.up()
    assert steps[1]["output"]["outcome"] == "success, upgrade completed"
    assert only_unit(model, "keystone").version == "26.0.0"
