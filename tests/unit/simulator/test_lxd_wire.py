"""The wire: operations, events, faults, what is not modelled, and what is kept over a restart."""

import http.client
import json
import threading
import time

import pytest
import requests
import websockets.sync.client
from pylxd.exceptions import LXDAPIException, NotFound

from simulator import requestlog
from simulator.testing import running_rack

from tests.unit.simulator.lxd_clients import connected, container, lxd_init, on_socket, tls  # isort: skip


@pytest.fixture
def rack(tmp_path):
    with running_rack(directory=tmp_path, services=("lxd",)) as running:
        yield running


@pytest.fixture
def client(rack):
    with connected(rack.endpoints["lxd"]) as connection:
        yield connection


@pytest.fixture
def still(tmp_path):
    """A rack whose clock stands still until it is advanced."""
    with running_rack(directory=tmp_path, services=("lxd",), factor=0) as running:
        yield running


def begin(client):
    """Starts the creation of an instance, which takes a moment of the rack's time."""
    answer = client.api.instances.post(json={"name": "c1", "source": {"type": "image", "alias": "alpine"}})
    return answer.json()["metadata"]["id"]


def with_an_image(client, rack):
    lxd_init(client)
    upload = threading.Thread(target=container, args=(client, "first"))
    upload.start()
    while upload.is_alive():
        rack.advance(1)
        upload.join(0.05)


def test_an_operation_runs_ends_and_is_forgotten_on_the_racks_clock(still):
    with connected(still.endpoints["lxd"]) as client:
        with_an_image(client, still)
        operation = client.api.operations[begin(client)]
        assert operation.wait.get(params={"timeout": 0}).json()["metadata"]["status"] == "Running"
        still.advance(0.2)
        assert operation.wait.get().json()["metadata"]["status"] == "Success"
        still.advance(4)
        assert operation.wait.get().json()["metadata"]["status"] == "Success"
        still.advance(2)
        with pytest.raises(NotFound, match="Operation not found"):
            operation.get()


def test_a_waiter_is_told_when_the_operation_ends(still):
    with connected(still.endpoints["lxd"]) as client:
        with_an_image(client, still)
        identifier = begin(client)
        found = []
        waiter = threading.Thread(
            target=lambda: found.append(client.api.operations[identifier].wait.get(params={"timeout": 30}).json())
        )
        waiter.start()
        while waiter.is_alive():
            still.advance(0.05)
            waiter.join(0.05)
        assert found[0]["metadata"]["status"] == "Success"


def test_events_tell_of_operations_and_lifecycles(rack, client):
    endpoints = rack.endpoints["lxd"]
    url = endpoints["url"].replace("https", "wss") + "/1.0/events?type=operation,lifecycle"
    context = tls(endpoints, (endpoints["cert"], endpoints["key"]))
    with websockets.sync.client.connect(url, ssl=context, proxy=None) as events:
        lxd_init(client)
        container(client)
        seen = [json.loads(events.recv(timeout=20)) for _ in range(9)]
    actions = [event["metadata"]["action"] for event in seen if event["type"] == "lifecycle"]
    assert actions[:3] == ["storage-pool-created", "network-created", "profile-updated"]
    assert "image-created" in actions
    statuses = {event["metadata"]["status"] for event in seen if event["type"] == "operation"}
    assert statuses == {"Running", "Success"}


def test_a_change_on_a_fresh_tag_is_refused_by_the_fault_once(rack, client):
    rack.fault("stale-etag", times=1)
    profile = client.api.profiles["default"]
    headers = {"If-Match": profile.get().headers["ETag"]}
    with pytest.raises(LXDAPIException, match="ETag doesn't match"):
        profile.patch(json={"config": {"user.a": "1"}}, headers=headers)
    profile.patch(json={"config": {"user.a": "1"}}, headers=headers)


def test_a_dropped_answer_leaves_the_effect(rack, client):
    rack.fault("drop-after-effect", "lxd POST /1.0/projects", times=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        client.projects.create("p1")
    assert client.projects.exists("p1")


def test_a_503_changes_nothing(rack, client):
    rack.fault("http-503", "lxd POST *", times=1)
    with pytest.raises(LXDAPIException):
        client.projects.create("p1")
    assert not client.projects.exists("p1")


def test_a_failing_operation_names_its_target(rack, client):
    lxd_init(client)
    rack.fault("lxd-operation-fails", "lxd Creating instance c2", error="disk on fire")
    container(client, "c1")
    with pytest.raises(LXDAPIException, match="disk on fire"):
        container(client, "c2")
    assert not client.instances.exists("c2")


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("GET", "/1.0/warnings", 501, "simulator: GET /1.0/warnings is not modelled"),
        ("GET", "/1.0/cluster/members", 500, "Server is not clustered"),
        ("DELETE", "/1.0/projects", 501, "not implemented"),
        ("GET", "/1.0/instances/c1/backups", 501, "simulator: GET /1.0/instances/c1/backups is not modelled"),
        ("GET", "/1.0/nothing", 404, "not found"),
        ("GET", "/1.0/storage-pools/x/buckets", 404, "not found"),
        ("POST", "/1.0/instances", 400, "EOF"),
        ("POST", "/1.0/profiles", 400, "json: cannot unmarshal array into Go value of type api.ProfilesPost"),
    ],
)
def test_what_is_not_there_says_so(rack, method, path, status, message):
    endpoints = rack.endpoints["lxd"]
    body = "[]" if path == "/1.0/profiles" else None
    context = tls(endpoints, (endpoints["cert"], endpoints["key"]))
    connection = http.client.HTTPSConnection(endpoints["url"].removeprefix("https://"), context=context)
    connection.request(method, path, body)
    answer = connection.getresponse()
    found = json.loads(answer.read())
    connection.close()
    assert (answer.status, found["error"]) == (status, message)


def test_requests_are_recorded_with_whether_they_change_anything(rack, client):
    client.projects.create("p1")
    client.projects.all()
    lines = [line for line in requestlog.read(rack.directory) if line["path"].startswith("/1.0/projects")]
    assert [(line["method"], line["mutates"]) for line in lines[:1]] == [("POST", True)]
    assert not any(line["mutates"] for line in lines[1:])


def until_saved(path, text):
    """The state may be written half a second after the answer."""
    deadline = time.monotonic() + 30
    while text not in path.read_text():
        assert time.monotonic() < deadline, f"{text} was not saved"
        time.sleep(0.05)


def test_everything_survives_a_crash(tmp_path):
    with running_rack(directory=tmp_path, services=("lxd",)) as rack:
        with connected(rack.endpoints["lxd"]) as client:
            lxd_init(client)
            container(client).start(wait=True)
            before = client.api.instances.get(params={"recursion": 2}).json()["metadata"]
        until_saved(tmp_path / "world.json", "RUNNING")
        rack.crash()
        rack.start()
        with connected(rack.endpoints["lxd"]) as client:
            assert client.api.instances.get(params={"recursion": 2}).json()["metadata"] == before


def test_a_deep_folder_has_its_socket_elsewhere(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    with running_rack(directory=deep, services=("lxd",)) as rack:
        with on_socket(rack.endpoints["lxd"]) as client:
            assert client.trusted
        socket = rack.endpoints["lxd"]["socket"]
        assert len(socket) <= 107
    with running_rack(directory=deep, services=("lxd",)) as rack:
        assert rack.endpoints["lxd"]["socket"] == socket
