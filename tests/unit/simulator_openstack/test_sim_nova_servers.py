from __future__ import annotations

import pytest

from simulator.openstack.call import NotModelled
from tests.unit.simulator_openstack.town import Town


@pytest.fixture
def town() -> Town:
    return Town()


def test_a_server_is_built_step_by_step_and_gets_its_address_last(town: Town) -> None:
    made = town.order(metadata={"role": "web"})
    server = made.body["server"]["id"]
    assert made.headers["location"].endswith(f"/v2.1/servers/{server}")
    states = []
    for _ in range(8):
        shown = town.show(server)
        states.append((shown["status"], shown["OS-EXT-STS:task_state"], bool(shown["hostId"]), bool(shown["addresses"])))
        town.pass_time(0.5)
    assert states[0] == ("BUILD", "scheduling", False, False)
    assert ("BUILD", "spawning", True, False) in states
    assert states[-1] == ("ACTIVE", None, True, True)
    assert town.show(server)["addresses"]["private"][0]["addr"].startswith("192.168.0.")


def test_the_port_is_neutrons_and_goes_with_the_server(town: Town) -> None:
    server = town.server()
    [port] = town.bench.cloud.network.ports(server)
    assert (port["status"], port["binding:host_id"]) == ("ACTIVE", town.host(server))
    assert town.ask("DELETE", f"/servers/{server}").status == 204
    assert town.show(server)["OS-EXT-STS:task_state"] == "deleting"
    town.pass_time()
    assert town.show(server)["status"] == 404
    assert town.bench.cloud.network.ports(server) == []


def test_a_port_of_the_users_own_outlives_the_server(town: Town) -> None:
    body = {"port": {"network_id": town.network}}
    port = town.ask("POST", "/v2.0/ports", body, area="network").body["port"]["id"]
    server = town.server(networks=[{"port": port}])
    assert town.bench.cloud.network.port(port)["device_id"] == server
    assert town.order("other", networks=[{"port": port}]).status == 409
    town.ask("DELETE", f"/servers/{server}")
    town.pass_time()
    assert town.bench.cloud.network.port(port)["device_id"] == ""


def test_servers_go_to_the_emptiest_host(town: Town) -> None:
    hosts = [town.host(town.server(f"web-{number}")) for number in range(4)]
    assert sorted(hosts) == ["node-1", "node-1", "node-2", "node-2"]


def test_what_fits_nowhere_ends_in_error(town: Town) -> None:
    town.flavor = town.make_flavor("big", ram=20000, vcpus=1, disk=1)
    server = town.order().body["server"]["id"]
    town.pass_time()
    shown = town.show(server)
    assert (shown["status"], shown["fault"]["message"]) == ("ERROR", "No valid host was found. ")


@pytest.mark.parametrize("size", [{"ram": 512, "vcpus": 9, "disk": 1}, {"ram": 512, "vcpus": 1, "disk": 101}])
def test_cores_and_disk_count_too(town: Town, size: dict[str, int]) -> None:
    town.flavor = town.make_flavor("big", **size)
    server = town.order().body["server"]["id"]
    town.pass_time()
    assert town.show(server)["status"] == "ERROR"


def test_a_quota_refuses_before_anything_is_scheduled(town: Town) -> None:
    quota = {"quota_set": {"instances": 1}}
    assert town.ask("PUT", f"/os-quota-sets/{town.project('alice')}", quota, who="admin").status == 200
    town.server()
    refused = town.order("second")
    assert refused.status == 403
    assert town.message(refused) == "Quota exceeded for instances: Requested 1, but already used 1 of 1 instances"
    below = town.ask("PUT", f"/os-quota-sets/{town.project('alice')}", {"quota_set": {"instances": 0}}, who="admin")
    assert (below.status, "greater than or equal to already used" in town.message(below)) == (400, True)


def test_several_servers_are_as_many_as_the_quota_allows(town: Town) -> None:
    town.ask("PUT", f"/os-quota-sets/{town.project('alice')}", {"quota_set": {"instances": 3}}, who="admin")
    assert town.order("many", min_count=2, max_count=5).status == 202
    names = sorted(each["name"] for each in town.ask("GET", "/servers").body["servers"])
    assert names == ["many-1", "many-2", "many-3"]


def test_an_external_network_is_for_administrators(town: Town) -> None:
    server = town.order(networks=[{"uuid": town.bench.ids["public"]}]).body["server"]["id"]
    town.pass_time()
    shown = town.show(server)
    assert shown["fault"]["message"].endswith("aborted: Failed to allocate the network(s), not rescheduling.")
    assert town.bench.cloud.network.ports(server) == []


@pytest.mark.parametrize(
    ("action", "status", "back"),
    [("os-stop", "SHUTOFF", "os-start"), ("pause", "PAUSED", "unpause"), ("suspend", "SUSPENDED", "resume")],
)
def test_it_is_switched_off_and_on(town: Town, action: str, status: str, back: str) -> None:
    server = town.server()
    assert town.act(server, action).status == 202
    assert town.act(server, "reboot", {"type": "SOFT"}).status == 409
    town.pass_time()
    assert town.show(server)["status"] == status
    again = town.act(server, action)
    assert again.status == 409
    assert f"while it is in vm_state {town.show(server)['OS-EXT-STS:vm_state']}" in town.message(again)
    town.act(server, back)
    town.pass_time()
    assert town.show(server)["status"] == "ACTIVE"


def test_a_stopped_servers_port_is_down(town: Town) -> None:
    server = town.server()
    town.act(server, "os-stop")
    town.pass_time()
    assert [port["status"] for port in town.bench.cloud.network.ports(server)] == ["DOWN"]
    assert not town.bench.cloud.compute.server_active(server)
    town.act(server, "os-start")
    town.pass_time()
    assert [port["status"] for port in town.bench.cloud.network.ports(server)] == ["ACTIVE"]
    assert town.bench.cloud.compute.server_active(server)


def test_a_locked_server_is_safe_from_its_owner(town: Town) -> None:
    server = town.server()
    town.act(server, "lock", {"locked_reason": "keep"}, who="alice")
    assert town.show(server)["locked_reason"] == "keep"
    assert town.ask("DELETE", f"/servers/{server}").status == 409
    assert town.act(server, "os-stop", who="alice").status == 409
    assert town.act(server, "os-stop", who="admin").status == 202


def test_servers_are_found_by_a_regular_expression_and_in_pages(town: Town) -> None:
    for name in ("smoke", "smoke-2", "web"):
        town.server(name)
    found = town.ask("GET", "/servers/detail?name=^smo").body["servers"]
    assert [each["name"] for each in found] == ["smoke-2", "smoke"]
    first = town.ask("GET", "/servers?limit=2").body
    assert [each["name"] for each in first["servers"]] == ["web", "smoke-2"]
    marker = first["servers_links"][0]["href"].partition("marker=")[2]
    assert [each["name"] for each in town.ask("GET", f"/servers?limit=2&marker={marker}").body["servers"]] == ["smoke"]


def test_a_project_sees_only_its_own(town: Town) -> None:
    server = town.server()
    assert town.ask("GET", "/servers", who="admin").body["servers"] == []
    everywhere = town.ask("GET", "/servers?all_tenants=1", who="admin").body["servers"]
    assert [each["id"] for each in everywhere] == [server]
    assert "OS-EXT-SRV-ATTR:host" not in town.ask("GET", f"/servers/{server}").body["server"]


def test_a_volume_is_attached_and_detached(town: Town) -> None:
    server, volume = town.server(), town.volume()
    path = f"/servers/{server}/os-volume_attachments"
    assert town.ask("POST", path, {"volumeAttachment": {"volumeId": volume}}).body["volumeAttachment"]["device"] == "/dev/sdb"
    assert town.volume_status(volume) == "reserved"
    town.pass_time()
    assert town.volume_status(volume) == "in-use"
    assert town.ask("DELETE", f"/volumes/{volume}", area="volume").status == 400
    assert town.ask("DELETE", f"{path}/{volume}").status == 202
    assert town.volume_status(volume) == "detaching"
    town.pass_time()
    assert town.volume_status(volume) == "available"
    assert town.ask("GET", path).body["volumeAttachments"] == []


@pytest.mark.parametrize(("goes", "status"), [(True, 404), (False, "available")])
def test_it_boots_from_a_volume_that_is_made_of_an_image(town: Town, goes: bool, status: str | int) -> None:
    device = {
        "boot_index": 0,
        "uuid": town.image,
        "source_type": "image",
        "destination_type": "volume",
        "volume_size": 2,
        "delete_on_termination": goes,
    }
    server = town.server(imageRef="", block_device_mapping_v2=[device])
    [volume] = [each["id"] for each in town.show(server)["os-extended-volumes:volumes_attached"]]
    assert town.volume_status(volume) == "in-use"
    town.ask("DELETE", f"/servers/{server}")
    town.pass_time()
    assert town.volume_status(volume) == status


def test_a_building_server_goes_on_after_the_simulator_is_loaded_anew(town: Town) -> None:
    server = town.order().body["server"]["id"]
    saved, timers = town.bench.cloud.dump(), town.bench.clock.dump()
    fresh = Town()
    fresh.bench.cloud.load(saved)
    fresh.bench.clock.load(timers)
    fresh.bench.tokens.clear()
    fresh.pass_time()
    assert fresh.show(server)["status"] == "ACTIVE"


def test_deletion_of_a_server_that_is_being_built(town: Town) -> None:
    server = town.order().body["server"]["id"]
    town.pass_time(1.2)
    town.ask("DELETE", f"/servers/{server}")
    town.pass_time()
    assert town.show(server)["status"] == 404
    assert town.bench.cloud.network.ports(server) == []


def test_what_was_done_is_listed_newest_first(town: Town) -> None:
    server = town.server()
    town.act(server, "os-stop", who="alice")
    town.pass_time()
    actions = town.ask("GET", f"/servers/{server}/os-instance-actions").body["instanceActions"]
    assert [each["action"] for each in actions] == ["stop", "create"]
    events = town.ask("GET", f"/servers/{server}/os-instance-actions/{actions[0]['request_id']}").body["instanceAction"]["events"]
    assert [each["result"] for each in events] == ["Success"]


def test_the_console_shows_a_login_and_as_many_lines_as_asked(town: Town) -> None:
    server = town.server()
    output = town.act(server, "os-getConsoleOutput", {"length": 1}, who="alice").body["output"]
    assert output == "web login: "


def test_what_is_not_modelled_says_so(town: Town) -> None:
    server = town.server()
    with pytest.raises(NotModelled, match="shelve"):
        town.act(server, "shelve")
    assert town.message(town.act(server, "magic")) == "There is no such action: magic"


def test_an_interface_more_and_less(town: Town) -> None:
    server = town.server()
    made = town.ask("POST", f"/servers/{server}/os-interface", {"interfaceAttachment": {"net_id": town.network}})
    assert made.status == 200, made.body
    ports = town.ask("GET", f"/servers/{server}/os-interface").body["interfaceAttachments"]
    assert len(ports) == 2
    assert town.ask("DELETE", f"/servers/{server}/os-interface/{made.body['interfaceAttachment']['port_id']}").status == 202
    assert len(town.ask("GET", f"/servers/{server}/os-interface").body["interfaceAttachments"]) == 1


def test_a_name_and_metadata_are_changed(town: Town) -> None:
    server = town.server()
    assert town.ask("PUT", f"/servers/{server}", {"server": {"name": "db"}}).body["server"]["name"] == "db"
    town.ask("POST", f"/servers/{server}/metadata", {"metadata": {"a": "1"}})
    town.ask("PUT", f"/servers/{server}/metadata/b", {"meta": {"b": "2"}})
    assert town.ask("DELETE", f"/servers/{server}/metadata/a").status == 204
    assert town.show(server)["metadata"] == {"b": "2"}


def test_an_image_is_made_of_a_server_and_booted(town: Town) -> None:
    server = town.server()
    image = town.act(server, "createImage", {"name": "mine"}, who="alice").body["image_id"]
    assert town.act(server, "createImage", {"name": "mine"}, who="alice").status == 409
    town.pass_time()
    assert town.show(server)["OS-EXT-STS:task_state"] is None
    shown = town.ask("GET", f"/v2/images/{image}", area="image").body
    assert (shown["status"], shown["instance_uuid"], shown["owner"]) == ("active", server, town.project("alice"))
    assert town.show(town.server("copy", imageRef=image))["image"]["id"] == image


def test_another_projects_image_is_none(town: Town) -> None:
    made = town.bench.cloud.image.create(town.project("admin"), "theirs", b"x", visibility="private", disk_format="raw")
    assert town.message(town.order(imageRef=made["id"])) == "Can not find requested image"


@pytest.mark.parametrize(
    ("fault", "said"),
    [("no-valid-host", "No valid host was found. "), ("server-fails", "Exceeded maximum number of retries. Exhausted all hosts")],
)
def test_faults_strike_servers(town: Town, fault: str, said: str) -> None:
    struck: list[tuple[str, ...]] = []
    town.bench.cloud.fault = lambda name, *targets: struck.append(targets) or True if name == fault else None
    server = town.order().body["server"]["id"]
    town.pass_time()
    assert town.show(server)["fault"]["message"].startswith(said)
    assert town.bench.cloud.network.ports(server) == []
    assert "web" in struck[0]


def test_a_server_is_rebuilt_from_another_image(town: Town) -> None:
    server = town.server()
    answer = town.act(server, "rebuild", {"imageRef": town.image, "name": "anew"}, who="alice")
    assert (answer.status, answer.body["server"]["status"], answer.body["server"]["name"]) == (202, "REBUILD", "anew")
    town.pass_time()
    assert town.show(server)["status"] == "ACTIVE"


def test_paths_that_nova_has_and_the_simulator_has_not_say_so(town: Town) -> None:
    with pytest.raises(NotModelled):
        town.ask("GET", "/os-instance_usage_audit_log", who="admin")
    assert town.ask("GET", "/nonsense").status == 404
