"""Spaces and their subnets, as Juju has them of MAAS."""

from __future__ import annotations

from typing import Any

import pytest

from clients import juju
from providers import maas
from providers._base import ExpectedError
from providers.juju import Space
from tests.integration.juju.scenarios.steps import unchanged

pytestmark = pytest.mark.xdist_group("juju-scenarios")


def test_Space_CreateImportAndReplace(life: Any) -> None:
    space = life(Space, name="management")
    space.up()
    assert (space["adopted"], space["subnets"]) == (True, ["10.20.0.0/24"])
    assert unchanged(space)
    assert space.preview(name="alpine") == "replace"
    space.destroy()
    with pytest.raises(ExpectedError, match="no space 'nowhere'"):
        life(Space, name="nowhere").up()


def test_Space_AlphaRejected(life: Any) -> None:
    provider = life(Space, name="alpha").provider
    failures = provider.check({}, {"model": "m", "name": "alpha"}).failures
    assert [f.property for f in failures] == ["name"]


def test_Space_made_in_the_model_is_refused_on_maas(life: Any) -> None:
    with pytest.raises(juju.JujuError, match="provider-sourced spaces is not supported"):
        life(Space, name="ours", cidrs=["10.20.0.0/24"]).up()


def test_Subnet_CreateImportUpdateAndDelete(life: Any, site: dict[str, str]) -> None:
    """A subnet is MAAS's: made, moved to another space and deleted there, and each time Juju's spaces follow."""
    region = type(life)(site)
    fabric = region.made(maas.Fabric, name="subnets").id
    region.made(maas.Space, name="one")
    region.made(maas.Space, name="two")
    vlan = region.made(maas.Vlan, fabric=int(fabric), vid=77, space="one")
    subnet = region.made(maas.Subnet, cidr="10.77.0.0/24", vlan=int(vlan["vlan_id"]))
    one = life(Space, name="one", cidrs=["10.77.0.0/24"])
    one.up()
    assert (one["adopted"], one["subnets"]) == (True, ["10.77.0.0/24"])
    assert unchanged(one)
    assert vlan.up(space="two") == "update"
    assert one.refresh() == {"cidrs": [], "subnets": []}
    with pytest.raises(ExpectedError, match=r"the space 'one' has no subnet, not 10\.77\.0\.0/24.*move them in MAAS"):
        one.up()
    two = life(Space, name="two", cidrs=["10.77.0.0/24"])
    two.up()
    assert unchanged(two)
    subnet.destroy()
    assert two.refresh()["subnets"] == []
    region.destroy()
    two.refresh()
    assert two.id is None
