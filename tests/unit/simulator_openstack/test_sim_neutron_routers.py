from __future__ import annotations

from typing import Any

import pytest

from tests.unit.simulator_openstack.network_site import DEMO, Site


@pytest.fixture
def site() -> Site:
    return Site()


def refused(answer: tuple[int, Any]) -> tuple[int, str]:
    """Status and class of a refusal."""
    status, body = answer
    return status, body["NeutronError"]["type"]


def test_an_interface_that_a_route_needs_stays(site: Site) -> None:
    _, private, router = site.routed()
    subnet = site.neutron("GET", f"subnets?network_id={private['id']}")[1]["subnets"][0]
    routes = [{"destination": "10.50.0.0/16", "nexthop": "192.168.7.9"}]
    path = f"routers/{router['id']}"
    assert site.neutron("PUT", path, {"router": {"routes": routes}}, who="alice")[0] == 200
    answer = site.neutron("PUT", f"{path}/remove_router_interface", {"subnet_id": subnet["id"]}, who="alice")
    assert refused(answer) == (409, "RouterInterfaceInUseByRoute")
    own = [{"destination": "10.50.0.0/16", "nexthop": "192.168.7.1"}]
    assert refused(site.neutron("PUT", path, {"router": {"routes": own}}, who="alice")) == (400, "InvalidRoutes")


def test_a_subnets_gateway_stays_while_a_router_has_it(site: Site) -> None:
    _, private, _ = site.routed()
    subnet = site.neutron("GET", f"subnets?network_id={private['id']}")[1]["subnets"][0]
    answer = site.neutron("PUT", f"subnets/{subnet['id']}", {"subnet": {"gateway_ip": None}}, who="alice")
    assert refused(answer) == (409, "GatewayIpInUse")


def test_a_servers_port_is_no_interface(site: Site) -> None:
    _, private, _ = site.routed()
    port = site.server(private["id"])
    other = site.made("routers", "router", who="alice")
    answer = site.neutron("PUT", f"routers/{other['id']}/add_router_interface", {"port_id": port["id"]}, who="alice")
    assert refused(answer) == (409, "PortInUse")


def test_a_gateway_moves_to_another_network_when_nothing_needs_it(site: Site) -> None:
    external, private, router = site.routed()
    other = site.made("networks", "network", name="other", **{"router:external": True})
    site.made("subnets", "subnet", network_id=other["id"], ip_version=4, cidr="10.31.0.0/24")
    port = site.server(private["id"])
    floating = site.made("floatingips", "floatingip", who="alice", floating_network_id=external["id"], port_id=port["id"])
    path, body = f"routers/{router['id']}", {"router": {"external_gateway_info": {"network_id": other["id"]}}}
    assert refused(site.neutron("PUT", path, body, who="alice")) == (409, "RouterExternalGatewayInUseByFloatingIp")
    assert site.neutron("PUT", f"floatingips/{floating['id']}", {"floatingip": {"port_id": None}}, who="alice")[0] == 200
    moved = site.neutron("PUT", path, body, who="alice")[1]["router"]
    assert moved["external_gateway_info"]["network_id"] == other["id"]
    assert moved["external_gateway_info"]["external_fixed_ips"][0]["ip_address"].startswith("10.31.0.")


def test_only_an_administrator_says_how_a_gateway_translates(site: Site) -> None:
    external, _ = site.external()
    info = {"network_id": external["id"], "enable_snat": False}
    answer = site.neutron("POST", "routers", {"router": {"external_gateway_info": info}}, who="alice")
    assert refused(answer) == (403, "PolicyNotAuthorized")
    made = site.made("routers", "router", external_gateway_info=info)
    assert made["external_gateway_info"]["enable_snat"] is False


def test_a_failed_router_leaves_nothing(site: Site) -> None:
    external, subnet = site.external()
    taken = {"subnet_id": subnet["id"], "ip_address": "10.30.0.100"}
    info = {"network_id": external["id"], "external_fixed_ips": [taken]}
    site.made("routers", "router", external_gateway_info=info)
    answer = site.neutron("POST", "routers", {"router": {"external_gateway_info": info}})
    assert refused(answer) == (409, "IpAddressAlreadyAllocated")
    assert len(site.neutron("GET", "routers")[1]["routers"]) == 1


def test_a_floating_address_moves_between_ports(site: Site) -> None:
    external, private, _ = site.routed()
    first, second = site.server(private["id"]), site.server(private["id"], "server-2")
    floating = site.made("floatingips", "floatingip", who="alice", floating_network_id=external["id"], port_id=first["id"])
    site.advance(2)
    path = f"floatingips/{floating['id']}"
    answer = site.neutron("PUT", path, {"floatingip": {"port_id": second["id"]}}, who="alice")[1]["floatingip"]
    assert (answer["port_id"], answer["status"]) == (second["id"], "DOWN")
    site.advance(2)
    assert site.neutron("GET", path)[1]["floatingip"]["status"] == "ACTIVE"
    assert site.network.floating_address(first["id"]) is None


def test_of_several_addresses_one_must_be_named(site: Site) -> None:
    external, private, _ = site.routed()
    subnet = site.neutron("GET", f"subnets?network_id={private['id']}")[1]["subnets"][0]
    addresses = [{"subnet_id": subnet["id"], "ip_address": f"192.168.7.{number}"} for number in (50, 51)]
    port = site.made("ports", "port", who="alice", network_id=private["id"], fixed_ips=addresses)
    said = {"floating_network_id": external["id"], "port_id": port["id"]}
    assert refused(site.neutron("POST", "floatingips", {"floatingip": said}, who="alice")) == (400, "BadRequest")
    made = site.made("floatingips", "floatingip", who="alice", **said, fixed_ip_address="192.168.7.51")
    assert made["fixed_ip_address"] == "192.168.7.51"
    wrong = {**said, "fixed_ip_address": "192.168.7.99"}
    assert refused(site.neutron("POST", "floatingips", {"floatingip": wrong}, who="alice")) == (400, "BadRequest")


def test_security_needs_its_port(site: Site) -> None:
    network, _ = site.private()
    group = site.made("security-groups", "security_group", who="alice", name="web")
    said = {"network_id": network["id"], "port_security_enabled": False, "security_groups": [group["id"]]}
    answer = site.neutron("POST", "ports", {"port": said}, who="alice")
    assert refused(answer) == (400, "PortSecurityAndIPRequiredForSecurityGroups")
    open_port = site.made("ports", "port", who="alice", network_id=network["id"], port_security_enabled=False)
    assert open_port["security_groups"] == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"protocol": "icmp", "port_range_min": 300}, "SecurityGroupInvalidIcmpValue"),
        ({"protocol": "icmp", "port_range_max": 0}, "SecurityGroupMissingIcmpType"),
        ({"protocol": "tcp", "port_range_min": 80}, "SecurityGroupInvalidPortRange"),
        ({"protocol": "tcp", "port_range_min": 1, "port_range_max": 70000}, "SecurityGroupInvalidPortValue"),
        ({"protocol": "gre", "port_range_min": 1, "port_range_max": 2}, "SecurityGroupInvalidProtocolForPort"),
        ({"ethertype": "IPX"}, "SecurityGroupRuleInvalidEtherType"),
        ({"remote_ip_prefix": "everybody"}, "InvalidInput"),
        ({"remote_group_id": "nobody"}, "SecurityGroupNotFound"),
    ],
)
def test_rules_that_make_no_sense(site: Site, rule: dict[str, Any], expected: str) -> None:
    group = site.network.security_group(DEMO, "default")
    assert group
    body = {"security_group_rule": {"security_group_id": group["id"], "direction": "ingress", **rule}}
    assert refused(site.neutron("POST", "security-group-rules", body, who="alice"))[1] == expected


def test_emptied_pools_are_all_addresses_but_the_gateway(site: Site) -> None:
    _, subnet = site.external()
    path = f"subnets/{subnet['id']}"
    changed = site.neutron("PUT", path, {"subnet": {"allocation_pools": []}})[1]["subnet"]
    assert changed["allocation_pools"] == [{"start": "10.30.0.2", "end": "10.30.0.254"}]


def test_many_at_once(site: Site) -> None:
    status, body = site.neutron("POST", "networks", {"networks": [{"name": "a"}, {"name": "b"}]})
    assert (status, [network["name"] for network in body["networks"]]) == (201, ["a", "b"])


def test_address_groups_stand_for_prefixes(site: Site) -> None:
    external, private, _ = site.routed()
    port = site.server(private["id"])
    floating = site.made("floatingips", "floatingip", who="alice", floating_network_id=external["id"], port_id=port["id"])
    site.advance(2)
    everybody = site.made("address-groups", "address_group", who="alice", name="all", addresses=["0.0.0.0/0"])
    group = site.network.security_group(DEMO, "default")
    assert group
    rule = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp"}
    site.made("security-group-rules", "security_group_rule", who="alice", remote_address_group_id=everybody["id"], **rule)
    assert site.network.reachable(floating["floating_ip_address"], "tcp", 22)
    path = f"address-groups/{everybody['id']}"
    assert refused(site.neutron("DELETE", path, who="alice")) == (409, "AddressGroupInUse")
    narrowed = {"addresses": ["0.0.0.0/0"]}
    assert site.neutron("PUT", f"{path}/remove_addresses", narrowed, who="alice")[0] == 200
    assert not site.network.reachable(floating["floating_ip_address"], "tcp", 22)
    assert refused(site.neutron("PUT", f"{path}/remove_addresses", narrowed, who="alice")) == (404, "AddressesNotFound")
