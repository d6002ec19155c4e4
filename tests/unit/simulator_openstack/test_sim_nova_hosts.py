from __future__ import annotations

import pytest

from tests.unit.simulator_openstack.town import Town


@pytest.fixture
def town() -> Town:
    return Town()


def services(town: Town, host: str) -> str:
    return f"/os-services/{town.service(host)['id']}"


def disable(town: Town, host: str) -> None:
    assert town.ask("PUT", services(town, host), {"status": "disabled", "disabled_reason": "work"}, who="admin").status == 200


def shut_down(town: Town, host: str) -> None:
    town.ask("GET", "/os-services", who="admin")
    town.up[host] = False
    town.pass_time(61)


def test_a_host_that_is_shut_down_is_down_after_a_minute(town: Town) -> None:
    server = town.server()
    host = town.host(server)
    town.up[host] = False
    town.pass_time(30)
    assert town.service(host)["state"] == "up"
    town.pass_time(31)
    assert town.service(host)["state"] == "down"
    assert town.show(server)["status"] == "ACTIVE"
    assert town.show(server)["host_status"] == "UNKNOWN"
    assert not town.bench.cloud.compute.server_active(server)
    town.up[host] = True
    assert town.service(host)["state"] == "up"
    assert town.bench.cloud.compute.server_active(server)


@pytest.mark.parametrize("out", ["disabled", "down", "forced"])
def test_a_host_out_of_service_gets_no_servers(town: Town, out: str) -> None:
    if out == "disabled":
        disable(town, "node-1")
    elif out == "down":
        shut_down(town, "node-1")
    else:
        town.ask("PUT", services(town, "node-1"), {"forced_down": True}, who="admin")
    assert {town.host(town.server(f"s{number}")) for number in range(3)} == {"node-2"}


def test_no_host_at_all(town: Town) -> None:
    disable(town, "node-1")
    shut_down(town, "node-2")
    server = town.order().body["server"]["id"]
    town.pass_time()
    assert town.show(server)["fault"]["message"] == "No valid host was found. "


def test_a_compute_service_with_servers_stays(town: Town) -> None:
    server = town.server()
    refused = town.ask("DELETE", services(town, town.host(server)), who="admin")
    assert (refused.status, "hosting instances" in town.message(refused)) == (409, True)


def test_a_deleted_compute_service_comes_back_when_it_is_started_anew(town: Town) -> None:
    before = town.service("node-1")["id"]
    assert town.ask("DELETE", services(town, "node-1"), who="admin").status == 204
    assert town.service("node-1") == {}
    names = [each["hypervisor_hostname"] for each in town.ask("GET", "/os-hypervisors", who="admin").body["hypervisors"]]
    assert names == ["node-2"]
    town.up["node-1"] = False
    assert town.service("node-1") == {}
    town.up["node-1"] = True
    assert town.service("node-1")["id"] != before


def test_a_host_whose_unit_has_gone_is_down_until_somebody_deletes_it(town: Town) -> None:
    town.ask("GET", "/os-services", who="admin")
    del town.up["node-1"]
    town.pass_time(61)
    assert town.service("node-1")["state"] == "down"
    assert town.ask("DELETE", services(town, "node-1"), who="admin").status == 204
    assert town.service("node-1") == {}


def test_servers_move_live_to_another_host(town: Town) -> None:
    server = town.server()
    source = town.host(server)
    disable(town, source)
    moved = town.act(server, "os-migrateLive", {"host": None, "block_migration": "auto"})
    assert moved.status == 202, moved.body
    assert town.show(server)["status"] == "MIGRATING"
    town.pass_time()
    assert (town.show(server)["status"], town.host(server) != source) == ("ACTIVE", True)
    [port] = town.bench.cloud.network.ports(server)
    assert port["binding:host_id"] == town.host(server)
    [migration] = town.ask("GET", f"/os-migrations?instance_uuid={server}", who="admin").body["migrations"]
    assert (migration["status"], migration["source_compute"], migration["migration_type"]) == (
        "completed",
        source,
        "live-migration",
    )
    assert town.bench.cloud.compute.servers_on(source) == []


def test_a_live_migration_without_a_host_fails_and_leaves_the_server(town: Town) -> None:
    server = town.server()
    source = town.host(server)
    for other in {"node-1", "node-2"} - {source}:
        disable(town, other)
    assert town.act(server, "os-migrateLive", {"host": None, "block_migration": "auto"}).status == 202
    town.pass_time()
    assert (town.show(server)["status"], town.host(server)) == ("ACTIVE", source)
    assert town.ask("GET", "/os-migrations", who="admin").body["migrations"][0]["status"] == "error"


def test_moving_is_for_administrators(town: Town) -> None:
    server = town.server()
    assert town.act(server, "os-migrateLive", {"host": None, "block_migration": "auto"}, who="alice").status == 403
    assert town.act(server, "evacuate", {}, who="alice").status == 403


def test_servers_of_a_dead_host_are_evacuated(town: Town) -> None:
    server = town.server()
    source = town.host(server)
    early = town.act(server, "evacuate", {})
    assert (early.status, town.message(early)) == (400, f"Compute service of {source} is still in use.")
    shut_down(town, source)
    dead = town.act(server, "os-migrateLive", {"host": None, "block_migration": "auto"})
    assert (dead.status, town.message(dead)) == (400, f"Compute service of {source} is unavailable at this time.")
    assert town.act(server, "evacuate", {}).status == 200
    assert town.show(server)["status"] == "REBUILD"
    town.pass_time()
    assert (town.show(server)["status"], town.host(server) != source) == ("ACTIVE", True)
    assert town.ask("DELETE", services(town, source), who="admin").status == 204


def test_a_cold_migration_is_confirmed(town: Town) -> None:
    server = town.server()
    source = town.host(server)
    assert town.act(server, "migrate").status == 202
    town.pass_time()
    assert town.show(server)["status"] == "VERIFY_RESIZE"
    assert town.ask("DELETE", services(town, source), who="admin").status == 409
    assert town.act(server, "confirmResize", who="alice").status == 204
    assert (town.show(server)["status"], town.host(server) != source) == ("ACTIVE", True)


def test_a_resize_is_reverted(town: Town) -> None:
    server, source = town.server(), ""
    source = town.host(server)
    bigger = town.make_flavor("m1.big", ram=2048, vcpus=2, disk=2)
    assert town.act(server, "resize", {"flavorRef": bigger}, who="alice").status == 202
    town.pass_time()
    assert town.show(server)["flavor"]["original_name"] == "m1.big"
    assert town.act(server, "revertResize", who="alice").status == 202
    town.pass_time()
    shown = town.show(server)
    assert (shown["status"], shown["flavor"]["original_name"], town.host(server)) == ("ACTIVE", "m1.small", source)


def test_a_server_on_a_dead_host_is_deleted_at_once(town: Town) -> None:
    server = town.server()
    shut_down(town, town.host(server))
    assert town.ask("DELETE", f"/servers/{server}").status == 204
    assert town.show(server)["status"] == 404


def test_servers_apart_and_together(town: Town) -> None:
    for policy, hosts in (("anti-affinity", 2), ("affinity", 1)):
        body = {"server_group": {"name": policy, "policy": policy}}
        group = town.ask("POST", "/os-server-groups", body).body["server_group"]["id"]
        made = []
        for number in range(2):
            server = {"name": f"{policy}-{number}", "flavorRef": town.flavor, "imageRef": town.image, "networks": "none"}
            answer = town.ask("POST", "/servers", {"server": server, "os:scheduler_hints": {"group": group}})
            made.append(answer.body["server"]["id"])
            town.pass_time()
        assert len({town.host(each) for each in made}) == hosts
        assert town.ask("GET", f"/os-server-groups/{group}").body["server_group"]["members"] == made


def test_a_zone_is_an_aggregates(town: Town) -> None:
    assert town.message(town.order(availability_zone="east")) == "The requested availability zone is not available"
    made = town.ask("POST", "/os-aggregates", {"aggregate": {"name": "e", "availability_zone": "east"}}, who="admin")
    path = f"/os-aggregates/{made.body['aggregate']['id']}/action"
    assert town.ask("POST", path, {"add_host": {"host": "node-2"}}, who="admin").status == 200
    assert town.host(town.server(availability_zone="east")) == "node-2"
    zones = town.ask("GET", "/os-availability-zone").body["availabilityZoneInfo"]
    assert [each["zoneName"] for each in zones] == ["east", "nova"]


def test_charms_actions_reach_the_services(town: Town) -> None:
    compute = town.bench.cloud.compute
    town.ask("GET", "/os-services", who="admin")
    compute.set_enabled("node-1", False)
    assert town.service("node-1")["status"] == "disabled"
    compute.set_enabled("node-1", True)
    assert town.service("node-1")["status"] == "enabled"
    with pytest.raises(KeyError):
        compute.set_enabled("nowhere", True)
    compute.unregister("node-1")
    compute.unregister("node-1")
    assert town.service("node-1") == {}


def test_hypervisors_tell_what_is_taken(town: Town) -> None:
    server = town.server()
    rows = town.ask("GET", "/os-hypervisors/detail", who="admin", version="2.53").body["hypervisors"]
    taken = {each["hypervisor_hostname"]: (each["vcpus_used"], each["memory_mb_used"], each["running_vms"]) for each in rows}
    assert taken[town.host(server)] == (1, 1024, 1)
    other = next(host for host in taken if host != town.host(server))
    assert taken[other] == (0, 512, 0)


def test_a_minute_that_passes_while_a_request_is_answered_puts_nobody_down(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, step = town.bench.clock, iter(range(0, 100_000, 100))
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + next(step))
    assert {town.service(host)["state"] for host in ("node-1", "node-2")} == {"up"}
    backends = town.ask("GET", "/os-services", who="admin", area="volume").body["services"]
    assert {each["state"] for each in backends} == {"up"}


def test_a_fault_strikes_a_live_migration(town: Town) -> None:
    server = town.server()
    source = town.host(server)
    town.bench.cloud.fault = lambda name, *targets: True if name == "live-migration-fails" and source in targets else None
    town.act(server, "os-migrateLive", {"host": None, "block_migration": "auto"})
    town.pass_time()
    assert (town.show(server)["status"], town.host(server)) == ("ACTIVE", source)
