"""The simulated region as python-libmaas's high level sees it: what its users' scripts do, unchanged."""

from __future__ import annotations

import asyncio
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
from maas import client as libmaas
from maas.client.enum import IPRangeType, LinkMode, NodeStatus

from simulator.testing import FAST, Rack, running_rack


@pytest.fixture
def rack(tmp_path: pathlib.Path) -> Iterator[Rack]:
    with running_rack(factor=FAST, directory=tmp_path, services=("maas",)) as running:
        yield running


def run(rack: Rack, story: Any) -> None:
    async def told() -> None:
        endpoint = rack.endpoints["maas"]
        await story(await libmaas.connect(endpoint["url"], apikey=endpoint["api_key"]))

    asyncio.run(told())


async def dhcp(maas: Any) -> Any:
    subnet = next(each for each in await maas.subnets.list() if each.cidr == "10.20.0.0/24")
    await maas.ip_ranges.create("10.20.0.100", "10.20.0.199", type=IPRangeType.DYNAMIC)
    vlan = next(each for fabric in await maas.fabrics.list() for each in fabric.vlans if each.id == subnet.vlan.id)
    await vlan.refresh()
    vlan.dhcp_on, vlan.primary_rack = True, (await maas.rack_controllers.list())[0]
    await vlan.save()
    return subnet


def test_networks(rack: Rack) -> None:
    async def story(maas: Any) -> None:
        fabric = await maas.fabrics.create(name="rack-2")
        vlan = await fabric.vlans.create(100, name="storage", mtu=9000)
        space = await maas.spaces.create(name="storage")
        vlan.space = space
        await vlan.save()
        subnet = await maas.subnets.create("10.30.0.0/24", vlan, name="storage", gateway_ip="10.30.0.1")
        assert (subnet.cidr, subnet.gateway_ip) == ("10.30.0.0/24", "10.30.0.1")
        subnet.gateway_ip = None
        await subnet.save()
        assert (await maas.subnets.get(subnet.id)).gateway_ip is None
        await subnet.delete()
        await fabric.delete()
        assert {each.name for each in await maas.fabrics.list()} == {"fabric-0", "fabric-1", "fabric-2"}

    run(rack, story)


def test_a_machine_from_creation_to_release(rack: Rack) -> None:
    async def story(maas: Any) -> None:
        subnet = await dhcp(maas)
        power = {"power_address": "10.10.0.11", "power_user": "maas", "power_pass": "bmc-secret-1"}
        made = await maas.machines.create("amd64", ["52:54:00:01:01:01"], "ipmi", power, hostname="worker-1")
        async with asyncio.timeout(60):
            while (machine := await maas.machines.get(made.system_id)).status != NodeStatus.READY:
                await asyncio.sleep(0.02)
        assert (machine.cpus, machine.memory, len(machine.block_devices)) == (32, 131072, 3)
        nic = next(each for each in machine.interfaces if each.name == "eno1")
        assert [link.mode for link in nic.links] == [LinkMode.AUTO]
        assert nic.links[0].subnet.id == subnet.id
        tag = await maas.tags.create("openstack-worker")
        await machine.tags.add(tag)
        taken = await maas.machines.allocate(hostname="worker-1", tags=["openstack-worker"])
        await taken.deploy(distro_series="noble", wait=True, wait_interval=0)
        assert taken.status == NodeStatus.DEPLOYED
        assert taken.ip_addresses == ["10.20.0.1"]
        await taken.release(wait=True, wait_interval=0)
        assert taken.status == NodeStatus.READY
        await taken.delete()
        assert len(await maas.machines.list()) == 0

    run(rack, story)


def test_a_login_with_a_password(rack: Rack) -> None:
    rack.call(rack.services["maas"].add_user, "admin", "admin-password", admin=True)

    async def story() -> None:
        found = await libmaas.login(rack.endpoints["maas"]["url"], username="admin", password="admin-password")
        assert (await found.users.whoami()).username == "admin"

    asyncio.run(story())
