"""Interfaces of machines and their links."""

from __future__ import annotations

from typing import Any

import pytest

from clients import maas
from providers.maas import NetworkInterface, Subnet, Vlan

pytestmark = pytest.mark.usefixtures("rack")


@pytest.fixture
def machine(life: Any, region: maas.Maas, ready: Any) -> maas.Machine:
    """A Ready machine with eno1 (PXE) and eno2."""
    found = region.machines.read(ready("worker-1").id)
    assert found is not None
    return found


@pytest.fixture
def subnet(region: maas.Maas) -> maas.Subnet:
    return next(subnet for subnet in region.subnets.list() if subnet.cidr == "10.20.0.0/24")


def nic(region: maas.Maas, machine: maas.Machine, name: str) -> maas.Interface:
    return next(nic for nic in region.interfaces(machine.system_id).list() if nic.name == name)


def second(machine: maas.Machine) -> maas.Interface:
    return next(nic for nic in machine.interfaces if nic.mac_address == "52:54:00:01:01:02")


def test_NetworkInterfacePhysical_basic(life: Any, region: maas.Maas, machine: maas.Machine, subnet: maas.Subnet) -> None:
    before = second(machine)
    thing = life(NetworkInterface, machine=machine.system_id, mac_address=before.mac_address, name="ext0", mtu=9000, tags=["ext"])
    assert thing.up() == "create"
    assert (thing["adopted"], thing["interface_id"], thing.preview(), thing.refresh()) == (True, before.id, "same", {})
    found = nic(region, machine, "ext0")
    assert (found.params["mtu"], found.tags) == (9000, ("ext",))
    region.interfaces(machine.system_id).update(found.id, mtu=1500, name="other")
    assert thing.refresh() == {"mtu": 1500.0, "name": "other"}
    assert thing.up() == "update"
    thing.destroy()
    left = region.interfaces(machine.system_id).read(before.id)  # a physical NIC is never deleted
    assert (left.name, left.params.get("mtu", 1500), left.tags) == (before.name, 1500, ())


def test_InterfaceTag_leaves_tags_of_others(life: Any, region: maas.Maas, machine: maas.Machine) -> None:
    nics = region.interfaces(machine.system_id)
    nics.update(second(machine).id, tags="theirs")
    thing = life(NetworkInterface, machine=machine.system_id, mac_address=second(machine).mac_address, tags=["ours"])
    thing.up()
    assert nics.read(second(machine).id).tags == ("ours", "theirs")
    thing.up(tags=["ours2"])
    assert nics.read(second(machine).id).tags == ("ours2", "theirs")


def test_NetworkInterfaceLink_basic(life: Any, region: maas.Maas, machine: maas.Machine, subnet: maas.Subnet) -> None:
    boot = next(nic for nic in machine.interfaces if nic.mac_address == machine.boot_mac)
    links = [{"mode": "static", "subnet": subnet.id, "ip_address": "10.20.0.150"}]
    thing = life(NetworkInterface, machine=machine.system_id, mac_address=boot.mac_address, links=links)
    thing.up()
    now = region.interfaces(machine.system_id).read(boot.id)
    # MAAS's own link from commissioning is still there: one NIC, several links
    assert sorted(link.mode for link in now.links) == sorted([*(link.mode for link in boot.links), "static"])
    assert (thing.preview(), thing.refresh()) == ("same", {})
    second_link = {"mode": "static", "subnet": subnet.id, "ip_address": "10.20.0.151"}
    assert thing.up(links=[*links, second_link]) == "update"
    assert thing.up(links=[second_link]) == "update"
    addresses = {link.ip_address for link in region.interfaces(machine.system_id).read(boot.id).links}
    assert "10.20.0.151" in addresses
    assert "10.20.0.150" not in addresses
    thing.destroy()
    left = region.interfaces(machine.system_id).read(boot.id)
    assert [link.mode for link in left.links] == [link.mode for link in boot.links]


def test_a_link_taken_away_elsewhere_is_seen_and_made_again(
    life: Any, region: maas.Maas, machine: maas.Machine, subnet: maas.Subnet
) -> None:
    nics = region.interfaces(machine.system_id)
    boot = next(nic for nic in machine.interfaces if nic.mac_address == machine.boot_mac)
    links = [{"mode": "static", "subnet": subnet.id, "ip_address": "10.20.0.150"}]
    thing = life(NetworkInterface, machine=machine.system_id, mac_address=boot.mac_address, links=links)
    thing.up()
    ours = next(link for link in nics.read(boot.id).links if link.ip_address == "10.20.0.150")
    nics.act(boot.id, "unlink_subnet", id=ours.id)
    assert thing.refresh() == {"links": []}
    assert thing.up() == "update"
    assert "10.20.0.150" in {link.ip_address for link in nics.read(boot.id).links}


def test_only_these_links(life: Any, region: maas.Maas, machine: maas.Machine, subnet: maas.Subnet) -> None:
    boot = next(nic for nic in machine.interfaces if nic.mac_address == machine.boot_mac)
    links = [{"mode": "static", "subnet": subnet.id, "ip_address": "10.20.0.150"}]
    thing = life(NetworkInterface, machine=machine.system_id, mac_address=boot.mac_address, links=links, only_these_links=True)
    thing.up()
    assert [link.mode for link in region.interfaces(machine.system_id).read(boot.id).links] == ["static"]
    region.interfaces(machine.system_id).act(boot.id, "link_subnet", mode="dhcp")
    assert thing.refresh() == {"only_these_links": False}
    assert thing.up() == "update"
    assert [link.mode for link in region.interfaces(machine.system_id).read(boot.id).links] == ["static"]


def test_a_default_gateway_is_chosen_and_its_loss_seen(
    life: Any, region: maas.Maas, machine: maas.Machine, subnet: maas.Subnet
) -> None:
    life(Subnet, cidr=subnet.cidr, vlan=subnet.vlan.id, gateway_ip="10.20.0.1").up()
    boot = next(nic for nic in machine.interfaces if nic.mac_address == machine.boot_mac)
    link = {"mode": "static", "subnet": subnet.id, "ip_address": "10.20.0.150", "default_gateway": True}
    thing = life(NetworkInterface, machine=machine.system_id, mac_address=boot.mac_address, links=[link])
    thing.up()
    assert thing.refresh() == {}
    region.machines.act(machine.system_id, "clear_default_gateways")
    assert thing.refresh()["links"][0]["default_gateway"] is False
    assert thing.up() == "update"
    assert thing.refresh() == {}


def test_NetworkInterfaceBridge_basic(life: Any, region: maas.Maas, machine: maas.Machine) -> None:
    boot = next(nic for nic in machine.interfaces if nic.mac_address == machine.boot_mac)
    bridge = life(
        NetworkInterface, machine=machine.system_id, type="bridge", name="br0", parents=[boot.id], bridge_stp=True, bridge_fd=10
    )
    bridge.up()
    assert (bridge["adopted"], bridge.preview(), bridge.refresh()) == (False, "same", {})
    assert bridge.up(bridge_fd=15) == "update"
    assert nic(region, machine, "br0").params["bridge_fd"] == 15
    assert bridge.preview(parents=[second(machine).id]) == "replace"
    bridge.destroy()
    # deleting a bridge does not bring its parent's links back by itself, and without them a deployment is refused
    left = region.interfaces(machine.system_id).read(boot.id)
    assert [link.mode for link in left.links] == [link.mode for link in boot.links]


def test_NetworkInterfaceBond_basic(life: Any, region: maas.Maas, machine: maas.Machine) -> None:
    boot, other = (next(n for n in machine.interfaces if n.mac_address == machine.boot_mac), second(machine))
    joined = life(NetworkInterface, machine=machine.system_id, mac_address=other.mac_address, vlan=boot.vlan_id)
    joined.up()
    bond = life(
        NetworkInterface, machine=machine.system_id, type="bond", name="bond0", parents=[boot.id, other.id], bond_mode="802.3ad"
    )
    bond.up()
    assert (bond.preview(), bond.refresh()) == ("same", {})
    assert bond.up(bond_mode="active-backup") == "update"
    assert nic(region, machine, "bond0").params["bond_mode"] == "active-backup"


def test_NetworkInterfaceVLAN_basic(life: Any, region: maas.Maas, machine: maas.Machine) -> None:
    boot = next(n for n in machine.interfaces if n.mac_address == machine.boot_mac)
    vlan = life(Vlan, fabric=region.vlan(boot.vlan_id).fabric_id, vid=50)
    vlan.up()
    thing = life(NetworkInterface, machine=machine.system_id, type="vlan", parents=[boot.id], vlan=vlan["vlan_id"])
    thing.up()
    assert (thing["adopted"], thing.preview(), thing.refresh()) == (False, "same", {})
    assert nic(region, machine, f"{boot.name}.50").vlan_id == int(vlan["vlan_id"])
    id_ = int(thing.id)
    thing.destroy()
    assert region.interfaces(machine.system_id).read(id_) is None


def test_interfaces_that_can_not_be_are_refused(life: Any) -> None:
    def refused(**props: Any) -> set[str]:
        return {name for name, _ in life(NetworkInterface, machine="abc", **props).check()}

    assert refused() == {"mac_address"}
    assert refused(type="bridge", name="br0", parents=[1, 2]) == {"parents"}
    assert refused(type="bond", parents=[1]) == {"name"}
    assert refused(type="vlan", parents=[1]) == {"vlan"}
    assert refused(mac_address="52:54:00:00:00:01", bond_mode="802.3ad") == {"bond_mode"}
    assert refused(mac_address="52:54:00:00:00:01", links=[{"mode": "auto"}]) == {"links.0"}
