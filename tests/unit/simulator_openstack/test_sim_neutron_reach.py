from __future__ import annotations

import pytest

from simulator.openstack.facts import Chassis
from simulator.openstack.neutron import Refused
from tests.unit.simulator_openstack.network_site import DEMO, Site


@pytest.fixture
def site() -> Site:
    return Site()


def floating(site: Site, external: str, port: str) -> str:
    found = site.made("floatingips", "floatingip", who="alice", floating_network_id=external, port_id=port)
    site.advance(2)
    return str(found["floating_ip_address"])


def open_port(site: Site, number: int, prefix: str | None = None) -> None:
    group = site.network.security_group(DEMO, "default")
    assert group
    said = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp", "remote_ip_prefix": prefix}
    site.made("security-group-rules", "security_group_rule", who="alice", port_range_min=number, port_range_max=number, **said)


def test_a_floating_address_answers_when_the_rules_let_it(site: Site) -> None:
    external, private, _ = site.routed()
    address = floating(site, external["id"], site.server(private["id"])["id"])
    assert not site.network.reachable(address, "tcp", 22)
    open_port(site, 22)
    assert site.network.reachable(address, "tcp", 22)
    assert not site.network.reachable(address, "tcp", 80)
    open_port(site, 80, "10.0.0.0/8")
    assert not site.network.reachable(address, "tcp", 80)


def test_a_server_that_is_off_does_not_answer(site: Site) -> None:
    external, private, _ = site.routed()
    address = floating(site, external["id"], site.server(private["id"])["id"])
    open_port(site, 22)
    site.active_servers.clear()
    assert not site.network.reachable(address)


def test_without_a_bridge_to_the_physical_network_nothing_gets_through(site: Site) -> None:
    site.chassis = [Chassis(hostname="node-1", name="node-1", mappings=())]
    external, private, router = site.routed()
    gateway = next(port for port in site.network.ports(router["id"]) if port["device_owner"] == "network:router_gateway")
    assert (gateway["status"], gateway["binding:host_id"]) == ("DOWN", "")
    address = floating(site, external["id"], site.server(private["id"])["id"])
    open_port(site, 22)
    assert not site.network.reachable(address)


def test_a_router_that_is_switched_off_passes_nothing(site: Site) -> None:
    external, private, router = site.routed()
    address = floating(site, external["id"], site.server(private["id"])["id"])
    open_port(site, 22)
    assert site.neutron("PUT", f"routers/{router['id']}", {"router": {"admin_state_up": False}}, who="alice")[0] == 200
    assert not site.network.reachable(address)


def test_a_servers_port_comes_up_some_time_later(site: Site) -> None:
    network, _ = site.private()
    port = site.network.make_port(project_id=DEMO, network_id=network["id"], device_id="s", host="node-1", seconds=3)
    assert (port["status"], port["binding:vif_type"]) == ("DOWN", "ovs")
    site.advance(2)
    assert site.network.ports("s")[0]["status"] == "DOWN"
    site.advance(2)
    assert site.network.ports("s")[0]["status"] == "ACTIVE"


def test_addresses_have_novas_form(site: Site) -> None:
    external, private, _ = site.routed()
    port = site.server(private["id"], fixed_ip="192.168.7.9")
    address = floating(site, external["id"], port["id"])
    fixed, outer = site.network.addresses("server-1")["private"]
    assert (fixed["addr"], fixed["OS-EXT-IPS:type"], fixed["version"]) == ("192.168.7.9", "fixed", 4)
    assert (outer["addr"], outer["OS-EXT-IPS:type"]) == (address, "floating")
    assert outer["OS-EXT-IPS-MAC:mac_addr"] == port["mac_address"]
    assert site.network.floating_address(port["id"]) == address


def test_a_deleted_server_leaves_the_ports_that_its_owner_made(site: Site) -> None:
    network, _ = site.private()
    own = site.made("ports", "port", who="alice", network_id=network["id"], name="kept")
    site.server(network["id"])
    site.network.bind_port(own["id"], device_id="server-1", host="node-1")
    site.advance(2)
    assert len(site.network.ports("server-1")) == 2
    with pytest.raises(Refused, match="already has an attached device"):
        site.network.bind_port(own["id"], device_id="server-2", host="node-1")
    site.network.delete_ports("server-1")
    left = site.network.port(own["id"])
    assert left
    assert (left["device_id"], left["status"], left["binding:host_id"]) == ("", "DOWN", "")
    assert site.network.ports("server-1") == []


def test_a_member_gets_no_port_on_an_external_network(site: Site) -> None:
    external, _ = site.external()
    with pytest.raises(Refused) as refused:
        site.server(external["id"])
    assert refused.value.status == 403
    assert site.server(external["id"], admin=True)["fixed_ips"]


def test_security_groups_are_found_by_name_or_id(site: Site) -> None:
    group = site.made("security-groups", "security_group", who="alice", name="web")
    assert site.network.check_security_groups(DEMO, ["web", group["id"]]) == [group["id"], group["id"]]
    site.made("security-groups", "security_group", who="alice", name="web")
    with pytest.raises(Refused) as refused:
        site.network.check_security_groups(DEMO, ["web"])
    assert refused.value.status == 409
    with pytest.raises(Refused) as refused:
        site.network.check_security_groups(DEMO, ["none"])
    assert refused.value.status == 404


def test_a_gateway_by_multihoming_is_the_gateway(site: Site) -> None:
    external, _ = site.external()
    router = site.made("routers", "router")
    body = {"router": {"external_gateways": [{"network_id": external["id"]}]}}
    path = f"routers/{router['id']}"
    answered = site.neutron("PUT", f"{path}/add_external_gateways", body)[1]["router"]
    assert answered["external_gateway_info"]["network_id"] == external["id"]
    assert site.neutron("PUT", f"{path}/add_external_gateways", body)[0] == 501
    assert site.neutron("PUT", f"{path}/remove_external_gateways", {"router": {"external_gateways": {}}})[0] == 200
    assert site.neutron("GET", path)[1]["router"]["external_gateways"]
    assert site.neutron("PUT", f"{path}/remove_external_gateways", body)[1]["router"]["external_gateway_info"] is None


def test_a_port_stays_down_when_a_fault_says_so(site: Site) -> None:
    network, _ = site.private()
    site.break_things("port-stays-down", "node-1")
    site.server(network["id"])
    site.server(network["id"], "server-2", host="node-2")
    assert [site.network.ports(name)[0]["status"] for name in ("server-1", "server-2")] == ["DOWN", "ACTIVE"]
