"""Containers through pylxd: images, commands, files, snapshots, and what a container shares with its profile."""

import json

import pytest
from pylxd.exceptions import LXDAPIException, NotFound

from simulator.testing import running_rack

from tests.unit.simulator.lxd_clients import connected, container, execute, image_file, lxd_init  # isort: skip

# pylxd's websocket thread may look at its poller once more after it has been closed.
pytestmark = pytest.mark.filterwarnings(
    "default:Exception in thread WebSocketManager:pytest.PytestUnhandledThreadExceptionWarning"
)


@pytest.fixture(autouse=True)
def _no_warnings_of_unknown_fields(monkeypatch):
    """pylxd warns of each field that it doesn't know."""
    monkeypatch.setenv("PYLXD_WARNINGS", "none")


@pytest.fixture
def rack(tmp_path):
    with running_rack(directory=tmp_path, services=("lxd",)) as running:
        yield running


@pytest.fixture
def client(rack):
    with connected(rack.endpoints["lxd"]) as connection:
        lxd_init(connection)
        yield connection


@pytest.fixture
def running(client):
    found = container(client)
    found.start(wait=True)
    return found


def test_a_container_comes_from_its_image_and_its_profile(client):
    found = container(client, config={"limits.memory": "128MiB"})
    assert found.status == "Stopped"
    assert found.config["image.os"] == "Alpine"
    assert set(found.expanded_devices) == {"eth0", "root"}
    assert client.profiles.get("default").used_by == ["/1.0/instances/c1"]
    assert client.networks.get("lxdbr0").used_by == ["/1.0/profiles/default", "/1.0/instances/c1"]


def test_a_running_one_has_the_address_its_bridge_leased(client, running):
    found = running.state().network["eth0"]
    address = found["addresses"][0]["address"]
    assert address.startswith("10.99.7.")
    leases = client.api.networks["lxdbr0"].leases.get().json()["metadata"]
    assert {"hostname": "c1", "hwaddr": found["hwaddr"], "address": address, "type": "dynamic", "location": "none"} in leases


def test_commands_on_websockets(running):
    running.files.put("/tmp/greeting", b"hello\n")
    assert execute(running, ["cat", "/tmp/greeting"]) == (0, "hello\n", "")
    assert execute(running, ["sh", "-c", "echo out; echo err >&2; exit 3"]) == (3, "out\n", "err\n")
    assert execute(running, ["cat"], stdin_payload=b"typed") == (0, "typed", "")
    assert execute(running, ["sh", "-c", "echo $GREETING"], environment={"GREETING": "hi"}).stdout == "hi\n"


def test_a_program_that_is_not_installed_fails_its_operation(client, running):
    operation = client.api.instances["c1"].exec.post(json={"command": ["no-such-program"]}).json()["metadata"]["id"]
    ended = client.api.operations[operation].wait.get().json()["metadata"]
    assert (ended["status"], ended["err"]) == ("Failure", "Command not found")


def test_recorded_output_is_in_the_logs(client, running):
    answer = client.api.instances["c1"].exec.post(json={"command": ["echo", "hello"], "record-output": True})
    operation = answer.json()["metadata"]["id"]
    metadata = client.api.operations[operation].wait.get().json()["metadata"]["metadata"]
    assert metadata["return"] == 0
    name = metadata["output"]["1"].rsplit("/", 1)[1]
    assert client.api.instances["c1"].logs[name].get(is_api=False).text == "hello\n"
    client.api.instances["c1"].logs[name].delete()
    with pytest.raises(NotFound):
        client.api.instances["c1"].logs[name].get(is_api=False)


def test_commands_need_a_running_container(client):
    container(client)
    with pytest.raises(LXDAPIException, match="Instance is not running"):
        client.api.instances["c1"].exec.post(json={"command": ["true"]})


def test_files_are_written_read_and_removed(running):
    running.files.mk_dir("/srv/data", mode=0o750)
    running.files.put("/srv/data/a", b"one", mode=0o600, uid=7, gid=8)
    assert running.files.get("/srv/data/a") == b"one"
    assert execute(running, ["ls", "/srv/data"]).stdout == "a\n"
    assert execute(running, ["sh", "-c", "echo two > /srv/data/b && rm /srv/data/a"]).exit_code == 0
    with pytest.raises(NotFound):
        running.files.get("/srv/data/a")
    assert running.files.get("/srv/data/b") == b"two\n"
    with pytest.raises(LXDAPIException):
        running.files.put("/no/such/folder/x", b"")


def test_what_the_image_brought_can_be_read_replaced_and_removed(running):
    assert running.files.get("/etc/hostname") == b"c1\n"
    running.files.put("/etc/hostname", b"other\n")
    assert execute(running, ["cat", "/etc/hostname"]).stdout == "other\n"
    running.files.delete("/etc/hostname")
    with pytest.raises(NotFound):
        running.files.get("/etc/hostname")
    assert json.loads(running.files.get("/etc"))["metadata"] == ["hosts", "netplan", "os-release"]


def test_snapshots_bring_configuration_and_files_back(client, running):
    running.files.put("/root/f", b"before")
    running.snapshots.create("s0", wait=True)
    running.files.put("/root/f", b"after")
    running.config["user.x"] = "y"
    running.save(wait=True)
    running.restore_snapshot("s0", wait=True)
    running.sync(rollback=True)
    assert "user.x" not in running.config
    assert running.files.get("/root/f") == b"before"
    found = running.snapshots.get("s0")
    found.rename("s1", wait=True)
    assert [snapshot.name for snapshot in client.instances.get("c1").snapshots.all()] == ["s1"]
    running.snapshots.get("s1").delete(wait=True)
    assert running.snapshots.all() == []


def test_a_running_container_is_changed_at_once_but_not_renamed_or_deleted(client, running):
    running.config["limits.memory"] = "64MiB"
    running.save(wait=True)
    assert client.instances.get("c1").config["limits.memory"] == "64MiB"
    with pytest.raises(LXDAPIException, match="Renaming of running container not allowed"):
        running.rename("c2", wait=True)
    with pytest.raises(LXDAPIException, match="Instance is running"):
        running.delete(wait=True)


def test_an_ephemeral_one_is_gone_when_it_stops(client):
    found = container(client, ephemeral=True)
    found.start(wait=True)
    found.stop(wait=True)
    assert not client.instances.exists("c1")


def test_copies_and_published_images(client, running):
    running.files.put("/root/f", b"mine")
    copied = client.instances.create({"name": "c2", "source": {"type": "copy", "source": "c1"}}, wait=True)
    assert copied.files.get("/root/f") == b"mine"
    assert copied.config["volatile.eth0.hwaddr"] != running.config["volatile.eth0.hwaddr"]
    image = copied.publish(wait=True)
    assert image.properties["os"] == "Alpine"


def test_an_image_is_copied_from_a_server_once(client):
    server = "https://cloud-images.ubuntu.com/releases"
    first = client.images.create_from_simplestreams(server, "noble")
    assert first.properties["release"] == "noble"
    assert client.images.create_from_simplestreams(server, "24.04").fingerprint == first.fingerprint
    with pytest.raises(LXDAPIException, match="couldn't be found"):
        client.images.create_from_simplestreams(server, "no-such-release")


def test_an_image_goes_with_its_aliases(client):
    image = client.images.create(image_file(), wait=True)
    image.add_alias("a", "first")
    with pytest.raises(LXDAPIException, match='Alias "a" already exists'):
        image.add_alias("a", "second")
    with pytest.raises(LXDAPIException, match="same fingerprint already exists"):
        client.images.create(image_file(), wait=True)
    image.delete(wait=True)
    with pytest.raises(NotFound):
        client.images.get_by_alias("a")


def test_a_changed_profile_reaches_its_containers(client):
    found = container(client)
    tag = client.api.instances["c1"].get().headers["ETag"]
    profile = client.profiles.get("default")
    profile.config = {"limits.processes": "100"}
    profile.save()
    found.sync(rollback=True)
    assert found.expanded_config["limits.processes"] == "100"
    assert client.api.instances["c1"].get().headers["ETag"] != tag
