"""Projects, pools, volumes, networks and their parts through pylxd: use counts, tags, and what is refused."""

import pytest
from pylxd.exceptions import Conflict, LXDAPIException, NotFound

from simulator.testing import running_rack

from tests.unit.simulator.lxd_clients import connected, container, lxd_init, on_socket  # isort: skip


@pytest.fixture
def rack(tmp_path):
    with running_rack(directory=tmp_path, services=("lxd",)) as running:
        yield running


@pytest.fixture(params=[connected, on_socket], ids=["https", "socket"])
def client(rack, request):
    with request.param(rack.endpoints["lxd"]) as connection:
        lxd_init(connection)
        yield connection


@pytest.fixture
def https(rack):
    with connected(rack.endpoints["lxd"]) as connection:
        lxd_init(connection)
        yield connection


def test_a_project_keeps_what_its_features_say(rack, client):
    client.projects.create("own")
    client.projects.create("shared", config={"features.profiles": "false", "features.images": "false"})
    with connected(rack.endpoints["lxd"], "own") as own, connected(rack.endpoints["lxd"], "shared") as shared:
        own.profiles.create("p")
        assert [profile.name for profile in own.profiles.all()] == ["default", "p"]
        assert [profile.name for profile in shared.profiles.all()] == ["default"]
        assert shared.profiles.get("default").devices == client.profiles.get("default").devices
        assert own.profiles.get("default").devices == {}
        assert [network.name for network in own.networks.all()] == [network.name for network in client.networks.all()]


def test_a_project_in_use_is_not_removed(client):
    project = client.projects.create("p1")
    client.api.profiles.post(json={"name": "x"}, params={"project": "p1"})
    with pytest.raises(LXDAPIException, match="Only empty projects can be removed"):
        project.delete()
    client.api.profiles["x"].delete(params={"project": "p1"})
    project.delete()
    with pytest.raises(NotFound):
        client.projects.get("p1")


def test_a_projects_limits_hold(rack, client):
    config = {"features.profiles": "false", "features.images": "false", "limits.instances": "1", "limits.memory": "1GiB"}
    client.projects.create("small", config=config)
    with connected(rack.endpoints["lxd"], "small") as small:
        wanted = {"name": "a", "source": {"type": "none"}}
        with pytest.raises(LXDAPIException, match=r'no "limits\.memory" config'):
            small.instances.create(wanted, wait=True)
        with pytest.raises(LXDAPIException, match="Reached maximum aggregate value"):
            small.instances.create(wanted | {"config": {"limits.memory": "2GiB"}}, wait=True)
        small.instances.create(wanted | {"config": {"limits.memory": "512MiB"}}, wait=True)
        with pytest.raises(LXDAPIException, match="Reached maximum number of instances"):
            small.instances.create(wanted | {"name": "b", "config": {"limits.memory": "1MiB"}}, wait=True)
        project = client.api.projects["small"].state.get().json()["metadata"]["resources"]
        assert project["instances"] == {"Limit": 1, "Usage": 1}
        assert project["memory"] == {"Limit": 2**30, "Usage": 2**29}


def test_a_stale_tag_is_refused_and_nothing_changes(client):
    profile = client.api.profiles["default"]
    tag = profile.get().headers["ETag"]
    profile.patch(json={"config": {"user.a": "1"}}, headers={"If-Match": tag})
    with pytest.raises(LXDAPIException, match="ETag doesn't match") as caught:
        profile.put(json={"config": {}, "devices": {}}, headers={"If-Match": tag})
    assert caught.value.response.status_code == 412
    assert profile.get().json()["metadata"]["config"] == {"user.a": "1"}


def test_volumes_are_counted_where_they_are_used(client):
    pool = client.storage_pools.get("default")
    volume = pool.volumes.create({"name": "data", "type": "custom", "config": {"size": "1GiB"}})
    found = container(client, devices={"d": {"type": "disk", "pool": "default", "source": "data", "path": "/data"}})
    assert client.storage_pools.get("default").volumes.get("custom", "data").used_by == ["/1.0/instances/c1"]
    for refused in (volume.delete, pool.delete):
        with pytest.raises(LXDAPIException, match="in use"):
            refused()
    found.delete(wait=True)
    volume.delete()
    assert [v.name for v in pool.volumes.all()] == []


def test_a_block_volume_is_a_disk_of_the_vm_that_has_it(rack, client):
    client.storage_pools.get("default").volumes.create(
        {"name": "osd", "type": "custom", "content_type": "block", "config": {"size": "20GiB"}}
    )
    disks = {"osd": {"type": "disk", "pool": "default", "source": "osd"}}
    wanted = {"name": "v", "type": "virtual-machine", "source": {"type": "none"}, "devices": disks}
    client.instances.create(wanted, wait=True)
    assert [disk.size for disk in rack.world.machine("controller/default/v").disks] == [10 * 2**30, 20 * 2**30]
    space = client.storage_pools.get("default").resources.get().space
    assert space["used"] == 30 * 2**30


def test_networks_names_and_parts(https):
    with pytest.raises(LXDAPIException, match="The network already exists"):
        https.networks.create("lxdbr0")
    with pytest.raises(LXDAPIException, match="Only unconfigured network interfaces can be bridged"):
        https.networks.create("br-x", config={"bridge.external_interfaces": "br-mgmt"})
    with pytest.raises(LXDAPIException, match="is currently in use"):
        https.networks.get("lxdbr0").delete()
    acls = https.api["network-acls"]
    acls.post(json={"name": "web", "ingress": [{"action": "allow", "state": "enabled", "protocol": "tcp"}]})
    https.api.networks["lxdbr0"].patch(json={"config": {"security.acls": "web"}})
    with pytest.raises(LXDAPIException, match="in use"):
        acls["web"].delete()
    https.api.networks["lxdbr0"].put(json={"config": {"ipv4.address": "10.99.7.1/24", "ipv6.address": "none"}})
    acls["web"].delete()


def test_forwards_point_into_their_network(https):
    network = https.networks.get("lxdbr0")
    ports = [{"protocol": "tcp", "listen_port": "80", "target_address": "10.99.7.9"}]
    forward = network.forwards.create({"listen_address": "10.20.0.99", "config": {}, "ports": ports})
    assert network.forwards.get("10.20.0.99").ports[0]["target_address"] == "10.99.7.9"
    with pytest.raises(Conflict):
        network.forwards.create({"listen_address": "10.20.0.99", "config": {}})
    wrong = [{"protocol": "tcp", "listen_port": "80", "target_address": "10.20.0.9"}]
    with pytest.raises(LXDAPIException, match="not within the network subnet"):
        network.forwards.create({"listen_address": "10.20.0.98", "config": {}, "ports": wrong})
    forward.delete()
    with pytest.raises(NotFound):
        network.forwards.get("10.20.0.99")


def test_a_bridge_that_changes_its_port_moves_its_vms(rack, https):
    https.networks.create("br-ext", config={"ipv4.address": "none", "ipv6.address": "none"})
    devices = {"eth0": {"type": "nic", "network": "br-ext"}}
    https.instances.create({"name": "v", "type": "virtual-machine", "source": {"type": "none"}, "devices": devices}, wait=True)
    machine = rack.world.machine("controller/default/v")
    assert [nic.network for nic in machine.nics] == ["lxd:br-ext"]
    https.api.networks["br-ext"].patch(json={"config": {"bridge.external_interfaces": "eno4"}})
    assert [nic.network for nic in machine.nics] == ["external"]


@pytest.mark.parametrize(
    ("config", "devices", "message"),
    [
        ({"limits.cpux": "1"}, {}, "Unknown configuration key: limits.cpux"),
        ({"limits.memory": "lots"}, {}, "Invalid value: lots"),
        ({"limits.cpu": "all"}, {}, "Invalid CPU limit syntax"),
        ({"boot.autostart": "maybe"}, {}, 'Invalid value for a boolean "maybe"'),
        ({}, {"x": {"type": "nic", "network": "lxdbr0", "typo": "1"}}, 'Invalid device option "typo"'),
        ({}, {"x": {"type": "nic", "nictype": "bridged"}}, "Required value"),
        ({}, {"x": {"type": "nic", "network": "lxdbr0", "hwaddr": "zz"}}, "MAC address"),
        ({}, {"x": {"type": "teapot"}}, r"[Dd]evice type"),
        ({}, {"x": {"type": "disk", "path": "/"}}, 'must have a "pool"'),
        ({}, {"x": {"type": "disk", "path": "/mnt"}}, 'missing the required "source"'),
    ],
)
def test_profiles_and_instances_refuse_what_lxd_refuses(https, config, devices, message):
    with pytest.raises(LXDAPIException, match=message):
        https.profiles.create("bad", config=config, devices=devices)
    wanted = {"name": "bad", "source": {"type": "none"}, "config": config, "devices": devices}
    with pytest.raises(LXDAPIException, match=message):
        https.instances.create(wanted, wait=True)
    assert not https.profiles.exists("bad")
    assert not https.instances.exists("bad")


def test_settings_are_set_patched_and_taken_away(https):
    https.api.patch(json={"config": {"images.auto_update_interval": "0", "user.a": "1"}})
    https.api.patch(json={"config": {"user.a": ""}})
    config = https.api.get().json()["metadata"]["config"]
    assert config["images.auto_update_interval"] == "0"
    assert "user.a" not in config
    with pytest.raises(LXDAPIException, match=r"cannot set 'core\.nothing' to '1': unknown key"):
        https.api.patch(json={"config": {"core.nothing": "1"}})


def test_resources_are_the_hosts(https):
    found = https.resources
    assert found["cpu"]["total"] == 32
    assert found["memory"]["total"] == 131072 * 2**20


def with_a_root(client):
    profile = client.profiles.get("default")
    profile.devices = {"root": {"path": "/", "pool": "default", "type": "disk"}}
    profile.save()


@pytest.mark.parametrize(
    ("kind", "config", "devices", "message"),
    [
        ("container", {"security.nesting": "true"}, {}, "Container nesting is forbidden"),
        ("container", {"security.privileged": "true"}, {}, "Privileged containers are forbidden"),
        ("virtual-machine", {"raw.qemu": "-s"}, {}, 'Use of low-level config "raw.qemu"'),
        (
            "container",
            {},
            {"x": {"type": "proxy", "listen": "tcp:[::]:80", "connect": "tcp:[::]:80"}},
            "Proxy devices are forbidden",
        ),
        ("container", {}, {"x": {"type": "nic", "nictype": "bridged", "parent": "br-mgmt"}}, "Only managed network devices"),
        ("container", {}, {"x": {"type": "disk", "source": "/srv", "path": "/srv"}}, "not backed by a pool is forbidden"),
    ],
)
def test_a_restricted_project_forbids_what_it_does_not_open(rack, https, kind, config, devices, message):
    https.projects.create("narrow", config={"restricted": "true"})
    wanted = {"name": "i", "type": kind, "source": {"type": "none"}}
    with connected(rack.endpoints["lxd"], "narrow") as narrow:
        with_a_root(narrow)
        with pytest.raises(LXDAPIException, match=message):
            narrow.instances.create(wanted | {"config": config, "devices": devices}, wait=True)
        narrow.instances.create(wanted, wait=True)
        with pytest.raises(LXDAPIException, match="doesn't allow for snapshot creation"):
            narrow.instances.get("i").snapshots.create("s", wait=True)
    opened = {
        "restricted.containers.nesting": "allow",
        "restricted.containers.privilege": "allow",
        "restricted.virtual-machines.lowlevel": "allow",
        "restricted.devices.proxy": "allow",
        "restricted.devices.nic": "allow",
        "restricted.devices.disk": "allow",
    }
    https.projects.create("wide", config={"restricted": "true"} | opened)
    with connected(rack.endpoints["lxd"], "wide") as wide:
        with_a_root(wide)
        wide.instances.create(wanted | {"config": config, "devices": devices}, wait=True)
