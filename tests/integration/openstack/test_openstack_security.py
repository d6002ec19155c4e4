"""Security groups and their rules through their lives."""

from __future__ import annotations

from typing import Any

import pytest

from clients import openstack
from providers.openstack import Project, SecurityGroup, SecurityGroupRule


@pytest.fixture(autouse=True)
def with_groups(needs: Any) -> None:
    needs("network:security-group")


@pytest.fixture
def group(life: Any, name: str) -> Any:
    return life.made(SecurityGroup, name=name, description="ours")


def test_a_group_through_its_life(life: Any, cloud: openstack.Cloud, group: Any, name: str) -> None:
    assert (group.preview(), group.refresh(), group["adopted"]) == ("same", {}, False)
    cloud.security_groups.update(group.id, description="theirs")
    assert group.refresh() == {"description": "theirs"}
    assert group.up(name=f"{name}-b") == "update"
    found = cloud.security_groups.read(group.id)
    assert (found.name, found.description) == (f"{name}-b", "ours")


def test_the_default_group_is_there_and_stays(life: Any, cloud: openstack.Cloud, name: str) -> None:
    project = life.made(Project, name=name)
    group = life.made(SecurityGroup, name="default", project=project.id)
    rule = life.made(SecurityGroupRule, group=group.id, protocol="icmp")
    assert (group["adopted"], rule["adopted"]) == (True, False)
    id_, made = group.id, rule.id
    rule.destroy()
    group.destroy()
    assert cloud.security_groups.read(id_) is not None
    assert cloud.security_group_rules.read(made) is None
    cloud.security_groups.delete(id_)


@pytest.mark.parametrize(
    "props",
    [
        {"protocol": "tcp", "port_min": 22, "port_max": 22, "remote_cidr": "0.0.0.0/0"},
        {"protocol": "tcp", "port_min": 443},
        {"protocol": "icmp"},
        {"protocol": "icmp", "port_min": 8},
        {"direction": "egress", "protocol": "udp", "port_min": 53, "remote_cidr": "192.0.2.0/24"},
        {"ethertype": "IPv6", "protocol": "ipv6-icmp"},
        {},
    ],
)
def test_a_rule_through_its_life(life: Any, cloud: openstack.Cloud, group: Any, props: dict[str, Any]) -> None:
    rule = life(SecurityGroupRule, group=group.id, **props)
    assert (rule.up(), rule.preview(), rule.refresh(), rule["adopted"]) == ("create", "same", {}, False)
    id_ = rule.id
    rule.forget()
    assert (rule.up(), rule.id, rule["adopted"]) == ("create", id_, False)
    cloud.security_group_rules.delete(id_)
    rule.refresh()
    assert (rule.id, rule.up(), rule.refresh()) == (None, "create", {})


def test_a_rule_that_means_the_same_is_adopted(life: Any, cloud: openstack.Cloud, group: Any) -> None:
    theirs = cloud.security_group_rules.create(
        "theirs", lambda: None, security_group_id=group.id, direction="ingress", ether_type="IPv4", protocol="6"
    )
    rule = life.made(SecurityGroupRule, group=group.id, protocol="tcp", remote_cidr="0.0.0.0/0")
    assert (rule.id, rule["adopted"], rule.preview(), rule.refresh()) == (theirs.id, True, "same", {})
    rule.destroy()
    assert cloud.security_group_rules.read(theirs.id) is not None


def test_a_rule_for_another_group(life: Any, group: Any, name: str) -> None:
    other = life.made(SecurityGroup, name=f"{name}-other")
    rule = life.made(SecurityGroupRule, group=group.id, protocol="tcp", port_min=5432, remote_group=other.id)
    assert (rule.preview(), rule.refresh()) == ("same", {})
    assert rule.preview(port_min=5433) == "replace"


@pytest.mark.parametrize(
    ("props", "name"),
    [
        ({"remote_cidr": "192.0.2.0/24", "remote_group": "g"}, "remote_group"),
        ({"port_min": 22}, "protocol"),
        ({"ethertype": "IPv6", "remote_cidr": "192.0.2.0/24"}, "remote_cidr"),
    ],
)
def test_impossible_rules_are_refused_at_preview(life: Any, props: dict[str, Any], name: str) -> None:
    rule = life(SecurityGroupRule, group="g", **props)
    life.things.remove(rule)
    assert set(rule.refusals()) == {name}
