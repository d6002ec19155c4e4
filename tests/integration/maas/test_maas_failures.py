"""A region that is away, slow, or loses its answers; and what interrupted work leaves."""

from __future__ import annotations

from typing import Any

import pytest

from clients import maas
from clients.maas import errors
from providers import _base
from providers.maas import Fabric, Space, Subnet, Vlan

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def quick(region: maas.Maas) -> None:
    """The client's pauses, shortened."""
    region.session.backoff = 0.01


def creates(rack: Any, path: str) -> int:
    return sum(seen["method"] == "POST" and seen["path"].endswith(path) for seen in rack.requests("maas"))


@pytest.mark.parametrize("fault", ["drop-after-effect", "http-504"])
def test_a_create_whose_answer_is_lost_after_the_effect_is_found_not_repeated(
    rack: Any, life: Any, region: maas.Maas, fault: str
) -> None:
    space = life(Space, name="management")
    region.spaces.list()
    rack.fault(fault, target="POST */spaces/", times=1)
    space.up()
    assert creates(rack, "/spaces/") == 1
    assert [s.name for s in region.spaces.list() if s.id >= 0] == ["management"]
    assert space["adopted"] is False


def test_a_region_that_restarts_is_waited_for(rack: Any, life: Any, region: maas.Maas) -> None:
    space = life(Space, name="management")
    region.spaces.list()
    rack.fault("http-503", times=3)
    space.up()
    rack.fault("http-503", times=3)
    assert space.refresh() == {}


def test_a_region_that_stays_away_is_an_error_and_changes_nothing(rack: Any, life: Any, region: maas.Maas) -> None:
    space = life(Space, name="management")
    region.spaces.list()
    rack.fault("http-503")
    with pytest.raises(errors.Unreachable):
        space.up()
    rack.clear_faults()
    assert [s for s in region.spaces.list() if s.id >= 0] == []


def test_a_lost_answer_to_a_delete_is_asked_for_again(rack: Any, life: Any, region: maas.Maas) -> None:
    space = life(Space, name="management")
    space.up()
    rack.fault("drop-after-effect", target="DELETE */spaces/*", times=1)
    space.destroy()
    assert [s for s in region.spaces.list() if s.id >= 0] == []


def test_the_second_run_sends_nothing_that_changes_anything(rack: Any, life: Any, region: maas.Maas) -> None:
    space, fabric = life(Space, name="management"), life(Fabric, name="management", discovered_by="10.20.0.0/24")
    space.up()
    fabric.up()
    vlan = life(Vlan, fabric=fabric["fabric_id"], vid=0, space="management", mtu=1500)
    vlan.up()
    subnet = life(Subnet, cidr="10.20.0.0/24", vlan=vlan["vlan_id"], gateway_ip="10.20.0.1", dns_servers=["10.20.0.2"])
    subnet.up()
    before = sum(seen["mutates"] for seen in rack.requests("maas"))
    for thing in life.things:
        assert thing.refresh() == {}
        assert thing.up() == "same"
    assert sum(seen["mutates"] for seen in rack.requests("maas")) == before


def test_a_wrong_key_is_one_clear_message(life: Any, config: dict[str, str]) -> None:
    config["maas:apiKey"] = "not:the:key"
    with pytest.raises(errors.Unauthorised, match="does not know the API key") as caught:
        life(Space, name="management").up()
    assert "key" not in caught.value.body


def test_no_configuration_is_one_clear_message(life: Any, config: dict[str, str]) -> None:
    config.clear()
    with pytest.raises(_base.ExpectedError, match="maas:apiUrl and maas:apiKey not set: `pulumi config set"):
        life(Space, name="management").up()
