"""User secrets through their lives."""

from __future__ import annotations

from typing import Any

import pytest

from clients import juju
from providers.juju import Secret
from tests.integration.juju.scenarios.steps import deployed, unchanged

pytestmark = pytest.mark.xdist_group("juju-scenarios")


def test_Secret_Update(life: Any, model: juju.Model) -> None:
    deployed(life, "keystone")
    secret = life(Secret, name="token", value={"key": "one"}, info="for tests", access=["keystone"])
    secret.up()
    assert unchanged(secret)
    assert secret.up(value={"key": "two"}) == "update"
    assert model.secrets.list(show=True)[0].value == {"key": "two"}
    secret.up(access=[])
    secret.destroy()
    assert model.secrets.list() == []
    secret.destroy()
