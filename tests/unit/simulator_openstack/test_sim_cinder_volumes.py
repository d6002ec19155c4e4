from __future__ import annotations

from typing import Any

import pytest

from simulator.openstack.call import NotModelled
from tests.unit.simulator_openstack.town import Town


@pytest.fixture
def town() -> Town:
    return Town()


def ask(town: Town, method: str, path: str, body: Any = None, **options: Any) -> Any:
    return town.ask(method, path, body, area="volume", **options)


def test_a_volume_is_made_and_goes(town: Town) -> None:
    made = ask(town, "POST", "/volumes", {"volume": {"name": "v", "size": 1}})
    volume = made.body["volume"]["id"]
    assert (made.status, made.body["volume"]["status"]) == (202, "creating")
    town.pass_time()
    shown = ask(town, "GET", f"/volumes/{volume}", who="admin").body["volume"]
    assert (shown["status"], shown["os-vol-host-attr:host"], shown["volume_type"]) == (
        "available",
        "cinder@ceph#ceph",
        "__DEFAULT__",
    )
    assert ask(town, "DELETE", f"/volumes/{volume}").status == 202
    assert town.volume_status(volume) == "deleting"
    town.pass_time()
    assert town.volume_status(volume) == 404


def test_the_urls_project_must_be_the_tokens(town: Town) -> None:
    path = f"/v3/{town.project('admin')}/volumes"
    answer = town.ask("GET", path, area="volume", whole=True)
    assert (answer.status, town.message(answer)) == (400, "Malformed request url")
    assert town.ask("GET", "/v3/volumes", area="volume", whole=True).status == 200
    assert town.ask("GET", "/v3/volumes", area="volume", whole=True, version="3.66").status == 404


def test_quotas_refuse_with_413(town: Town) -> None:
    path = f"/os-quota-sets/{town.project('alice')}"
    assert ask(town, "PUT", path, {"quota_set": {"volumes": 1, "gigabytes": 5}}, who="admin").status == 200
    big = ask(town, "POST", "/volumes", {"volume": {"size": 6}})
    assert (big.status, big.headers["retry-after"]) == (413, "0")
    town.volume(size=1)
    many = ask(town, "POST", "/volumes", {"volume": {"size": 1}})
    assert town.message(many) == "VolumeLimitExceeded: Maximum number of volumes allowed (1) exceeded for quota 'volumes'."
    use = ask(town, "GET", f"{path}?usage=True").body["quota_set"]
    assert use["gigabytes"] == {"limit": 5, "in_use": 1, "reserved": 0}
    assert ask(town, "GET", "/limits").body["limits"]["absolute"]["totalVolumesUsed"] == 1


def test_a_volume_with_snapshots_stays_unless_they_go_along(town: Town) -> None:
    volume = town.volume()
    snapshot = ask(town, "POST", "/snapshots", {"snapshot": {"volume_id": volume, "name": "s"}}).body["snapshot"]["id"]
    town.pass_time()
    assert ask(town, "GET", f"/snapshots/{snapshot}").body["snapshot"]["status"] == "available"
    assert ask(town, "DELETE", f"/volumes/{volume}").status == 400
    assert ask(town, "DELETE", f"/volumes/{volume}?cascade=True").status == 202
    town.pass_time()
    assert (town.volume_status(volume), ask(town, "GET", f"/snapshots/{snapshot}").status) == (404, 404)


def test_a_volume_of_a_snapshot_is_as_large(town: Town) -> None:
    volume = town.volume(size=3)
    snapshot = ask(town, "POST", "/snapshots", {"snapshot": {"volume_id": volume}}).body["snapshot"]["id"]
    town.pass_time()
    made = ask(town, "POST", "/volumes", {"volume": {"snapshot_id": snapshot}}).body["volume"]
    assert (made["size"], made["snapshot_id"]) == (3, snapshot)


def test_it_grows_and_never_shrinks(town: Town) -> None:
    volume = town.volume(size=2)
    assert ask(town, "POST", f"/volumes/{volume}/action", {"os-extend": {"new_size": 2}}).status == 400
    assert ask(town, "POST", f"/volumes/{volume}/action", {"os-extend": {"new_size": 4}}).status == 202
    town.pass_time()
    assert ask(town, "GET", f"/volumes/{volume}").body["volume"]["size"] == 4


def test_a_volume_of_an_image_is_bootable(town: Town) -> None:
    volume = town.volume(imageRef=town.image)
    shown = ask(town, "GET", f"/volumes/{volume}").body["volume"]
    assert (shown["bootable"], shown["volume_image_metadata"]["image_name"]) == ("true", "noble")


def test_types_name_their_backend(town: Town) -> None:
    for name, backend in (("fast", "ceph"), ("lost", "elsewhere")):
        body = {"volume_type": {"name": name, "extra_specs": {"volume_backend_name": backend}}}
        assert ask(town, "POST", "/types", body, who="admin").status == 200
    assert town.volume_status(town.volume(volume_type="fast")) == "available"
    assert town.volume_status(town.volume(volume_type="lost")) == "error"
    specs = {each["name"]: each["extra_specs"] for each in ask(town, "GET", "/types").body["volume_types"]}
    assert specs == {"__DEFAULT__": {}, "fast": {}, "lost": {}}
    lost = next(each for each in ask(town, "GET", "/types").body["volume_types"] if each["name"] == "lost")
    assert town.message(ask(town, "DELETE", f"/types/{lost['id']}", who="admin")) == "Target volume type is still in use."


def test_a_disabled_backend_makes_nothing(town: Town) -> None:
    body = {"host": "cinder@ceph", "binary": "cinder-volume", "disabled_reason": "work"}
    assert ask(town, "PUT", "/os-services/disable-log-reason", body, who="admin").body["status"] == "disabled"
    assert town.volume_status(town.volume()) == "error"
    ask(town, "PUT", "/os-services/enable", body, who="admin")
    assert town.volume_status(town.volume()) == "available"


def test_filters_are_strict_from_3_31_on(town: Town) -> None:
    town.volume("a")
    assert [each["name"] for each in ask(town, "GET", "/volumes?name=a").body["volumes"]] == ["a"]
    assert ask(town, "GET", "/volumes?name=b").body["volumes"] == []
    assert ask(town, "GET", "/volumes?colour=red").status == 400
    assert len(ask(town, "GET", "/volumes?colour=red", version="3.0").body["volumes"]) == 1


def test_a_project_sees_only_its_own(town: Town) -> None:
    volume = town.volume()
    assert ask(town, "GET", "/volumes", who="admin").body["volumes"] == []
    assert [each["id"] for each in ask(town, "GET", "/volumes?all_tenants=1", who="admin").body["volumes"]] == [volume]


def test_its_state_is_kept(town: Town) -> None:
    volume = town.volume()
    saved = town.bench.cloud.dump()
    town.bench.cloud.load(saved)
    town.bench.tokens.clear()
    assert town.volume_status(volume) == "available"


def test_a_fault_strikes_a_volume(town: Town) -> None:
    town.bench.cloud.fault = lambda name, *targets: True if name == "volume-fails" and "data" in targets else None
    assert town.volume_status(town.volume("data")) == "error"
    assert town.volume_status(town.volume("other")) == "available"


@pytest.mark.parametrize("path", ["/attachments", "/backups", "/volumes/x/metadata/a", "/qos-specs"])
def test_paths_that_cinder_has_and_the_simulator_has_not_say_so(town: Town, path: str) -> None:
    with pytest.raises(NotModelled):
        ask(town, "POST", path, {"x": {}})
    assert ask(town, "POST", "/nonsense", {}).status == 404
