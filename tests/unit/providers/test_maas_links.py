from __future__ import annotations

import pydantic
import pytest

from clients import maas
from providers.maas import _links
from providers.maas._links import LinkInputs


def link(id_: int, mode: str, subnet: int | None = None, ip: str | None = None) -> maas.Link:
    return maas.Link(id=id_, mode=mode, subnet_id=subnet, cidr=None, ip_address=ip)


AUTO, DHCP = LinkInputs(mode="auto", subnet=1), LinkInputs(mode="dhcp")
STATIC = LinkInputs(mode="static", subnet=1, ip_address="10.0.0.5")


def test_what_is_there_is_not_made_again() -> None:
    plan = _links.plan([link(7, "auto", 1)], [AUTO], [AUTO], only=False)
    assert plan == _links.Plan(add=(), remove=())


def test_several_links_live_beside_one_another() -> None:
    # the peers' link resource first unlinks all others
    plan = _links.plan([link(7, "auto", 1)], [AUTO, STATIC, DHCP], [AUTO], only=False)
    assert plan == _links.Plan(add=(STATIC, DHCP), remove=())


def test_links_of_others_stay() -> None:
    plan = _links.plan([link(7, "auto", 1), link(8, "dhcp")], [STATIC], [], only=False)
    assert plan == _links.Plan(add=(STATIC,), remove=())


def test_ours_that_are_wanted_no_more_go() -> None:
    plan = _links.plan([link(7, "auto", 1), link(8, "dhcp")], [AUTO], [AUTO, DHCP], only=False)
    assert [gone.id for gone in plan.remove] == [8]


def test_only_these_takes_the_others_away_but_never_the_bare_link() -> None:
    plan = _links.plan([link(7, "auto", 1), link(8, "dhcp"), link(9, "link_up")], [AUTO], [], only=True)
    assert [gone.id for gone in plan.remove] == [8]


def test_the_same_link_twice_needs_two() -> None:
    plan = _links.plan([link(7, "auto", 1)], [AUTO, AUTO], [AUTO], only=False)
    assert plan.add == (AUTO,)


def test_an_address_finds_its_link_before_one_without_takes_it() -> None:
    any_static = LinkInputs(mode="static", subnet=1)
    found = [link(7, "static", 1, "10.0.0.5"), link(8, "static", 1, "10.0.0.9")]
    assert [m and m.id for m in _links.matched(found, [any_static, STATIC])] == [8, 7]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mode": "auto"}, "a link of mode auto needs a subnet"),
        ({"mode": "dhcp", "ip_address": "10.0.0.1"}, "only a static link has an address of its own"),
        ({"mode": "dhcp", "default_gateway": True}, "a default gateway is a subnet's"),
    ],
)
def test_links_that_can_not_be_are_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=said):
        LinkInputs.model_validate(fields)
