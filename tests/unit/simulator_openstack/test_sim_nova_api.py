from __future__ import annotations

from typing import Any

import pytest

from tests.unit.simulator_openstack.town import Town

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF1W8MqKD443HzTkKPW8T7+nA5b/Jtv8uQvq1wDPDoO6 me"


@pytest.fixture(scope="module")
def town() -> Town:
    return Town()


@pytest.mark.parametrize(
    ("version", "status", "said"),
    [("none", 200, "2.1"), ("2.60", 200, "2.60"), ("latest", 200, "2.96"), ("2.97", 406, "2.97"), ("x", 400, None)],
)
def test_microversions(town: Town, version: str, status: int, said: str | None) -> None:
    answer = town.ask("GET", "/servers", version=version)
    assert answer.status == status
    assert answer.headers.get("x-openstack-nova-api-version") == said


def test_a_request_without_a_token_is_told_where_to_log_in(town: Town) -> None:
    town.bench.tokens["nobody"] = ""
    answer = town.ask("GET", "/servers", who="nobody")
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Keystone uri="http://127.0.0.1:5000/v3"')


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/os-services", None),
        ("GET", "/os-hypervisors/detail", None),
        ("POST", "/flavors", {"flavor": {"name": "x", "ram": 1, "vcpus": 1, "disk": 0}}),
        ("POST", "/os-aggregates", {"aggregate": {"name": "x"}}),
        ("GET", "/os-availability-zone/detail", None),
        ("GET", "/os-quota-sets/00000000000000000000000000000000", None),
    ],
)
def test_what_a_member_may_not(town: Town, method: str, path: str, body: Any) -> None:
    answer = town.ask(method, path, body)
    assert answer.status == 403
    assert town.message(answer).startswith("Policy doesn't allow os_compute_api:")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Invalid input for field/attribute name. Value: . '' should be non-empty"),
        ({"name": "a\nb"}, "An invalid 'name' value was provided. The name must be: printable characters."),
        ({"networks": "all"}, "Invalid input for field/attribute networks. Value: all. 'all' is not valid under any"),
        ({"metadata": {"a": 1}}, "Invalid input for field/attribute a. Value: 1. 1 is not of type 'string'"),
        ({"min_count": 0}, "Invalid input for field/attribute min_count. Value: 0. 0 is less than the minimum of 1"),
        ({"imageRef": None}, "Invalid imageRef provided."),
        ({"key_name": "none"}, "Invalid key_name provided."),
        ({"security_groups": [{"name": "none"}]}, "Unable to find security_group with name or id 'none'"),
        ({"networks": [{"uuid": "00000000-0000-0000-0000-000000000000"}]}, "Network 00000000-0000-0000-0000-000000000000 could"),
        ({"networks": [{"port": "00000000-0000-0000-0000-000000000000"}]}, "Port 00000000-0000-0000-0000-000000000000 could"),
    ],
)
def test_a_request_for_a_server_is_checked(town: Town, change: dict[str, Any], said: str) -> None:
    answer = town.order(**change)
    assert answer.status == 400
    assert town.message(answer).startswith(said)


def test_a_flavors_sizes_never_change(town: Town) -> None:
    flavor = town.make_flavor("fixed", ram=512, vcpus=1, disk=1)
    assert town.ask("PUT", f"/flavors/{flavor}", {"flavor": {"description": "d"}}, who="admin").status == 200
    assert town.ask("PUT", f"/flavors/{flavor}", {"flavor": {"description": "d"}}, who="admin", version="2.54").status == 404
    assert town.ask("PUT", f"/flavors/{flavor}", {"flavor": {"ram": 1}}, who="admin").status == 400
    assert town.ask("GET", f"/flavors/{flavor}").body["flavor"]["description"] == "d"


def test_a_private_flavor_is_seen_by_those_who_may_use_it(town: Town) -> None:
    body = {"flavor": {"name": "ours", "ram": 512, "vcpus": 1, "disk": 1, "os-flavor-access:is_public": False}}
    flavor = town.ask("POST", "/flavors", body, who="admin").body["flavor"]["id"]
    assert town.ask("GET", f"/flavors/{flavor}").status == 404
    grant = {"addTenantAccess": {"tenant": town.project("alice")}}
    assert town.ask("POST", f"/flavors/{flavor}/action", grant, who="admin").status == 200
    assert town.ask("GET", f"/flavors/{flavor}").status == 200
    assert flavor in [each["id"] for each in town.ask("GET", "/flavors").body["flavors"]]


def test_extra_specs_are_validated_from_2_86_on(town: Town) -> None:
    path = f"/flavors/{town.flavor}/os-extra_specs"
    body = {"extra_specs": {"hw:cpu_policy": "magic"}}
    assert town.ask("POST", path, body, who="admin").status == 400
    assert town.ask("POST", path, body, who="admin", version="2.85").status == 200
    assert town.ask("DELETE", f"{path}/hw:cpu_policy", who="admin").status == 200


def test_keys_belong_to_users(town: Town) -> None:
    body = {"keypair": {"name": "me", "public_key": KEY}}
    made = town.ask("POST", "/os-keypairs", body)
    assert (made.status, made.body["keypair"]["fingerprint"]) == (201, "01:28:e5:a7:22:18:f9:c7:d7:57:b6:92:ef:80:1a:ed")
    assert town.ask("GET", "/os-keypairs/me", who="admin").status == 404
    user = made.body["keypair"]["user_id"]
    assert town.ask("GET", f"/os-keypairs/me?user_id={user}", who="admin").status == 200
    assert town.ask("GET", "/os-keypairs?user_id=somebody").status == 403
    assert town.ask("DELETE", "/os-keypairs/me").status == 204


def test_a_pair_is_made_before_2_92(town: Town) -> None:
    made = town.ask("POST", "/os-keypairs", {"keypair": {"name": "gen"}}, version="2.91").body["keypair"]
    assert made["private_key"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert "private_key" not in town.ask("GET", "/os-keypairs/gen").body["keypair"]
    assert town.ask("POST", "/os-keypairs", {"keypair": {"name": "gen2"}}).status == 400


def test_a_quota_is_put_back_to_the_default(town: Town) -> None:
    path = f"/os-quota-sets/{town.project('alice')}"
    town.ask("PUT", path, {"quota_set": {"key_pairs": 7}}, who="admin")
    assert town.ask("GET", path).body["quota_set"]["key_pairs"] == 7
    assert town.ask("DELETE", path, who="admin").status == 202
    assert town.ask("GET", path).body["quota_set"]["key_pairs"] == 100


def test_a_service_that_is_no_compute_is_not_disabled(town: Town) -> None:
    rows = town.ask("GET", "/os-services?binary=nova-conductor", who="admin").body["services"]
    answer = town.ask("PUT", f"/os-services/{rows[0]['id']}", {"status": "disabled"}, who="admin")
    assert (answer.status, "Only nova-compute services" in town.message(answer)) == (400, True)


def test_tags(town: Town) -> None:
    path = f"/servers/{town.server()}/tags"
    assert [town.ask("PUT", f"{path}/red").status for _ in range(2)] == [201, 204]
    assert town.ask("PUT", path, {"tags": ["b", "a"]}).body == {"tags": ["a", "b"]}
    assert (town.ask("GET", f"{path}/a").status, town.ask("GET", f"{path}/red").status) == (204, 404)
    assert town.ask("DELETE", f"{path}/a").status == 204
    assert town.ask("GET", path).body == {"tags": ["b"]}


@pytest.mark.parametrize(("area", "name"), [("compute", "server_groups"), ("volume", "snapshots")])
def test_the_quota_class_is_what_projects_have_by_default(town: Town, area: str, name: str) -> None:
    path = "/os-quota-class-sets/default"
    assert town.ask("PUT", path, {"quota_class_set": {name: 3}}, who="admin", area=area).status == 200
    assert town.ask("GET", path, who="admin", area=area).body["quota_class_set"][name] == 3
    project = f"/os-quota-sets/{town.project('alice')}"
    assert town.ask("GET", project, area=area).body["quota_set"][name] == 3
    town.ask("PUT", project, {"quota_set": {name: 4}}, who="admin", area=area)
    assert town.ask("GET", project, area=area).body["quota_set"][name] == 4


@pytest.mark.parametrize(
    ("action", "given", "said"),
    [
        ("resize", None, "Invalid input for field/attribute resize. Value: None. None is not of type 'object'"),
        ("reboot", {"type": "warm"}, "Invalid input for field/attribute type. Value: warm. 'warm' is not one of ['HARD', 'Hard'"),
        (
            "os-migrateLive",
            {"host": None},
            "Invalid input for field/attribute os-migrateLive. Value: {'host': None}. 'block_migra",
        ),
        (
            "os-resetState",
            {"state": "x"},
            "Invalid input for field/attribute state. Value: x. 'x' is not one of ['active', 'error']",
        ),
    ],
)
def test_actions_are_checked(town: Town, action: str, given: Any, said: str) -> None:
    answer = town.act("00000000-0000-0000-0000-000000000000", action, given)
    assert answer.status == 400
    assert town.message(answer).startswith(said)


def test_no_body_at_all_is_refused(town: Town) -> None:
    for method, path in (("POST", "/servers"), ("POST", "/flavors"), ("PUT", f"/os-quota-sets/{town.project('alice')}")):
        answer = town.ask(method, path, who="admin")
        assert (answer.status, town.message(answer)) == (400, "None is not of type 'object'")
