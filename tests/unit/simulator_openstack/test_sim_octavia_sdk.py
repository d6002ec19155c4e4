from __future__ import annotations

import pathlib
from typing import Any

import openstack
import pytest

from tests.unit.simulator_openstack import planted


def connected(rack: planted.Planted) -> Any:
    return openstack.connect(
        auth_url=rack.url("keystone", 5000) + "/v3",
        username="admin",
        password=rack.password,
        project_name="admin",
        user_domain_name="admin_domain",
        project_domain_name="admin_domain",
        region_name="RegionOne",
        load_envvars=False,
        load_yaml_config=False,
    )


def test_openstacksdk_lives_through_a_load_balancer(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planted, "CHARMS", (*planted.CHARMS, "octavia"))
    with planted.planted(tmp_path) as rack, connected(rack) as cloud:
        network = cloud.network.create_network(name="private")
        subnet = cloud.network.create_subnet(network_id=network.id, ip_version=4, cidr="192.168.9.0/24")
        balancing = cloud.load_balancer
        balancer = balancing.create_load_balancer(name="lb", vip_subnet_id=subnet.id)
        rack.rack.advance(100)
        assert balancing.find_load_balancer("lb").provisioning_status == "ACTIVE"
        listener = balancing.create_listener(name="l", load_balancer_id=balancer.id, protocol="TCP", protocol_port=80)
        rack.rack.advance(10)
        pool = balancing.create_pool(name="p", listener_id=listener.id, protocol="TCP", lb_algorithm="ROUND_ROBIN")
        rack.rack.advance(10)
        balancing.create_member(pool, address="192.168.9.50", protocol_port=80)
        rack.rack.advance(10)
        assert [member.operating_status for member in balancing.members(pool)] == ["NO_MONITOR"]
        assert {one.role for one in balancing.amphorae()} == {"MASTER", "BACKUP"}
        assert balancing.get_load_balancer_statistics(balancer.id).total_connections == 0
        balancing.delete_load_balancer(balancer.id, cascade=True)
        rack.rack.advance(10)
        assert balancing.find_load_balancer("lb") is None
        assert cloud.network.find_port(balancer.vip_port_id) is None
