from __future__ import annotations

import dataclasses
import json

import pytest

from tests.unit.simulator_openstack.network_site import DEMO, Site


@pytest.fixture
def site() -> Site:
    return Site()


def test_a_vlan_network_without_a_number_gets_one_of_the_range(site: Site) -> None:
    said = {"provider:network_type": "vlan", "provider:physical_network": "physnet1"}
    first, second = site.made("networks", "network", **said), site.made("networks", "network", **said)
    numbers = {first["provider:segmentation_id"], second["provider:segmentation_id"]}
    assert len(numbers) == 2
    assert all(1000 <= number <= 2000 for number in numbers)
    assert first["mtu"] == 1500


def test_a_members_view_hides_the_provider_and_other_projects(site: Site) -> None:
    external, _ = site.external()
    hidden = site.made("networks", "network", name="hidden")
    own = site.made("networks", "network", who="alice", name="own")
    assert not any(name.startswith("provider:") for name in own)
    seen = {network["id"] for network in site.neutron("GET", "networks", who="alice")[1]["networks"]}
    assert seen == {external["id"], own["id"]}
    status, body = site.neutron("PUT", f"networks/{external['id']}", {"network": {"name": "mine"}}, who="alice")
    assert (status, body["NeutronError"]["message"]) == (403, "rule:update_network is disallowed by policy")
    assert site.neutron("DELETE", f"networks/{hidden['id']}", who="alice")[0] == 404


def test_sharing_opens_a_network_to_one_project_and_is_kept_while_it_is_used(site: Site) -> None:
    network = site.made("networks", "network", name="lent")
    site.made("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.5.0.0/24")
    policy = {"object_type": "network", "object_id": network["id"], "action": "access_as_shared", "target_tenant": DEMO}
    made = site.made("rbac-policies", "rbac_policy", **policy)
    assert site.neutron("GET", f"networks/{network['id']}", who="alice")[1]["network"]["shared"]
    port = site.made("ports", "port", who="alice", network_id=network["id"])
    assert site.neutron("DELETE", f"rbac-policies/{made['id']}")[0] == 409
    assert site.neutron("DELETE", f"ports/{port['id']}", who="alice")[0] == 204
    assert site.neutron("DELETE", f"rbac-policies/{made['id']}")[0] == 204
    assert site.neutron("GET", f"networks/{network['id']}", who="alice")[0] == 404


def test_pages_lead_to_every_network_and_back(site: Site) -> None:
    wanted = {site.made("networks", "network", name=f"n{index}")["id"] for index in range(5)}
    seen, place = [], "networks?limit=2"
    while place:
        body = site.neutron("GET", place)[1]
        seen += [network["id"] for network in body["networks"]]
        following = [link["href"] for link in body.get("networks_links", []) if link["rel"] == "next"]
        place = following[0].partition("/v2.0/")[2] if following else ""
    assert set(seen) == wanted
    assert seen == sorted(seen)


def test_filters_and_fields(site: Site) -> None:
    for name in ("a", "b", "c"):
        site.made("networks", "network", name=name, admin_state_up=name != "c")
    found = site.neutron("GET", "networks?name=a&name=c&fields=name&sort_key=name&sort_dir=desc")[1]
    assert found == {"networks": [{"name": "c"}, {"name": "a"}]}
    assert len(site.neutron("GET", "networks?admin_state_up=False")[1]["networks"]) == 1
    assert site.neutron("GET", "networks?colour=red")[0] == 400
    assert site.neutron("GET", "networks?sort_key=colour")[0] == 400


def test_an_update_against_an_old_revision_changes_nothing(site: Site) -> None:
    network = site.made("networks", "network", name="old")
    path, body = f"networks/{network['id']}", {"network": {"name": "new"}}
    assert site.neutron("PUT", path, body, If_Match="revision_number=1")[0] == 200
    assert site.neutron("PUT", path, {"network": {"name": "newer"}}, If_Match="revision_number=1")[0] == 412
    assert site.neutron("GET", path)[1]["network"]["name"] == "new"


def test_a_pool_of_subnets_gives_networks_that_do_not_overlap(site: Site) -> None:
    pool = site.made("subnetpools", "subnetpool", name="p", prefixes=["10.99.0.0/23"], default_prefixlen=24)
    cidrs = set()
    for _ in range(2):
        network = site.made("networks", "network")
        subnet = site.made("subnets", "subnet", network_id=network["id"], ip_version=4, subnetpool_id=pool["id"])
        cidrs.add(subnet["cidr"])
    assert cidrs == {"10.99.0.0/24", "10.99.1.0/24"}
    third = {"network_id": site.made("networks", "network")["id"], "ip_version": 4, "subnetpool_id": pool["id"]}
    status, body = site.neutron("POST", "subnets", {"subnet": third})
    assert (status, body["NeutronError"]["type"]) == (409, "SubnetAllocationError")
    assert site.neutron("DELETE", f"subnetpools/{pool['id']}")[0] == 409


def test_a_slaac_address_follows_from_the_mac(site: Site) -> None:
    network = site.made("networks", "network")
    modes = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    site.made("subnets", "subnet", network_id=network["id"], ip_version=6, cidr="fd00:7::/64", **modes)
    port = site.made("ports", "port", network_id=network["id"], mac_address="fa:16:3e:00:00:01")
    assert [ip["ip_address"] for ip in port["fixed_ips"]] == ["fd00:7::f816:3eff:fe00:1"]


def test_quotas_stop_a_project_and_count_what_it_has(site: Site) -> None:
    assert site.neutron("PUT", f"quotas/{DEMO}", {"quota": {"network": 1}})[0] == 200
    site.made("networks", "network", who="alice")
    status, body = site.neutron("POST", "networks", {"network": {}}, who="alice")
    assert (status, body["NeutronError"]["type"]) == (409, "OverQuota")
    assert site.neutron("GET", f"quotas/{DEMO}/details", who="alice")[1]["quota"]["network"]["used"] == 1
    assert site.neutron("GET", "quotas", who="alice")[0] == 403


def test_the_state_survives_a_stop(site: Site) -> None:
    site.routed()
    before = json.loads(json.dumps(site.network.dump()))
    other = Site()
    other.network.load(before)
    assert other.network.dump() == before
    assert len(other.neutron("GET", "routers")[1]["routers"]) == 1


def test_agents_die_after_their_chassis_and_come_back_with_it(site: Site) -> None:
    def alive() -> dict[str, bool]:
        return {agent["id"]: agent["alive"] for agent in site.neutron("GET", "agents?binary=ovn-controller")[1]["agents"]}

    assert alive() == {"node-1": True, "node-2": True}
    first, second = site.chassis
    site.chassis = [first, dataclasses.replace(second, up=False)]
    assert alive()["node-2"]
    site.advance(50)
    assert alive() == {"node-1": True, "node-2": False}
    assert site.neutron("DELETE", "agents/node-2")[0] == 204
    assert alive() == {"node-1": True}
    site.chassis = [first, second]
    site.advance(100)
    assert alive() == {"node-1": True, "node-2": True}
    assert site.neutron("GET", "agents", who="alice")[1] == {"agents": []}


def test_a_dead_chassis_whose_unit_is_gone_stays_until_it_is_deleted(site: Site) -> None:
    first, second = site.chassis

    def hosts() -> list[str]:
        return [agent["host"] for agent in site.neutron("GET", "agents?fields=host")[1]["agents"]]

    site.chassis = [first, dataclasses.replace(second, up=False)]
    assert hosts().count("node-2") == 2
    site.chassis = [first]
    assert hosts().count("node-2") == 2
    for agent in site.neutron("GET", "agents?host=node-2")[1]["agents"]:
        assert site.neutron("DELETE", f"agents/{agent['id']}")[0] == 204
    assert hosts() == ["node-1", "node-1"]
    site.chassis = []
    assert hosts() == []


def test_a_network_has_a_segment(site: Site) -> None:
    network, _ = site.external()
    found = site.neutron("GET", f"segments?network_id={network['id']}")[1]["segments"]
    assert [(one["network_type"], one["physical_network"]) for one in found] == [("flat", "physnet1")]
    assert site.neutron("GET", f"segments/{found[0]['id']}")[1]["segment"] == found[0]
    assert site.neutron("GET", "segments", who="alice")[1] == {"segments": []}
    assert site.neutron("GET", f"networks/{network['id']}/dhcp-agents")[1] == {"agents": []}


def test_what_is_not_modelled_says_so(site: Site) -> None:
    assert site.neutron("GET", "metering-labels")[0] == 501
    assert site.neutron("GET", "nonsense")[0] == 404
