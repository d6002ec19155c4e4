from __future__ import annotations

from typing import Any

import pytest

from simulator.openstack.call import NotModelled
from tests.unit.simulator_openstack.town import Town


@pytest.fixture
def town() -> Town:
    return Town()


def get(town: Town, path: str, who: str = "admin", version: str = "") -> Any:
    return town.ask("GET", path, who=who, area="placement", version=version)


def provider(town: Town, host: str) -> str:
    [found] = get(town, f"/resource_providers?name={host}").body["resource_providers"]
    return f"/resource_providers/{found['uuid']}"


def test_providers_are_novas_hypervisors(town: Town) -> None:
    shown = {each["uuid"]: each["name"] for each in get(town, "/resource_providers").body["resource_providers"]}
    nova = town.ask("GET", "/os-hypervisors", who="admin").body["hypervisors"]
    assert shown == {each["id"]: each["hypervisor_hostname"] for each in nova}
    assert get(town, "/resource_providers", "alice").status == 403


def test_what_servers_take_is_taken_here(town: Town) -> None:
    server = town.server()
    path = provider(town, town.host(server))
    assert get(town, f"{path}/usages").body["usages"] == {"VCPU": 1, "MEMORY_MB": 512, "DISK_GB": 1}
    assert get(town, f"{path}/inventories/VCPU").body["total"] == 8
    assert list(get(town, f"{path}/allocations").body["allocations"]) == [server]
    allocations = get(town, f"/allocations/{server}").body
    assert (list(allocations["allocations"]), allocations["project_id"]) == ([path.rsplit("/", 1)[1]], town.project("alice"))
    assert get(town, f"/usages?project_id={town.project('alice')}", "alice").body["usages"]["MEMORY_MB"] == 512
    town.ask("DELETE", f"/servers/{server}")
    town.pass_time()
    assert get(town, f"/allocations/{server}").body["allocations"] == {}


def test_candidates_have_room_and_are_in_service(town: Town) -> None:
    asked = "/allocation_candidates?resources=VCPU:1,MEMORY_MB:512"
    assert len(get(town, asked).body["allocation_requests"]) == 2
    town.bench.cloud.compute.set_enabled("node-1", False)
    assert "COMPUTE_STATUS_DISABLED" in get(town, f"{provider(town, 'node-1')}/traits").body["traits"]
    assert len(get(town, asked).body["allocation_requests"]) == 1
    assert get(town, "/allocation_candidates?resources=VCPU:9").body["allocation_requests"] == []
    assert get(town, "/allocation_candidates?resources=VCPU").status == 400


def test_a_provider_goes_with_its_compute_service(town: Town) -> None:
    path = provider(town, "node-1")
    town.bench.cloud.compute.unregister("node-1")
    gone = get(town, path)
    assert (gone.status, gone.body["errors"][0]["title"]) == (404, "Not Found")


def test_versions(town: Town) -> None:
    assert get(town, "/").body["versions"][0]["max_version"] == "1.39"
    assert get(town, "/resource_providers", version="1.40").status == 406
    old = get(town, "/resource_providers", version="1.0").body["resource_providers"][0]
    assert "root_provider_uuid" not in old


def test_what_only_nova_writes_is_not_modelled(town: Town) -> None:
    with pytest.raises(NotModelled):
        town.ask("DELETE", provider(town, "node-1"), who="admin", area="placement")
