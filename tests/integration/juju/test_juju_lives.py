"""Resources through their lives on a simulated controller."""

from __future__ import annotations

from typing import Any

from clients import juju
from providers.juju import Application, Machine, Settled, Unit


def test_a_small_model_from_nothing_to_settled(life: Any, model: juju.Model) -> None:
    machine = life(Machine, name="worker", base="ubuntu@24.04")
    assert machine.up() == "create"
    container = life(Machine, name="mysql-0", base="ubuntu@24.04", parent=machine.id, container_type="lxd")
    container.up()
    assert (machine.id, container.id) == ("0", "0/lxd/0")
    memcached = life(Application, name="rabbitmq-server", charm="rabbitmq-server", channel="3.12/stable", base="ubuntu@24.04")
    memcached.up()
    unit = life(Unit, application="rabbitmq-server", machine=container.id)
    unit.up()
    settled = life(Settled, applications={"rabbitmq-server": 1}, machines=2)
    settled.up()
    assert settled["units"]["rabbitmq-server"]["rabbitmq-server/0"]["workload"] == "active"
    for thing in life.things:
        assert thing.preview() == "same"
        thing.refresh()
        assert thing.preview() == "same", thing.provider
