"""Devices and users."""

from __future__ import annotations

from typing import Any

import pytest

from clients import maas
from providers import _base
from providers.maas import Device, User

MAC = "52:54:00:0f:0f:01"


@pytest.fixture
def subnet(region: maas.Maas) -> maas.Subnet:
    return region.subnets.list()[0]


def test_Device_basic(life: Any, region: maas.Maas) -> None:
    device = life(Device, hostname="pulumi-test-switch", interfaces=[{"mac_address": MAC.upper()}], description="top of the rack")
    assert (device.up(), device.preview(), device.refresh()) == ("create", "same", {})
    assert region.devices.read(device.id).hostname == "pulumi-test-switch"
    device.destroy()
    assert region.devices.list(hostname="pulumi-test-switch") == []


def test_Device_update(life: Any, region: maas.Maas) -> None:
    device = life(Device, hostname="pulumi-test-switch", interfaces=[{"mac_address": MAC}], description="one")
    device.up()
    before = device.id
    assert device.up(hostname="pulumi-test-switch-2", description=None) == "update"
    assert (device.id, region.devices.read(before).description) == (before, "")
    region.devices.update(before, hostname="pulumi-test-other")
    assert device.refresh() == {"hostname": "pulumi-test-other"}
    assert device.up() == "update"
    assert region.devices.read(before).hostname == "pulumi-test-switch-2"
    assert device.preview(interfaces=[{"mac_address": "52:54:00:0f:0f:02"}]) == "replace"


def test_Link_device(life: Any, region: maas.Maas, subnet: maas.Subnet) -> None:
    device = life(Device, hostname="pulumi-test-printer", interfaces=[{"mac_address": MAC, "subnet": subnet.id}])
    device.up()
    assert (len(device["addresses"]), device.preview(), device.refresh()) == (1, "same", {})
    nic = region.devices.read(device.id).interfaces[0]
    region.interfaces(device.id).act(nic.id, "unlink_subnet", id=nic.links[0].id)
    assert device.refresh()["interfaces"] == [{"mac_address": MAC}]
    assert device.up() == "update"
    assert len(device["addresses"]) == 1
    assert device.check(interfaces=[{"mac_address": MAC, "ip_address": "10.20.0.9"}])[0][0] == "interfaces"


def test_a_device_that_was_there_stays_and_is_put_back(life: Any, region: maas.Maas) -> None:
    made = region.devices.create("…", lambda: None, mac_addresses=[MAC], hostname="pulumi-test-mine", description="mine")
    device = life(Device, hostname="pulumi-test-ours", interfaces=[{"mac_address": MAC}])
    device.up()
    assert (device.id, device["adopted"]) == (made.system_id, True)
    device.destroy()
    assert region.devices.read(made.system_id).hostname == "pulumi-test-mine"
    region.devices.delete(made.system_id)


def test_User(life: Any, region: maas.Maas) -> None:
    user = life(User, username="pulumi-test", email="pulumi-test@example.com", password="a-long-Pass-1")
    assert (user.up(), user.preview(), user.refresh()) == ("create", "same", {})
    assert region.users.read("pulumi-test").is_superuser is False
    assert user.up(is_superuser=True) == "replace"
    assert region.users.read("pulumi-test").is_superuser is True
    with pytest.raises(_base.ExpectedError, match="already has this user"):
        life(User, username="pulumi-test", email="other@example.com", password="x").up()
    user.destroy()
    assert region.users.read("pulumi-test") is None
