"""Who answers behind the gateway, and when: units that are up, at their own addresses, for as long as their model is there."""

from __future__ import annotations

import hashlib
import json
import pathlib
import struct

from simulator import requestlog
from simulator.juju.service import Service as Juju
from simulator.openstack import image_file
from simulator.openstack.service import Service
from simulator.testing import running_rack
from tests.unit.simulator_openstack.planted import SERVICES, UUID, Planted, planted, send


def test_endpoints_tell_the_template_and_the_image(rack: Planted) -> None:
    found = rack.rack.endpoints["openstack"]
    assert found["gateway"].endswith("/at/{host}/{port}")
    content = pathlib.Path(found["image"]).read_bytes()
    magic, version = struct.unpack_from(">4sI", content)
    assert (magic, version) == (b"QFI\xfb", 3)
    assert struct.unpack_from(">Q", content, 24)[0] == image_file.VIRTUAL_SIZE


def test_the_image_is_the_same_everywhere() -> None:
    expected = "55fa4ee47851f152db449ce9d536cd2a78606c0f583e88555eba0cecb66df1a7"
    assert hashlib.sha256(image_file.content()).hexdigest() == expected


def test_nothing_listens_where_no_unit_is(rack: Planted) -> None:
    gateway = rack.rack.endpoints["openstack"]["gateway"]
    for host, port in (("10.20.0.99", 5000), (rack.hosts["keystone"], 5001), (rack.hosts["glance"], 5000)):
        answer = send("GET", gateway.format(host=host, port=port) + "/")
        assert answer.status == 502
        assert answer.body == f"nothing listens at {host}:{port}".encode()
        assert answer.headers["x-simulator"] == "unreachable"


def test_above_the_services_there_is_nothing(rack: Planted) -> None:
    prefix = rack.rack.endpoints["openstack"]["gateway"].split("/at/")[0]
    assert send("GET", f"{prefix}/at/{rack.hosts['glance']}/").status == 404


def test_a_unit_answers_only_while_it_is_up(rack: Planted) -> None:
    unit, machine = rack.model.units["keystone/0"], rack.model.machines["0"]
    assert rack.get("keystone", 5000, "/v3").status == 200
    unit.paused = True
    assert rack.get("keystone", 5000, "/v3").status == 502
    unit.paused, unit.started = False, False
    assert rack.get("keystone", 5000, "/v3").status == 502
    unit.started, machine.present = True, False
    assert rack.get("keystone", 5000, "/v3").status == 502
    machine.present = True
    unit.workload = unit.workload.model_copy(update={"status": "waiting"})
    assert rack.get("keystone", 5000, "/v3").status == 502


def test_a_vip_leads_to_a_unit(rack: Planted) -> None:
    rack.model.applications["keystone"].options["vip"] = "10.20.0.250"
    url = rack.rack.endpoints["openstack"]["gateway"].format(host="10.20.0.250", port=5000)
    answer = send("GET", f"{url}/v3")
    assert answer.body["version"]["links"][0]["href"] == f"{url}/v3/"
    catalog = rack.get("keystone", 5000, "/v3/auth/catalog", rack.login()).body["catalog"]
    identity = next(each for each in catalog if each["type"] == "identity")
    assert {each["url"] for each in identity["endpoints"]} == {f"{url}/v3"}


def test_links_in_answers_go_through_the_gateway(rack: Planted) -> None:
    answer = rack.get("glance", 9292, "/")
    assert answer.status == 300
    assert answer.body["versions"][0]["links"][0]["href"] == rack.url("glance", 9292) + "/v2/"


def test_what_is_not_modelled_is_501_and_in_the_record(rack: Planted) -> None:
    answer = rack.get("glance", 9292, "/v2/metadefs/namespaces", rack.login())
    assert answer.status == 501
    assert "is not modelled" in answer.body["error"]
    asked = [line for line in requestlog.read(rack.rack.directory) if line["service"] == "openstack"]
    assert (asked[-1]["method"], asked[-1]["status"]) == ("GET", 501)


def test_a_login_does_not_count_as_a_change(rack: Planted) -> None:
    token = rack.login()
    send("POST", rack.url("keystone", 5000) + "/v3/projects", {"project": {"name": "lab"}}, token)
    asked = [line for line in requestlog.read(rack.rack.directory) if line["service"] == "openstack"]
    assert [line["mutates"] for line in asked] == [False, True]


def test_clouds_outlive_a_restart(tmp_path: pathlib.Path) -> None:
    with planted(tmp_path) as first:
        token = first.login()
        made = send("POST", first.url("keystone", 5000) + "/v3/projects", {"project": {"name": "kept"}}, token)
        assert made.status == 201
        path = f"/v3/projects/{made.body['project']['id']}"
    with running_rack(directory=tmp_path, factor=0, services=SERVICES) as rack:
        again = Planted(rack, first.hosts)
        assert again.get("keystone", 5000, path, token).body["project"]["name"] == "kept"
        again.login()


def test_no_password_or_token_is_in_the_clouds_state(rack: Planted) -> None:
    token = rack.login()
    asked = {"user": {"name": "carol", "password": "sesame-of-carol"}}
    assert send("POST", rack.url("keystone", 5000) + "/v3/users", asked, token).status == 201
    service = rack.rack.services["openstack"]
    text = json.dumps(rack.rack.call(service.dump))
    assert "carol" in text
    for secret in ("sesame-of-carol", token, rack.password):
        assert secret not in text


def test_a_cloud_leaves_with_its_model(rack: Planted) -> None:
    token = rack.login()
    sent = {"name": "x", "disk_format": "raw", "container_format": "bare"}
    key = send("POST", rack.url("glance", 9292) + "/v2/images", sent, token).body["id"]
    path = f"{rack.url('glance', 9292)}/v2/images/{key}/file"
    assert send("PUT", path, b"abc", token, {"Content-Type": "application/octet-stream"}).status == 204
    service, juju = rack.rack.services["openstack"], rack.rack.services["juju"]
    assert isinstance(service, Service)
    assert isinstance(juju, Juju)
    assert list((rack.rack.directory / "openstack" / UUID).iterdir())
    rack.rack.call(juju.parts.store.controllers.clear)
    assert rack.rack.call(service.dump) == {}
    assert not list((rack.rack.directory / "openstack").iterdir())
    assert rack.get("keystone", 5000, "/v3").status == 502


def test_a_timer_finds_its_cloud_after_a_restart(tmp_path: pathlib.Path) -> None:
    with planted(tmp_path) as first:
        token, base = first.login(), first.url("glance", 9292)
        sent = {"name": "x", "disk_format": "raw", "container_format": "bare"}
        key = send("POST", f"{base}/v2/images", sent, token).body["id"]
        octets = {"Content-Type": "application/octet-stream"}
        assert send("PUT", f"{base}/v2/images/{key}/stage", b"staged", token, octets).status == 204
        asked = {"method": {"name": "glance-direct"}}
        assert send("POST", f"{base}/v2/images/{key}/import", asked, token).status == 202
    with running_rack(directory=tmp_path, factor=0, services=SERVICES) as rack:
        again = Planted(rack, first.hosts)
        path = f"/v2/images/{key}"
        assert again.get("glance", 9292, path, token).body["status"] == "uploading"
        rack.advance(3)
        assert again.get("glance", 9292, path, token).body["status"] == "active"
        assert again.get("glance", 9292, f"{path}/file", token).body == b"staged"


def test_optional_services_are_found_and_empty(rack: Planted) -> None:
    token = rack.login()
    project = rack.get("keystone", 5000, "/v3/auth/projects", token).body["projects"][0]["id"]
    assert rack.get("heat", 8004, "/").body["versions"][0]["id"] == "v1.0"
    assert rack.get("heat", 8004, f"/v1/{project}/stacks", token).body == {"stacks": []}
    assert rack.get("heat", 8004, f"/v1/{project}/stacks").status == 401
    assert send("POST", rack.url("heat", 8004) + f"/v1/{project}/stacks", {}, token).status == 501
    assert rack.get("designate", 9001, "/v2/zones", token).body == {"zones": []}
    account = rack.get("ceph-radosgw", 80, "/swift/v1?format=json", token)
    assert (account.body, account.headers["x-account-container-count"]) == ([], "0")


def test_the_dashboard_leads_to_its_login_page(rack: Planted) -> None:
    moved = rack.get("openstack-dashboard", 80, "/horizon")
    assert moved.status == 302
    assert moved.headers["location"] == rack.url("openstack-dashboard", 80) + "/horizon/auth/login/?next=/horizon/"
    page = send("GET", moved.headers["location"])
    assert page.status == 200
    assert b"Login - OpenStack Dashboard" in page.body
