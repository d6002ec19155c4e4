"""Spaces, fabrics, VLANs, DHCP, subnets and ranges through their lives: made, changed, drifted, mended, adopted, destroyed."""

from __future__ import annotations

from typing import Any

import pytest

from clients import maas
from clients.maas import errors
from providers import _base
from providers.maas import Fabric, IpRange, Space, Subnet, Vlan, VlanDhcp

DISCOVERED = "10.20.0.0/24"
"""A subnet that the simulated rack sees, and so has a fabric and a VLAN for."""


def test_Space(life: Any, region: maas.Maas) -> None:
    space = life(Space, name="pulumi-test-a")
    assert space.up() == "create"
    assert space["adopted"] is False
    assert space.preview() == "same"
    assert space.refresh() == {}
    id_ = space.id
    assert space.up(name="pulumi-test-b") == "update"
    assert (space.id, region.spaces.read(id_).name) == (id_, "pulumi-test-b")
    region.spaces.update(id_, name="pulumi-test-c")
    assert space.refresh() == {"name": "pulumi-test-c"}
    assert space.up() == "update"
    assert region.spaces.read(id_).name == "pulumi-test-b"
    space.destroy()
    assert region.spaces.read(id_) is None


def test_a_space_that_was_there_is_adopted_and_left(life: Any, region: maas.Maas) -> None:
    found = region.spaces.create("pulumi-test-s", lambda: None, name="pulumi-test-s")
    space = life(Space, name="pulumi-test-s")
    space.up()
    assert (space.id, space["adopted"]) == (str(found.id), True)
    space.up(name="pulumi-test-t")
    space.destroy()
    assert region.spaces.read(found.id).name == "pulumi-test-s"
    region.spaces.delete(found.id)


def test_what_is_gone_refreshes_away_and_comes_again(life: Any, region: maas.Maas) -> None:
    space = life(Space, name="pulumi-test-gone")
    space.up()
    region.spaces.delete(space.id)
    space.refresh()
    assert space.id is None
    assert space.up() == "create"


def test_deleting_what_is_gone_is_success(life: Any, region: maas.Maas) -> None:
    space = life(Space, name="pulumi-test-gone")
    space.up()
    region.spaces.delete(space.id)
    space.destroy()
    assert "pulumi-test-gone" not in [there.name for there in region.spaces.list()]


def test_changing_what_is_gone_says_what_to_do(life: Any, region: maas.Maas) -> None:
    space = life(Space, name="pulumi-test-gone")
    space.up()
    region.spaces.delete(space.id)
    with pytest.raises(_base.ExpectedError, match="gone from MAAS: run `pulumi refresh`"):
        space.up(name="pulumi-test-other")
    space.refresh()


def test_fabric(life: Any, region: maas.Maas) -> None:
    fabric = life(Fabric, name="pulumi-test-f")
    fabric.up()
    assert region.vlan(int(fabric["untagged_vlan_id"])).vid == 0
    assert fabric.preview() == "same"
    region.fabrics.update(fabric.id, name="pulumi-test-g")
    assert fabric.refresh() == {"name": "pulumi-test-g"}
    assert fabric.up() == "update"
    assert region.fabrics.read(fabric.id).name == "pulumi-test-f"
    id_ = fabric.id
    fabric.destroy()
    assert region.fabrics.read(id_) is None


def test_a_discovered_fabric_is_renamed_and_gets_its_name_back(rack: Any, life: Any, region: maas.Maas) -> None:
    subnet = next(s for s in region.subnets.list() if s.cidr == DISCOVERED)
    home = region.fabrics.read(subnet.vlan.fabric_id)
    fabric = life(Fabric, name="management", discovered_by=DISCOVERED)
    fabric.up()
    assert (fabric.id, fabric["adopted"], fabric["before"]) == (str(home.id), True, {"name": home.name})
    assert fabric.preview() == "same"
    assert fabric.refresh() == {}
    fabric.destroy()
    assert region.fabrics.read(home.id).name == home.name


def test_an_interrupted_adoption_still_knows_the_old_name(rack: Any, life: Any, region: maas.Maas) -> None:
    before = {f.id: f.name for f in region.fabrics.list()}
    first = life(Fabric, name="management", discovered_by=DISCOVERED)
    first.up()
    life.things.remove(first)  # killed before the engine saved it
    second = life(Fabric, name="management", discovered_by=DISCOVERED)
    second.up()
    second.destroy()
    assert {f.id: f.name for f in region.fabrics.list()} == before


def test_an_interrupted_create_is_ours_again_and_goes_on_destroy(life: Any, region: maas.Maas) -> None:
    first = life(Space, name="pulumi-test-killed")
    first.up()
    id_ = first.id
    life.things.remove(first)
    second = life(Space, name="pulumi-test-killed")
    second.up()
    assert (second.id, second["adopted"]) == (id_, False)
    second.destroy()
    assert region.spaces.read(id_) is None


def test_a_key_that_was_ours_once_is_not_ours_for_ever(life: Any, region: maas.Maas) -> None:
    space = life(Space, name="pulumi-test-a")
    space.up()
    space.up(name="pulumi-test-b")
    region.spaces.delete(space.id)
    space.refresh()
    theirs = [region.spaces.create(name, lambda: None, name=name) for name in ("pulumi-test-a", "pulumi-test-b")]
    for found in theirs:
        again = life(Space, name=found.name)
        again.up()
        assert again["adopted"] is True
        again.destroy()
        assert region.spaces.read(found.id) == found
        region.spaces.delete(found.id)


def test_a_fabric_of_that_name_elsewhere_is_an_error_that_names_both(rack: Any, life: Any, region: maas.Maas) -> None:
    other = region.fabrics.create("management", lambda: None, name="management")
    with pytest.raises(_base.ExpectedError, match=rf"already has a fabric management \(id {other.id}\), but sees {DISCOVERED}"):
        life(Fabric, name="management", discovered_by=DISCOVERED).up()


def test_vlan(life: Any, region: maas.Maas) -> None:
    fabric, space = life(Fabric, name="pulumi-test-f"), life(Space, name="pulumi-test-s")
    fabric.up()
    space.up()
    vlan = life(Vlan, fabric=fabric["fabric_id"], vid=100, name="v100", mtu=9000, space="pulumi-test-s")
    assert vlan.up() == "create"
    assert vlan.preview() == "same"
    assert vlan.refresh() == {}
    found = region.vlan(int(vlan.id))
    assert (found.vid, found.name, found.mtu, found.space) == (100, "v100", 9000, "pulumi-test-s")
    assert vlan.up(name="v100b", mtu=1500) == "update"
    region.vlans(found.fabric_id).update(100, space="")
    assert vlan.refresh() == {"space": None}
    assert vlan.up() == "update"
    assert region.vlan(int(vlan.id)).space == "pulumi-test-s"
    assert vlan.preview(vid=101) == "replace"
    assert vlan.up(vid=101) == "replace"
    assert region.vlans(found.fabric_id).read(100) is None


def test_what_the_program_stops_saying_goes_back_to_mass_default(life: Any, region: maas.Maas) -> None:
    fabric = life(Fabric, name="pulumi-test-f")
    fabric.up()
    vlan = life(Vlan, fabric=fabric["fabric_id"], vid=100, name="v", mtu=9000)
    vlan.up()
    assert vlan.up(mtu=None) == "update"
    assert region.vlan(int(vlan.id)).mtu == 1500
    assert vlan.preview() == "same"


def test_the_untagged_vlan_is_adopted_put_back_and_stays(life: Any, region: maas.Maas) -> None:
    fabric, space = life(Fabric, name="pulumi-test-f"), life(Space, name="pulumi-test-s")
    fabric.up()
    space.up()
    vlan = life(Vlan, fabric=fabric["fabric_id"], vid=0, space="pulumi-test-s", mtu=9000)
    vlan.up()
    assert (vlan.id, vlan["adopted"]) == (str(int(fabric["untagged_vlan_id"])), True)
    id_ = int(vlan.id)
    vlan.destroy()
    assert (region.vlan(id_).space, region.vlan(id_).mtu) == (None, 1500)


def test_Subnet(life: Any, region: maas.Maas) -> None:
    fabric = life(Fabric, name="pulumi-test-f")
    fabric.up()
    subnet = life(
        Subnet,
        cidr="198.51.100.77/24",  # host bits are normalised, as MAAS does
        vlan=fabric["untagged_vlan_id"],
        name="pulumi-test-n",
        gateway_ip="198.51.100.1",
        dns_servers=["198.51.100.2", "198.51.100.3"],
    )
    assert subnet.up() == "create"
    assert subnet["cidr"] == "198.51.100.0/24"
    assert subnet.preview() == "same"
    assert subnet.refresh() == {}
    found = region.subnets.read(subnet.id)
    assert (found.gateway_ip, found.dns_servers) == ("198.51.100.1", ("198.51.100.2", "198.51.100.3"))
    assert subnet.up(dns_servers=["198.51.100.9"], managed=False, allow_dns=False) == "update"
    assert subnet.up(dns_servers=None, managed=None) == "update"
    found = region.subnets.read(subnet.id)
    assert (found.dns_servers, found.managed, found.allow_dns) == ((), True, False)
    assert subnet.preview(cidr="198.51.101.0/24", gateway_ip=None) == "replace"


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"gateway_ip": "198.51.100.254"}, {"gateway_ip": "198.51.100.254"}),
        ({"gateway_ip": ""}, {"gateway_ip": None}),
        ({"dns_servers": "9.9.9.9"}, {"dns_servers": ["9.9.9.9"]}),
        ({"dns_servers": ""}, {"dns_servers": []}),
        ({"allow_proxy": False}, {"allow_proxy": False}),
        ({"managed": False}, {"managed": False}),
        ({"rdns_mode": 0}, {"rdns_mode": 0.0}),
        ({"active_discovery": False}, {"active_discovery": False}),
        ({"name": "pulumi-test-x"}, {"name": "pulumi-test-x"}),
    ],
)
def test_drift_of_a_subnet_shows_field_by_field_and_is_mended(
    life: Any, region: maas.Maas, changes: dict[str, Any], seen: dict[str, Any]
) -> None:
    fabric = life(Fabric, name="pulumi-test-f")
    fabric.up()
    wanted = {"gateway_ip": "198.51.100.1", "dns_servers": ["198.51.100.2"], "allow_proxy": True, "managed": True, "rdns_mode": 2}
    subnet = life(
        Subnet, cidr="198.51.100.0/24", vlan=fabric["untagged_vlan_id"], name="pulumi-test-n", active_discovery=True, **wanted
    )
    subnet.up()
    region.subnets.update(subnet.id, **changes)
    assert subnet.refresh() == seen
    assert subnet.up() == "update"
    assert subnet.refresh() == {}
    assert subnet.preview() == "same"


def test_a_discovered_subnet_is_adopted_and_put_back(rack: Any, life: Any, region: maas.Maas) -> None:
    before = next(s for s in region.subnets.list() if s.cidr == DISCOVERED)
    subnet = life(
        Subnet, cidr=DISCOVERED, vlan=before.vlan.id, name="management", gateway_ip="10.20.0.1", dns_servers=["10.20.0.2"]
    )
    subnet.up()
    assert (subnet.id, subnet["adopted"]) == (str(before.id), True)
    subnet.destroy()
    assert region.subnets.read(before.id) == before


def test_a_gateway_elsewhere_is_refused_before_anything_is_done(life: Any) -> None:
    subnet = life(Subnet, cidr="198.51.100.0/24", vlan=1)
    assert subnet.check(gateway_ip="10.0.0.1") == [("gateway_ip", "10.0.0.1 is not an address of 198.51.100.0/24")]
    assert subnet.check(cidr="wrong")[0][0] == "cidr"


def networks(life: Any) -> Any:
    fabric = life(Fabric, name="pulumi-test-f")
    fabric.up()
    subnet = life(Subnet, cidr="198.51.100.0/24", vlan=fabric["untagged_vlan_id"])
    subnet.up()
    return subnet


def test_SubnetIPRange(life: Any, region: maas.Maas) -> None:
    subnet = networks(life)
    range_ = life(IpRange, subnet=subnet["subnet_id"], type="reserved", start_ip="198.51.100.10", end_ip="198.51.100.20")
    assert range_.up(comment="ours") == "create"
    assert range_.preview() == "same"
    assert range_.refresh() == {}
    assert range_.up(end_ip="198.51.100.30", comment="still ours") == "update"
    found = region.ranges.read(range_.id)
    assert (found.end_ip, found.comment) == ("198.51.100.30", "still ours")
    region.ranges.update(range_.id, end_ip="198.51.100.25")
    assert range_.refresh() == {"end_ip": "198.51.100.25"}
    assert range_.up() == "update"
    id_ = range_.id
    range_.destroy()
    assert region.ranges.read(id_) is None


def test_foreign_ranges_are_never_touched(life: Any, region: maas.Maas) -> None:
    # the peers' subnet resource deletes every range of the subnet when its own list changes
    subnet = networks(life)
    foreign = region.ranges.create("…", lambda: None, type="reserved", start_ip="198.51.100.200", end_ip="198.51.100.210")
    range_ = life(IpRange, subnet=subnet["subnet_id"], type="reserved", start_ip="198.51.100.10", end_ip="198.51.100.20")
    range_.up()
    range_.up(end_ip="198.51.100.40")
    subnet.up(dns_servers=["198.51.100.2"])
    range_.destroy()
    assert region.ranges.read(foreign.id) == foreign


def test_a_range_that_meets_another_is_refused_by_maas_with_its_words(life: Any) -> None:
    subnet = networks(life)
    life(IpRange, subnet=subnet["subnet_id"], type="reserved", start_ip="198.51.100.10", end_ip="198.51.100.20").up()
    with pytest.raises(errors.Refused, match="Requested reserved range conflicts with an existing range"):
        life(IpRange, subnet=subnet["subnet_id"], type="reserved", start_ip="198.51.100.15", end_ip="198.51.100.30").up()


def test_a_comment_that_maas_would_not_clear_is_refused_or_left(life: Any, region: maas.Maas) -> None:
    subnet = networks(life)
    ends = {"start_ip": "198.51.100.10", "end_ip": "198.51.100.20"}
    range_ = life(IpRange, subnet=subnet["subnet_id"], type="reserved", comment="ours", **ends)
    range_.up()
    assert range_.check(comment="")[0][0] == "comment"
    range_.up(comment=None)
    assert region.ranges.read(range_.id).comment == "ours"
    assert range_.preview() == "same"


def test_a_range_backwards_is_refused_before_anything_is_done(life: Any) -> None:
    range_ = life(IpRange, subnet=1, type="dynamic", start_ip="10.0.0.9", end_ip="10.0.0.1")
    assert range_.check() == [("end_ip", "the range ends at 10.0.0.1, before it starts at 10.0.0.9")]


def dhcp(life: Any, region: maas.Maas) -> Any:
    found = next(s for s in region.subnets.list() if s.cidr == DISCOVERED)
    life(IpRange, subnet=found.id, type="dynamic", start_ip="10.20.0.200", end_ip="10.20.0.249").up()
    return life(VlanDhcp, vlan=found.vlan.id)


def test_VLANDHCP_basic(rack: Any, life: Any, region: maas.Maas) -> None:
    vlan = dhcp(life, region)
    assert vlan.up() == "create"
    found = region.vlan(int(vlan.id))
    assert (found.dhcp_on, found.primary_rack) == (True, region.racks.list()[0].system_id)
    assert vlan.preview() == "same"
    assert vlan.refresh() == {}
    id_ = int(vlan.id)
    vlan.destroy()
    found = region.vlan(id_)
    assert (found.dhcp_on, found.primary_rack, found.secondary_rack) == (False, None, None)


def test_dhcp_switched_off_elsewhere_is_seen_and_mended(rack: Any, life: Any, region: maas.Maas) -> None:
    # the peers' reads ignore it
    vlan = dhcp(life, region)
    vlan.up()
    found = region.vlan(int(vlan.id))
    region.vlans(found.fabric_id).update(found.vid, dhcp_on=False)
    assert vlan.refresh()["dhcp_on"] is False
    assert vlan.up() == "update"
    assert region.vlan(int(vlan.id)).dhcp_on is True


def test_VLANDHCP_subnet(rack: Any, life: Any, region: maas.Maas) -> None:
    # one pass down, one pass up: the range before DHCP, DHCP off before the range goes
    vlan = dhcp(life, region)
    vlan.up()
    life.destroy()
    assert [r for r in region.ranges.list() if r.type == "dynamic"] == []


def test_VLANDHCP_wrongIPRange(rack: Any, life: Any, region: maas.Maas) -> None:
    found = next(s for s in region.subnets.list() if s.cidr == DISCOVERED)
    life(IpRange, subnet=found.id, type="reserved", start_ip="10.20.0.200", end_ip="10.20.0.249").up()
    with pytest.raises(errors.Refused, match="dhcp can only be turned on when a dynamic IP range is defined"):
        life(VlanDhcp, vlan=found.vlan.id).up()


def test_VLANDHCP_relay_and_relayVLANUpdateCycle(rack: Any, life: Any, region: maas.Maas) -> None:
    dhcp(life, region).up()
    fabric = life(Fabric, name="pulumi-test-f")
    fabric.up()
    first = int(region.subnets.list()[0].vlan.id)
    second = next(s.vlan.id for s in region.subnets.list() if s.vlan.id != first)
    relayed = life(VlanDhcp, vlan=fabric["untagged_vlan_id"], relay_vlan=first, dhcp_on=False)
    relayed.up()
    assert region.vlan(int(relayed.id)).relay_vlan == first
    assert relayed.preview() == "same"
    assert relayed.up(relay_vlan=second) == "update"
    assert region.vlan(int(relayed.id)).relay_vlan == second
    id_ = int(relayed.id)
    relayed.destroy()
    assert region.vlan(id_).relay_vlan is None


def test_relay_and_racks_exclude_one_another(life: Any) -> None:
    vlan = life(VlanDhcp, vlan=1)
    assert vlan.check(relay_vlan=2, primary_rack="abc")[0][0] == "relay_vlan"
    assert vlan.check(relay_vlan=1)[0][1] == "a VLAN can't be relayed to itself"
    assert vlan.check(primary_rack="abc", secondary_rack="abc")[0][0] == "secondary_rack"
