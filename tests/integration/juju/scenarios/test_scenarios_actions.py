"""Actions through their lives."""

from __future__ import annotations

from typing import Any

import pytest

from clients import juju
from providers._base import ExpectedError
from providers.juju import Action, Machine, Settled, Unit
from tests.integration.juju.scenarios.steps import BASE, deployed, unchanged

pytestmark = pytest.mark.xdist_group("juju-scenarios")


def test_Action(life: Any, model: juju.Model) -> None:
    life(Machine, name="any", base=BASE).up()
    deployed(life, "rabbitmq-server")
    life(Unit, application="rabbitmq-server", machine="0").up()
    life(Settled, applications={"rabbitmq-server": 1}, machines=1).up()
    action = life(Action, unit="rabbitmq-server/leader", name="pause", triggers=[1])
    action.up()
    assert action["status"] == "completed"
    assert model.status().units["rabbitmq-server/0"].workload.current == "maintenance"
    assert unchanged(action)
    assert action.preview(unit="rabbitmq-server/0") == "replace"
    ran = action["action_id"]
    assert action.up(parameters={"extra": "word"}) == "update"  # tokens change with every run: triggers alone run it again
    assert action["action_id"] == ran
    action.props["parameters"] = {}
    action.up()
    assert action.preview(triggers=[2]) == "replace"
    first = action["action_id"]
    action.up(triggers=[2])
    assert action["action_id"] != first
    with pytest.raises((ExpectedError, juju.JujuError), match="no-such-action"):
        life(Action, unit="rabbitmq-server/0", name="no-such-action").up()
    with pytest.raises(ExpectedError, match="there is no unit rabbitmq-server/7"):
        life(Action, unit="rabbitmq-server/7", name="pause").up()
