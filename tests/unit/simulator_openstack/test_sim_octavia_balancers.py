from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.simulator_openstack.network_site import ADMIN_PROJECT, Site


@pytest.fixture
def site() -> Site:
    return Site()


def made(site: Site, path: str, singular: str, **values: Any) -> dict[str, Any]:
    status, body = site.octavia("POST", path, {singular: values})
    assert status == 201, body
    site.advance(100)
    found: dict[str, Any] = body[singular]
    return found


def balanced(site: Site, **values: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A load balancer with a listener and its pool; all active."""
    _, subnet = site.private("admin")
    balancer = made(site, "lbaas/loadbalancers", "loadbalancer", name="lb", vip_subnet_id=subnet["id"], **values)
    listener = made(site, "lbaas/listeners", "listener", loadbalancer_id=balancer["id"], protocol="HTTP", protocol_port=80)
    pool = made(site, "lbaas/pools", "pool", listener_id=listener["id"], protocol="HTTP", lb_algorithm="ROUND_ROBIN")
    return balancer, listener, pool


def test_a_load_balancer_takes_as_long_as_its_amphorae(site: Site) -> None:
    _, subnet = site.private("admin")
    status, body = site.octavia("POST", "lbaas/loadbalancers", {"loadbalancer": {"vip_subnet_id": subnet["id"]}})
    balancer = body["loadbalancer"]
    assert (status, balancer["provisioning_status"], balancer["operating_status"]) == (201, "PENDING_CREATE", "OFFLINE")
    port = site.network.port(balancer["vip_port_id"])
    assert port
    assert (port["device_owner"], port["fixed_ips"][0]["ip_address"]) == ("Octavia", balancer["vip_address"])
    path = f"lbaas/loadbalancers/{balancer['id']}"
    site.advance(30)
    assert site.octavia("GET", path)[1]["loadbalancer"]["provisioning_status"] == "PENDING_CREATE"
    site.advance(60)
    shown = site.octavia("GET", path)[1]["loadbalancer"]
    assert (shown["provisioning_status"], shown["operating_status"], shown["provider"]) == ("ACTIVE", "ONLINE", "amphora")
    amphorae = site.octavia("GET", f"octavia/amphorae?loadbalancer_id={balancer['id']}")[1]["amphorae"]
    assert {one["role"] for one in amphorae} == {"MASTER", "BACKUP"}


def test_without_a_hypervisor_it_ends_in_error(site: Site) -> None:
    site.bench.facts.computes_up = dict.fromkeys(site.bench.facts.computes_up, False)
    _, subnet = site.private("admin")
    balancer = made(site, "lbaas/loadbalancers", "loadbalancer", vip_subnet_id=subnet["id"])
    path = f"lbaas/loadbalancers/{balancer['id']}"
    assert site.octavia("GET", path)[1]["loadbalancer"]["provisioning_status"] == "ERROR"
    assert site.octavia("DELETE", path)[0] == 204


def test_a_failover_mends_one_whose_amphorae_did_not_boot(site: Site) -> None:
    _, subnet = site.private("admin")
    site.break_things("amphora-fails", "lb")
    balancer = made(site, "lbaas/loadbalancers", "loadbalancer", name="lb", vip_subnet_id=subnet["id"])
    path = f"lbaas/loadbalancers/{balancer['id']}"
    assert site.octavia("GET", path)[1]["loadbalancer"]["provisioning_status"] == "ERROR"
    site.break_things("", "")
    assert site.octavia("PUT", f"{path}/failover")[0] == 202
    assert site.octavia("PUT", f"{path}/failover")[0] == 409
    site.advance(100)
    assert site.octavia("GET", path)[1]["loadbalancer"]["provisioning_status"] == "ACTIVE"


def test_ovn_needs_no_amphora(site: Site) -> None:
    _, subnet = site.private("admin")
    balancer = made(site, "lbaas/loadbalancers", "loadbalancer", vip_subnet_id=subnet["id"], provider="ovn")
    assert site.octavia("GET", f"lbaas/loadbalancers/{balancer['id']}")[1]["loadbalancer"]["provisioning_status"] == "ACTIVE"
    assert site.octavia("GET", "octavia/amphorae")[1]["amphorae"] == []


def test_it_is_immutable_while_something_is_done_to_it(site: Site) -> None:
    balancer, listener, _ = balanced(site)
    assert site.octavia("PUT", f"lbaas/listeners/{listener['id']}", {"listener": {"name": "web"}})[0] == 200
    status, body = site.octavia("PUT", f"lbaas/loadbalancers/{balancer['id']}", {"loadbalancer": {"name": "x"}})
    assert (status, body["faultstring"]) == (409, f"Load Balancer {balancer['id']} is immutable and cannot be updated.")
    site.advance(10)
    assert site.octavia("GET", f"lbaas/listeners/{listener['id']}")[1]["listener"]["name"] == "web"
    assert site.octavia("PUT", f"lbaas/loadbalancers/{balancer['id']}", {"loadbalancer": {"name": "x"}})[0] == 200


def test_references_lead_from_one_to_the_other(site: Site) -> None:
    balancer, listener, pool = balanced(site)
    shown = site.octavia("GET", f"lbaas/loadbalancers/{balancer['id']}")[1]["loadbalancer"]
    assert (shown["listeners"], shown["pools"]) == ([{"id": listener["id"]}], [{"id": pool["id"]}])
    assert site.octavia("GET", f"lbaas/listeners/{listener['id']}")[1]["listener"]["default_pool_id"] == pool["id"]
    assert site.octavia("GET", f"lbaas/pools/{pool['id']}")[1]["pool"]["listeners"] == [{"id": listener["id"]}]


def test_members_are_judged_by_their_servers(site: Site) -> None:
    _, _, pool = balanced(site)
    network = site.neutron("GET", "networks?name=private")[1]["networks"][0]
    up = site.network.make_port(project_id=ADMIN_PROJECT, network_id=network["id"], device_id="web", host="node-1")
    site.active_servers.add("web")
    group = site.network.security_group(ADMIN_PROJECT, "default")
    assert group
    rule = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp"}
    site.made("security-group-rules", "security_group_rule", port_range_min=8080, port_range_max=8080, **rule)
    members = f"lbaas/pools/{pool['id']}/members"
    address = up["fixed_ips"][0]["ip_address"]
    good = made(site, members, "member", address=address, protocol_port=8080)
    bad = made(site, members, "member", address="192.168.7.250", protocol_port=8080)

    def statuses() -> list[str]:
        return [site.octavia("GET", f"{members}/{one['id']}")[1]["member"]["operating_status"] for one in (good, bad)]

    assert statuses() == ["NO_MONITOR", "NO_MONITOR"]
    monitor = {"pool_id": pool["id"], "type": "HTTP", "delay": 5, "timeout": 3, "max_retries": 2}
    shown = made(site, "lbaas/healthmonitors", "healthmonitor", **monitor)
    assert (shown["http_method"], shown["url_path"], shown["expected_codes"]) == ("GET", "/", "200")
    assert statuses() == ["ONLINE", "ERROR"]
    assert site.octavia("GET", f"lbaas/pools/{pool['id']}")[1]["pool"]["operating_status"] == "DEGRADED"
    assert site.octavia("POST", "lbaas/healthmonitors", {"healthmonitor": monitor})[0] == 409


def test_a_batch_of_members_replaces_the_ones_there_are(site: Site) -> None:
    _, _, pool = balanced(site)
    members = f"lbaas/pools/{pool['id']}/members"
    made(site, members, "member", address="192.168.7.10", protocol_port=80)
    made(site, members, "member", address="192.168.7.11", protocol_port=80)
    wanted = [{"address": "192.168.7.11", "protocol_port": 80, "weight": 7}, {"address": "192.168.7.12", "protocol_port": 80}]
    assert site.octavia("PUT", members, {"members": wanted})[0] == 202
    site.advance(10)
    found = {one["address"]: one["weight"] for one in site.octavia("GET", members)[1]["members"]}
    assert found == {"192.168.7.11": 7, "192.168.7.12": 1}


def test_what_does_not_fit_is_refused(site: Site) -> None:
    balancer, _, _ = balanced(site)
    again = {"loadbalancer_id": balancer["id"], "protocol": "TCP", "protocol_port": 80}
    assert site.octavia("POST", "lbaas/listeners", {"listener": again})[0] == 409
    secure = made(site, "lbaas/listeners", "listener", **{**again, "protocol": "HTTPS", "protocol_port": 443})
    status, body = site.octavia(
        "POST", "lbaas/pools", {"pool": {"listener_id": secure["id"], "protocol": "HTTP", "lb_algorithm": "SOURCE_IP"}}
    )
    assert status == 400
    assert "'HTTP' is invalid while the listener protocol is 'HTTPS'" in body["faultstring"]
    assert site.octavia("POST", "lbaas/loadbalancers", {"loadbalancer": {"name": "nowhere"}})[0] == 400
    assert site.octavia("POST", "lbaas/listeners", {"listener": {**again, "protocol_port": 99999}})[0] == 400
    assert site.octavia("GET", "lbaas/listeners/none")[0] == 404


def test_it_goes_with_its_parts_and_its_port_only_when_told(site: Site) -> None:
    balancer, _, _ = balanced(site)
    path = f"lbaas/loadbalancers/{balancer['id']}"
    assert site.octavia("DELETE", path)[0] == 400
    assert site.octavia("DELETE", f"{path}?cascade=true")[0] == 204
    assert site.octavia("GET", path)[1]["loadbalancer"]["provisioning_status"] == "PENDING_DELETE"
    site.advance(10)
    assert site.octavia("GET", path)[0] == 404
    assert site.octavia("GET", "lbaas/pools")[1]["pools"] == []
    assert site.network.port(balancer["vip_port_id"]) is None


def test_members_of_projects_need_octavias_role(site: Site) -> None:
    assert site.octavia("GET", "lbaas/loadbalancers", who="alice")[0] == 403
    assert site.octavia("GET", "lbaas/loadbalancers", who="nobody")[0] == 401


def test_flavors_choose_the_provider(site: Site) -> None:
    profile = made(site, "lbaas/flavorprofiles", "flavorprofile", name="fast", provider_name="ovn", flavor_data="{}")
    flavor = made(site, "lbaas/flavors", "flavor", name="fast", flavor_profile_id=profile["id"])
    _, subnet = site.private("admin")
    balancer = made(site, "lbaas/loadbalancers", "loadbalancer", vip_subnet_id=subnet["id"], flavor_id=flavor["id"])
    assert balancer["provider"] == "ovn"
    assert site.octavia("DELETE", f"lbaas/flavors/{flavor['id']}")[0] == 409
    assert {one["name"] for one in site.octavia("GET", "lbaas/providers")[1]["providers"]} == {"amphora", "octavia", "ovn"}


def test_quotas_of_load_balancers(site: Site) -> None:
    status, body = site.octavia("PUT", f"lbaas/quotas/{ADMIN_PROJECT}", {"quota": {"load_balancer": 1}})
    assert (status, body["quota"]["loadbalancer"], body["quota"]["pool"]) == (202, 1, -1)
    balanced(site)
    subnet = site.neutron("GET", "subnets")[1]["subnets"][0]
    assert site.octavia("POST", "lbaas/loadbalancers", {"loadbalancer": {"vip_subnet_id": subnet["id"]}})[0] == 403
    assert site.octavia("DELETE", f"lbaas/quotas/{ADMIN_PROJECT}")[0] == 204


def test_the_state_survives_a_stop(site: Site) -> None:
    balancer, _, _ = balanced(site)
    area = site.bench.cloud.area("load_balancer")
    before = json.loads(json.dumps(area.dump()))
    area.load(before)
    assert site.octavia("GET", f"lbaas/loadbalancers/{balancer['id']}/status")[1]["statuses"]["loadbalancer"]["name"] == "lb"


def test_what_is_not_modelled_says_so(site: Site) -> None:
    _, subnet = site.private("admin")
    nested = {"vip_subnet_id": subnet["id"], "listeners": [{"protocol": "TCP", "protocol_port": 80}]}
    assert site.octavia("POST", "lbaas/loadbalancers", {"loadbalancer": nested})[0] == 501
    assert site.octavia("GET", "lbaas/l7policies")[0] == 501
    assert site.octavia("GET", "lbaas/loadbalancers")[1]["loadbalancers"] == []
