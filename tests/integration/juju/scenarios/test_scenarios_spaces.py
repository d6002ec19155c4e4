"""Spaces and their subnets, as Juju has them of MAAS."""

from __future__ import annotations

from typing import Any

import pytest

from providers._base import ExpectedError
from providers.juju import Space
from tests.integration.juju.scenarios.steps import unchanged

pytestmark = pytest.mark.xdist_group("juju-scenarios")


def test_Space_CreateImportAndReplace_reads_maas_spaces(life: Any) -> None:
    space = life(Space, name="management")
    space.up()
    assert (space["adopted"], space["subnets"]) == (True, ["10.20.0.0/24"])
    assert unchanged(space)
    space.destroy()
    with pytest.raises(ExpectedError, match="no space 'nowhere'"):
        life(Space, name="nowhere").up()


def test_Space_AlphaRejected(life: Any) -> None:
    provider = life(Space, name="alpha").provider
    failures = provider.check({}, {"model": "m", "name": "alpha"}).failures
    assert [f.property for f in failures] == ["name"]
