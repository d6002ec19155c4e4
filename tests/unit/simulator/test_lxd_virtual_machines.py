"""Virtual machines through pylxd, as the site makes them: what LXD says of them and what the rack has."""

import pytest
from pylxd.exceptions import LXDAPIException

from simulator.testing import running_rack

from tests.unit.simulator.lxd_clients import connected  # isort: skip

KEY = "controller/openstack/control-1"


@pytest.fixture
def rack(tmp_path):
    with running_rack(directory=tmp_path, services=("lxd",)) as running:
        yield running


@pytest.fixture
def site(rack):
    """A client in project openstack, which has a pool, the bridge and a profile for control machines."""
    with connected(rack.endpoints["lxd"]) as client:
        client.projects.create("openstack", description="OpenStack control plane")
        client.storage_pools.create({"name": "openstack", "driver": "dir"})
        bridge = {"bridge.external_interfaces": "eno4", "ipv4.address": "none", "ipv6.address": "none"}
        client.networks.create("br-ext", type="bridge", config=bridge)
    with connected(rack.endpoints["lxd"], "openstack") as client:
        devices = {
            "root": {"type": "disk", "path": "/", "pool": "openstack", "size": "60GiB"},
            "eth0": {"type": "nic", "nictype": "bridged", "parent": "br-mgmt", "boot.priority": "1"},
            "eth1": {"type": "nic", "network": "br-ext"},
        }
        client.profiles.create("control", config={"limits.cpu": "4"}, devices=devices)
        yield client


def make(client, name="control-1", memory="32GiB", **fields):
    wanted = {
        "name": name,
        "type": "virtual-machine",
        "source": {"type": "none"},
        "profiles": ["control"],
        "config": {"limits.memory": memory, "security.secureboot": "false"},
    }
    return client.instances.create(wanted | fields, wait=True)


def test_a_vm_is_a_machine_on_the_networks_its_bridges_are_on(rack, site):
    make(site)
    machine = rack.world.machine(KEY)
    assert (machine.cpus, machine.memory, machine.power) == (4, 32 * 1024, "off")
    assert [(nic.name, nic.network) for nic in machine.nics] == [("enp5s0", "management"), ("enp6s0", "external")]
    assert [disk.size for disk in machine.disks] == [60 * 2**30]
    assert machine.lxd == {"host": "controller", "project": "openstack", "instance": "control-1"}


def test_a_given_mac_address_is_the_nics_and_a_made_up_one_stays(rack, site):
    fixed = {"eth0": {"type": "nic", "nictype": "bridged", "parent": "br-mgmt", "hwaddr": "00:16:3e:aa:bb:cc"}}
    vm = make(site, devices=fixed)
    made_up = vm.config["volatile.eth1.hwaddr"]
    vm.description = "changed"
    vm.save(wait=True)
    assert [nic.mac for nic in rack.world.machine(KEY).nics] == ["00:16:3e:aa:bb:cc", made_up]


def test_power_is_the_racks(rack, site):
    vm = make(site)
    vm.start(wait=True)
    assert rack.world.machine(KEY).power == "on"
    rack.call(rack.world.power_off, KEY)
    vm.sync(rollback=True)
    assert (vm.status, vm.config["volatile.last_state.power"]) == ("Stopped", "STOPPED")
    rack.call(rack.world.power_on, KEY)
    assert vm.state().status == "Running"


def test_starting_a_running_one_fails_in_its_operation(site):
    vm = make(site)
    vm.start(wait=True)
    with pytest.raises(LXDAPIException, match="The instance is already running") as caught:
        vm.start(wait=True)
    assert caught.value.response.status_code == 200


def test_a_stopped_vm_is_resized_a_running_one_not_beyond_what_it_booted_with(rack, site):
    vm = make(site)
    vm.config["limits.memory"] = "64GiB"
    vm.save(wait=True)
    assert rack.world.machine(KEY).memory == 64 * 1024
    vm.start(wait=True)
    vm.config["limits.memory"] = "80GiB"
    with pytest.raises(LXDAPIException, match="Cannot increase memory size beyond boot time size"):
        vm.save(wait=True)
    assert rack.world.machine(KEY).memory == 64 * 1024


def test_vms_beyond_the_hosts_memory_are_made_but_do_not_start(site):
    first, second = make(site, memory="100GiB"), make(site, "control-2", memory="64GiB")
    first.start(wait=True)
    with pytest.raises(LXDAPIException, match="Cannot allocate memory"):
        second.start(wait=True)
    first.stop(wait=True)
    second.start(wait=True)


def test_a_graceful_stop_needs_somebody_inside(rack, site):
    vm = make(site)
    vm.start(wait=True)
    with pytest.raises(LXDAPIException, match="Failed shutting down instance"):
        vm.stop(force=False, timeout=5, wait=True)
    rack.call(setattr, rack.world.machine(KEY), "os", {"release": "noble"})
    rack.call(rack.world.boot_disk, KEY)
    vm.stop(force=False, timeout=5, wait=True)
    assert rack.world.machine(KEY).power == "off"


def test_a_missing_bridge_is_met_at_start(site):
    vm = make(site, devices={"eth0": {"type": "nic", "nictype": "bridged", "parent": "br-none"}})
    with pytest.raises(LXDAPIException, match='Failed to start device "eth0": Parent device "br-none" doesn\'t exist'):
        vm.start(wait=True)


def test_renaming_keeps_the_machine(rack, site):
    vm = make(site)
    mac = rack.world.machine(KEY).nics[0].mac
    vm.rename("control-9", wait=True)
    assert KEY not in rack.world.machines
    assert rack.world.machine("controller/openstack/control-9").nics[0].mac == mac


def test_deleting_takes_everything_away(rack, site):
    make(site).delete(wait=True)
    site.profiles.get("control").delete()
    with connected(rack.endpoints["lxd"]) as client:
        client.projects.get("openstack").delete()
        client.networks.get("br-ext").delete()
        client.storage_pools.get("openstack").delete()
        assert [project.name for project in client.projects.all()] == ["default"]
    assert KEY not in rack.world.machines


def test_state_survives_a_restart(tmp_path):
    with running_rack(directory=tmp_path, services=("lxd",)) as rack, connected(rack.endpoints["lxd"]) as client:
        client.storage_pools.create({"name": "fast", "driver": "dir"})
        root = {"root": {"type": "disk", "path": "/", "pool": "fast"}}
        wanted = {"name": "v", "type": "virtual-machine", "source": {"type": "none"}, "profiles": [], "devices": root}
        client.instances.create(wanted, wait=True).start(wait=True)
        before = rack.endpoints["lxd"]
    with running_rack(directory=tmp_path, services=("lxd",)) as rack, connected(rack.endpoints["lxd"]) as client:
        assert rack.endpoints["lxd"] == before
        assert client.instances.get("v").status == "Running"


@pytest.mark.parametrize("name", ["lxd-no-vms", "lxd-qemu-fails", "lxd-operation-fails"])
def test_what_a_fault_stopped_works_at_the_next_attempt(rack, site, name):
    rack.fault(name, times=1, reason="because", error="because")
    with pytest.raises(LXDAPIException, match="because"):
        make(site).start(wait=True)
    vm = site.instances.get("control-1") if site.instances.exists("control-1") else make(site)
    assert vm.status == "Stopped"
    vm.start(wait=True)
    assert rack.world.machine(KEY).power == "on"


def test_maas_and_lxd_press_the_same_button(tmp_path):
    with running_rack(directory=tmp_path, services=("maas", "lxd")) as rack, connected(rack.endpoints["lxd"]) as client:
        client.storage_pools.create({"name": "default", "driver": "dir"})
        devices = {
            "root": {"type": "disk", "path": "/", "pool": "default"},
            "eth0": {"type": "nic", "nictype": "bridged", "parent": "br-mgmt", "boot.priority": "1"},
        }
        wanted = {"name": "v", "type": "virtual-machine", "source": {"type": "none"}, "profiles": [], "devices": devices}
        vm = client.instances.create(wanted, wait=True)
        address = rack.endpoints["lxd"]["url"].removeprefix("https://")
        assert address in rack.world.data.lxd_hosts["controller"].addresses
        machine = rack.world.machine("controller/default/v")
        heard = []
        rack.call(rack.world.on_power, lambda changed: heard.append((changed.key, changed.power)))
        vm.start(wait=True)
        rack.call(rack.world.power_off, machine.key)
        vm.sync(rollback=True)
        assert (vm.status, heard) == ("Stopped", [(machine.key, "on"), (machine.key, "off")])
