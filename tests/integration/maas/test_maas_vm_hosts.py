"""Virtual machines that MAAS composes on an LXD host, as up to 3.7 it does."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from clients import lxd, maas
from clients.maas import errors
from providers import _base
from providers.maas import Deployment, VmHost, VmHostMachine
from simulator.testing import running_rack

from .conftest import REAL

pytestmark = pytest.mark.skipif(REAL, reason="needs an LXD host that trusts this test")


@pytest.fixture
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The simulator with its MAAS and its LXD."""
    with running_rack(factor=3600, directory=tmp_path_factory.mktemp("rack"), services=("maas", "lxd")) as running:
        yield running


@pytest.fixture
def pool(rack: Any) -> str:
    """A storage pool on the host."""
    there = rack.endpoints["lxd"]
    client = lxd.connect(lxd.Remote(name="rack", address=f"unix://{there['socket']}"))
    client.create("storage-pools", body={"name": "big", "driver": "dir", "config": {}})
    return "big"


@pytest.fixture
def host(rack: Any, life: Any, pool: str, netboot: None) -> Any:
    """The rack's LXD as a host in MAAS."""
    there = rack.endpoints["lxd"]
    certificate, key = (pathlib.Path(there[name]).read_text() for name in ("cert", "key"))
    made = life(VmHost, name="h1", type="lxd", power_address=there["url"], project="composed", certificate=certificate, key=key)
    made.up()
    return made


def machine(life: Any, host: Any, **props: Any) -> Any:
    asked = {"cores": 2, "memory": 4096, "storage": [{"size_gigabytes": 20}, {"size_gigabytes": 30, "pool": "big"}], **props}
    return life(VmHostMachine, vm_host=int(host["vm_host_id"]), hostname="vm1", **asked)


def test_VMHost_lxd(region: maas.Maas, host: Any) -> None:
    assert (host.preview(), host.refresh()) == ("same", {})
    found = region.vm_hosts.list()[0]
    assert (found.name, found.type) == ("h1", "lxd")
    assert host.up(memory_over_commit_ratio=2.0) == "update"
    host.destroy()
    assert region.vm_hosts.list() == []


def test_VMHost_virsh(life: Any, region: maas.Maas) -> None:
    region.session.backoff = 0.001
    made = life(VmHost, name="h2", type="virsh", power_address="qemu+ssh://10.20.0.9/system", power_pass="hush")
    with pytest.raises(errors.Unreachable):
        made.up()  # nobody is there; MAAS keeps the record, and the next run takes it up
    made.up()
    assert (made["adopted"], made.preview(), made.refresh()) == (False, "same", {})


def test_VMHostMachine_basic(rack: Any, life: Any, region: maas.Maas, host: Any) -> None:
    made = machine(life, host)
    made.up()
    assert (made["status"], made.preview(), made.refresh()) == ("Ready", "same", {})
    vm = rack.world.machines["controller/composed/vm1"]
    assert (vm.cpus, vm.memory, [disk.size for disk in vm.disks]) == (2, 4096, [20_000_000_000, 30_000_000_000])
    assert made["macs"] == [nic.mac for nic in vm.nics]
    assert made.up(pool=None, zone="default") in ("same", "update")
    made.destroy()
    assert "controller/composed/vm1" not in rack.world.machines
    assert region.machines.by_hostname("vm1") is None


def test_a_change_of_hardware_makes_another_machine(rack: Any, life: Any, host: Any) -> None:
    # the peers plan an update in place, and then do nothing
    made = machine(life, host)
    made.up()
    before = made.id
    assert made.up(memory=8192) == "replace"
    assert made.id != before
    assert rack.world.machines["controller/composed/vm1"].memory == 8192


def test_VMHost_DeployParams(life: Any, region: maas.Maas, host: Any) -> None:
    composed = machine(life, host)
    composed.up()
    deployment = life(Deployment, machine=composed.id, distro_series="jammy")
    deployment.up()
    assert (deployment["status"], deployment.preview()) == ("Deployed", "same")
    deployment.destroy()


def test_interfaces_are_chosen_by_network(rack: Any, life: Any, host: Any) -> None:
    made = machine(
        life,
        host,
        interfaces=[{"name": "eth0", "subnet_cidr": "10.20.0.0/24"}, {"name": "eth1", "subnet_cidr": "203.0.113.0/24"}],
    )
    made.up()
    assert [nic.network for nic in rack.world.machines["controller/composed/vm1"].nics] == ["management", "external"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"memory": 500_000}, "less than or equal to 131072"),
        ({"interfaces": [{"name": "eth0", "subnet_cidr": "10.10.0.0/24"}]}, "does not match the specified networks"),
        ({"interfaces": [{"name": "eth0", "subnet_cidr": "203.0.113.0/24"}]}, "DHCP must be enabled"),
    ],
)
def test_what_a_host_cannot_do_is_said_and_leaves_nothing(
    rack: Any, life: Any, region: maas.Maas, host: Any, asked: dict[str, Any], words: str
) -> None:
    with pytest.raises((errors.MaasError, _base.ExpectedError), match=words):
        machine(life, host, **asked).up()
    assert region.machines.by_hostname("vm1") is None
    assert "controller/composed/vm1" not in rack.world.machines
