"""What is wrong with the first day, the services and the operations of a site: its place and its mend."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

import config

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQ0Zk3rQ1mS operator"
DIGEST = "sha256:" + "ab" * 32
DAY_ONE: dict[str, Any] = {
    "external": {"name": "ext_net"},
    "routers": [{"name": "router1"}],
    "networks": [{"name": "int_net", "cidr": "192.168.0.0/24", "router": "router1"}],
    "flavors": [{"name": "m1.small", "cores": 1, "memory": "2G", "disk": "20G"}],
    "images": [{"name": "noble", "url": "https://images.example/noble.img", "checksum": DIGEST, "min_disk": "8G"}],
    "key_pairs": [{"name": "operator", "public_key": KEY}],
    "security_groups": [{"rules": [{"ports": 22}, {"protocol": "icmp"}]}],
    "projects": [{"name": "clients", "quota": {"instances": 20, "memory": "64G", "floating_ips": 10}}],
    "users": [{"name": "ana", "password": "s3cret", "project": "clients", "roles": ["member"]}],
    "roles": [{"name": "auditor"}],
}
SMOKE = {"image": "noble", "flavor": "m1.small", "network": "int_net"}


@pytest.fixture
def cloud(site: dict[str, Any]) -> dict[str, Any]:
    """The openstack section of a whole site with a first day; the site is under "site"."""
    site["openstack"] |= {"day_one": copy.deepcopy(DAY_ONE), "smoke_test": dict(SMOKE)}
    return site


def problems(site: Any) -> list[str]:
    return [str(problem) for problem in config.examine(site)[0]]


def day(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda site: change(site["openstack"]["day_one"])


def openstack(**changes: Any) -> Callable[[Any], Any]:
    return lambda site: site["openstack"].update(changes)


HERE = "openstack.day_one"
BROKEN: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "no such router": (
        day(lambda d: d["networks"][0].update(router="router2")),
        f"{HERE}.networks[0].router = router2",
        "did you mean router1?",
    ),
    "no such project": (
        day(lambda d: d["users"][0].update(project="client")),
        f"{HERE}.users[0].project = client",
        "did you mean clients?",
    ),
    "no such role": (day(lambda d: d["users"][0].update(roles=["memebr"])), f"{HERE}.users[0].roles[0]", "did you mean member?"),
    "a name twice": (day(lambda d: d["flavors"].append(dict(d["flavors"][0]))), f"{HERE}.flavors = m1.small", "is taken"),
    "a role of Keystone's": (day(lambda d: d["roles"].append({"name": "reader"})), f"{HERE}.roles = reader", "is taken"),
    "a key misspelt": (day(lambda d: d["images"][0].update(chekcsum=DIGEST)), f"{HERE}.images[0].chekcsum", "mean checksum?"),
    "a url without checksum": (day(lambda d: d["images"][0].pop("checksum")), f"{HERE}.images[0]", "needs its checksum"),
    "a checksum without algorithm": (
        day(lambda d: d["images"][0].update(checksum="ab" * 32)),
        f"{HERE}.images[0].checksum",
        "an algorithm and its digest",
    ),
    "a checksum cut short": (
        day(lambda d: d["images"][0].update(checksum="sha256:abcd")),
        f"{HERE}.images[0].checksum",
        "64 hexadecimal digits",
    ),
    "two sources": (day(lambda d: d["images"][0].update(file="noble.img")), f"{HERE}.images[0]", "exactly one"),
    "a url that is a path": (day(lambda d: d["images"][0].update(url="noble.img")), f"{HERE}.images[0]", "goes under file"),
    "the private key": (
        day(lambda d: d["key_pairs"][0].update(public_key="-----BEGIN OPENSSH PRIVATE KEY-----")),
        f"{HERE}.key_pairs[0].public_key = [secret]",
        "the .pub file",
    ),
    "ports of icmp": (
        day(lambda d: d["security_groups"][0]["rules"][1].update(ports=22)),
        f"{HERE}.security_groups[0].rules[1]",
        "icmp has no ports",
    ),
    "ports backwards": (
        day(lambda d: d["security_groups"][0]["rules"][0].update(ports="90-80")),
        f"{HERE}.security_groups[0].rules[0].ports",
        "1 to 65535",
    ),
    "half a MiB": (day(lambda d: d["flavors"][0].update(memory="512K")), f"{HERE}.flavors[0]", "whole number of MiB"),
    "a gateway elsewhere": (
        day(lambda d: d["networks"][0].update(gateway="192.168.9.1")),
        f"{HERE}.networks[0].gateway = 192.168.9.1",
        "lies outside 192.168.0.0/24",
    ),
    "a pool with the gateway": (
        day(lambda d: d["networks"][0].update(pool={"start": "192.168.0.1", "end": "192.168.0.9"})),
        f"{HERE}.networks[0].pool",
        "holds the gateway",
    ),
    "a pool elsewhere": (
        day(lambda d: d["networks"][0].update(pool={"start": "192.168.1.1", "end": "192.168.1.9"})),
        f"{HERE}.networks[0].pool",
        "leaves 192.168.0.0/24",
    ),
    "a pool backwards": (
        day(lambda d: d["networks"][0].update(pool={"start": "192.168.0.9", "end": "192.168.0.5"})),
        f"{HERE}.networks[0].pool",
        "runs backwards",
    ),
    "the management network's block": (
        day(lambda d: d["networks"][0].update(cidr="10.20.0.0/25")),
        f"{HERE}.networks[0].cidr = 10.20.0.0/25",
        "overlaps networks.management.cidr",
    ),
    "two subnets of a router": (
        day(lambda d: d["networks"].append({"name": "b", "cidr": "192.168.0.128/25", "router": "router1"})),
        f"{HERE}.networks[1].cidr",
        "on the same router router1",
    ),
    "a quota beyond the range": (
        day(lambda d: d["projects"][0]["quota"].update(floating_ips=100)),
        f"{HERE}.projects[0].quota.floating_ips = 100",
        "99 addresses",
    ),
    "a vlan without id": (day(lambda d: d["external"].update(type="vlan")), f"{HERE}.external", "go together"),
    "no way for the routers": (lambda s: s["networks"]["external"].pop("gateway"), "networks.external.gateway", "is missing"),
    "a physical network unknown": (
        openstack(options={"neutron-api": {"flat-network-providers": "physnet9"}}),
        f"{HERE}.external.physical_network = physnet1",
        "has physnet9",
    ),
    "a smoke test of nothing": (openstack(day_one=None), "openstack.smoke_test", "nothing to boot"),
    "a smoke test's image": (
        openstack(smoke_test={**SMOKE, "image": "nobel"}),
        "openstack.smoke_test.image = nobel",
        "did you mean noble?",
    ),
    "a smoke test without a router": (
        day(lambda d: d["networks"][0].pop("router")),
        "openstack.smoke_test.network = int_net",
        "has no router",
    ),
    "a smoke test of others": (
        day(lambda d: d["networks"][0].update(project="clients")),
        "openstack.smoke_test.network = int_net",
        "belongs to the project clients",
    ),
    "a flavor too small": (
        day(lambda d: d["flavors"][0].update(disk="4G")),
        "openstack.smoke_test.flavor = m1.small",
        "has 4 GiB of disk, and the image noble wants 8",
    ),
    "a single worker": (lambda s: s["workers"].pop() and s["openstack"].update(expected_osd_count=2), "workers", "only worker-1"),
    "a service that needs others": (
        openstack(services={"magnum": True, "heat": True}),
        "openstack.services.magnum = true",
        "needs octavia",
    ),
    "a service without its values": (
        openstack(services={"designate": True}),
        "openstack.values.dns-domain",
        "takes it",
    ),
    "a switch misspelt": (openstack(services={"haet": True}), "openstack.services.haet", "did you mean heat?"),
    "an overlay twice": (
        openstack(services={"heat": True}, overlays=["bundles/overlays/heat.yaml"]),
        "openstack.overlays[0] = bundles/overlays/heat.yaml",
        "comes with openstack.services.heat",
    ),
    "a first day without Vault": (openstack(vault={"manage": False}), "openstack.day_one", "needs a cloud that is open"),
    "a channel without risk": (openstack(channels={"keystone": "2024.1"}), "openstack.channels.keystone", "a track and a risk"),
    "no unit": (openstack(units={"glance": 0}), "openstack.units.glance = 0", "greater than or equal to 1"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_named_with_its_place_and_mend(cloud: dict[str, Any], case: str) -> None:
    change, place, mend = BROKEN[case]
    change(cloud)
    found = problems(cloud)
    assert any(line.startswith(place) and mend in line for line in found), "\n".join(found)


def test_a_whole_first_day_is_right(cloud: dict[str, Any]) -> None:
    assert problems(cloud) == []
    spec = config.parse(cloud).openstack
    assert spec.day_one is not None
    assert spec.day_one.security_groups[0].rules[0].port_ends == (22, 22)


def test_all_problems_are_said_at_once(cloud: dict[str, Any]) -> None:
    for case in ("no such router", "a quota beyond the range", "a flavor too small", "a single worker"):
        BROKEN[case][0](cloud)
    assert len(problems(cloud)) >= 4


def test_a_single_worker_can_be_asked_for(cloud: dict[str, Any]) -> None:
    cloud["workers"].pop()
    cloud["openstack"] |= {"allow_single_worker": True, "expected_osd_count": 2}
    assert problems(cloud) == []


def test_no_password_is_shown(cloud: dict[str, Any]) -> None:
    cloud["openstack"]["day_one"]["users"][0] |= {"password": ["s3cret"], "roles": "member"}
    assert "s3cret" not in "\n".join(problems(cloud))


def test_services_come_in_the_order_of_their_needs() -> None:
    order = list(config.SERVICES)
    for name, service in config.SERVICES.items():
        assert all(order.index(other) < order.index(name) for other in service.needs)
