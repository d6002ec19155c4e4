from __future__ import annotations

import functools
from typing import Any

import pytest

import config


def put(data: Any, path: Any, value: Any) -> None:
    """Sets a place like "workers.0.bmc.address"; `...` removes it."""
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")] if isinstance(path, str) else [path]
    place = functools.reduce(lambda at, key: at[key], way, data)
    if value is ...:
        del place[last]
    else:
        place[last] = value


def problems(data: Any) -> list[str]:
    return [str(problem) for problem in config.examine(data)[0]]


BROKEN: dict[str, tuple[dict[Any, Any], str, str]] = {
    "overlapping CIDRs": ({"networks.external.cidr": "10.20.0.0/16"}, "networks.external.cidr = 10.20.0.0/16", "overlaps"),
    "gateway outside": ({"networks.management.gateway": "10.99.0.1"}, "networks.management.gateway = 10.99.0.1", "lies outside"),
    "gateway is the network": ({"networks.management.gateway": "10.20.0.0"}, "networks.management.gateway", "not a host address"),
    "gateway in the DHCP range": (
        {"networks.management.gateway": "10.20.0.210"},
        "networks.management.dhcp",
        "holds the gateway",
    ),
    "DHCP meets reserved": ({"networks.management.dhcp.start": "10.20.0.15"}, "networks.management.reserved[0]", "meets"),
    "range backwards": ({"networks.management.dhcp.end": "10.20.0.30"}, "networks.management.dhcp", "runs backwards"),
    "range leaves its subnet": ({"networks.bmc.reserved.0.end": "10.11.0.5"}, "networks.bmc.reserved[0]", "leaves 10.10.0.0/24"),
    "floating not reserved": (
        {"networks.external.reserved.1.end": "203.0.113.150"},
        "networks.external.floating",
        "not reserved",
    ),
    "no floating range": ({"networks.external.floating": ...}, "networks.external.floating", "is missing"),
    "no DHCP to boot from": ({"networks.management.dhcp": ...}, "networks.management.dhcp", "is missing"),
    "no space to bind to": ({"networks.management.space": ...}, "networks.management.space", "is missing"),
    "a space Juju keeps": ({"networks.external.space": "alpha"}, "networks.external.space = alpha", "choose another"),
    "one VLAN twice": (
        {"networks.external.fabric": "bmc"},
        "networks.external.vid = bmc/0",
        "networks.bmc.vid already",
    ),
    "MAC twice": ({"workers.1.mac": "52:54:00:01:01:01"}, "workers[1].mac", "workers[0].mac already"),
    "MAC of a VM": ({"workers.1.mac": "52:54:00:0c:00:02"}, "workers[1].mac", "controller.mac_base (VM control-2) already"),
    "hostname twice": ({"workers.1.hostname": "worker-1"}, "workers[1].hostname", "already"),
    "hostname of a VM": ({"workers.1.hostname": "control-1"}, "workers[1].hostname", "controller VM control-1 already"),
    "BMC twice": ({"workers.1.bmc.address": "10.10.0.11"}, "workers[1].bmc.address", "workers[0].bmc.address already"),
    "BMC elsewhere": (
        {"workers.1.bmc.address": "10.20.0.12"},
        "workers[1].bmc.address = 10.20.0.12",
        "lies outside networks.bmc",
    ),
    "no disk for an OSD": ({"workers.1.osd_disks": []}, "workers[1].osd_disks", "no disk for an OSD"),
    "OSD on the root disk": ({"workers.0.osd_disks": ["/dev/sda"]}, "workers[0].osd_disks[0] = /dev/sda", "the root disk"),
    "too many OSDs expected": ({"openstack.expected_osd_count": 5}, "openstack.expected_osd_count = 5", "4 OSD disks"),
    "more copies than workers": ({"openstack.ceph_replication_count": 3}, "openstack.ceph_replication_count = 3", "2 workers"),
    "no worker": ({"workers": []}, "workers", "there is no worker"),
    "memory too small": ({"controller.capacity.memory": "48G"}, "controller.capacity.memory = 48 GiB", "the VMs ask for 64 GiB"),
    "storage too small": ({"controller.capacity.storage": "300G"}, "controller.capacity.storage", "the VMs ask for 340 GiB"),
    "cores too few": (
        {"controller.capacity.cores": 8, "controller.capacity.core_overcommit": 2},
        "controller.capacity.cores",
        "26",
    ),
    "a VM too large": (
        {"controller.control_vms": {"cores": 64}},
        "controller.capacity.cores = 32",
        "control-1 alone asks for 64",
    ),
    "typo in a key": ({"networks.management.gatway": "10.20.0.1"}, "networks.management.gatway", "did you mean gateway?"),
    "typo in a worker": ({"workers.0.osd_disk": ["/dev/sdb"]}, "workers[0].osd_disk", "did you mean osd_disks?"),
    "typo in a section": ({"netwroks": {}}, "netwroks", "did you mean networks?"),
    "unquoted MAC": ({"workers.0.mac": 41135043661}, "workers[0].mac", "put it in quotes"),
    "not an address": ({"networks.bmc.gateway": "10.10.0.300"}, "networks.bmc.gateway = '10.10.0.300'", "an IPv4 address"),
    "host bits": ({"networks.bmc.cidr": "10.10.0.7/24"}, "networks.bmc.cidr", "CIDR form"),
    "missing": ({"workers.0.bmc.address": ...}, "workers[0].bmc.address", "pulumi config set --path"),
    "missing secret": ({"workers.0.bmc.password": ...}, "workers[0].bmc.password", "pulumi config set --secret --path"),
    "VLAN id": ({"networks.bmc.vid": 4095}, "networks.bmc.vid = 4095", "less than or equal to 4094"),
    "another VLAN id": ({"networks.bmc.vid": "nine"}, "networks.bmc.vid = 'nine'", "must be a whole number"),
    "a range with the broadcast address": (
        {"networks.bmc.reserved.0.end": "10.10.0.255"},
        "networks.bmc.reserved[0]",
        "keep to 10.10.0.1-10.10.0.254",
    ),
    "a network for one machine": ({"networks.bmc.cidr": "10.10.0.1/32"}, "networks.bmc.cidr = '10.10.0.1/32'", "a /29"),
    "IPv6": ({"networks.bmc.cidr": "2001:db8::/64"}, "networks.bmc.cidr = '2001:db8::/64'", "an IPv4 network"),
    "a space that Juju writes differently": (
        {"networks.external.space": "Clients"},
        "networks.external.space",
        "one label of a-z",
    ),
    "VMs without number": ({"controller.control_vms": {"count": 10**30}}, "controller.control_vms.count", "equal to 999"),
    "a size without bound": ({"controller.capacity.memory": "9" * 400 + "T"}, "controller.capacity.memory", "1024 PiB"),
    "a VM without memory": ({"controller.juju_vm": {"memory": 0}}, "controller.juju_vm", "2G at the least"),
    "MACs into another block": ({"controller.mac_base": "52:54:00:ff:ff:fe"}, "controller", "mac_base: the VMs' addresses"),
    "a prefix too long": ({"controller.control_vms": {"prefix": "c" * 63}}, "controller", "control_vms.prefix: ccc"),
    "two disks in one": ({"workers.0.osd_disks": ["/dev/sdb /dev/sdc"]}, "workers[0].osd_disks[0]", "the path of one device"),
    "a port with a space": ({"workers.0.external_nic": "eno 2"}, "workers[0].external_nic = 'eno 2'", "15 characters"),
    "a tag with a comma": ({"workers.0.tags": ["a,b"]}, "workers[0].tags[0] = 'a,b'", "a tag consists of"),
    "no password": ({"workers.0.bmc.password": ""}, "workers[0].bmc.password", "must not be empty"),
    "a name of nothing": ({"openstack.access.name": "  "}, "openstack.access.name", "must not be empty"),
    "a name of two lines": ({"openstack.access.name": "a\nb"}, "openstack.access.name = 'a\\nb'", "one line"),
    "a worker that is none": ({"workers.0": None}, "workers[0] = None", "must be a mapping"),
    "workers that are no list": ({"workers": "worker-1"}, "workers = 'worker-1'", "must be a list"),
    "an option that is a list": (
        {"openstack.options": {"keystone": {"debug": [1]}}},
        "openstack.options.keystone.debug = [1]",
        "must be a text or a whole number or a number or true or false",
    ),
    "a key that is no text": ({"openstack.options": {7: {}}}, "openstack.options[7] = 7", "must be a text; put it in quotes"),
    "a section that is no text": ({7: {}}, "7", "there is no such key"),
    "a section without a name": ({"": {}}, "", "there is no such key"),
    "size": ({"controller.capacity.memory": "lots"}, "controller.capacity.memory = 'lots'", "a size looks like"),
    "base": ({"openstack.base": "noble"}, "openstack.base = 'noble'", "ubuntu@24.04/stable"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_named_with_its_place_and_mend(site: dict[str, Any], case: str) -> None:
    changes, place, mend = BROKEN[case]
    for path, value in changes.items():
        put(site, path, value)
    assert any(line.startswith(place) and mend in line for line in problems(site)), "\n".join(problems(site))


def test_the_dev_site_is_right(site: dict[str, Any]) -> None:
    assert problems(site) == []


def test_all_problems_are_said_at_once(site: dict[str, Any]) -> None:
    put(site, "networks.management.gateway", "10.99.0.1")
    put(site, "workers.1.bmc.address", "10.10.0.11")
    put(site, "openstack.expected_osd_count", 99)
    put(site, "controller.capacity.memory", "1G")
    places = [line.split(" ")[0] for line in problems(site)]
    assert places == [
        "networks.management.gateway",
        "workers[1].bmc.address",
        "openstack.expected_osd_count",
        "controller.capacity.memory",
    ]


def test_a_broken_section_hides_no_problem_of_the_others(site: dict[str, Any]) -> None:
    put(site, "networks.bmc.cidr", "nonsense")
    put(site, "openstack.expected_osd_count", 99)
    assert [line.split(" ")[0] for line in problems(site)] == ["networks.bmc.cidr", "openstack.expected_osd_count"]


def test_the_lab_site_refuses_by_name_what_is_unset(lab: dict[str, Any]) -> None:
    found = problems(lab)
    assert found
    assert all("must be set for this site" in line for line in found), found
    assert any(line.startswith("workers[0].bmc.password = to-be-set") and "--secret" in line for line in found)


def test_a_password_is_never_shown(site: dict[str, Any]) -> None:
    put(site, "workers.0.bmc.password", ["s3cret"])
    text = "\n".join(problems(site))
    assert "workers[0].bmc.password = [secret]" in text
    assert "s3cret" not in text


def test_the_password_of_a_good_site_is_not_in_its_picture(site: dict[str, Any]) -> None:
    put(site, "workers.0.bmc.password", "s3cret")
    parsed = config.parse(site)
    assert "s3cret" not in repr(parsed)
    assert parsed.workers[0].bmc.password.get_secret_value() == "s3cret"


def test_more_control_vms_move_no_address(site: dict[str, Any]) -> None:
    before = [(name, mac) for name, _, mac in config.parse(site).controller.vms()]
    site["controller"]["control_vms"] = {"count": 4}
    after = [(name, mac) for name, _, mac in config.parse(site).controller.vms()]
    assert after[: len(before)] == before


def test_a_site_is_a_mapping() -> None:
    assert problems(["networks"])[0].startswith("site = ")
