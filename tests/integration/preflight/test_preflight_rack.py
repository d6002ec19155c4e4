"""Pre-flight against simulated servers: a rack that is well, and racks that are not."""

from __future__ import annotations

import json
import pathlib
import socket
from typing import Any

import pytest
import requests

from preflight.outcome import Status

pytestmark = pytest.mark.xdist_group("preflight")


def test_the_guide_s_rack_is_ready_and_is_not_touched(ground: Any) -> None:
    found = ground.check()
    wrong = [str(f) for r in found.values() for f in r.findings if f.status in (Status.FAILED, Status.WARNING)]
    assert wrong == []
    assert [entry for entry in ground.rack.requests() if entry["mutates"]] == []


def test_the_number_of_requests_does_not_grow_with_the_machines(ground: Any) -> None:
    ground.check()
    assert len(ground.rack.requests("maas")) < 20


def test_what_is_commissioned_is_checked_as_hardware(ground: Any) -> None:
    ground.commission()
    found = ground.check()
    for name in (
        "machine-sizes",
        "root-disk",
        "osd-disks",
        "external-nic",
        "boot-nic",
        "bmc",
        "machine-status",
        "dhcp",
        "ranges",
    ):
        assert found[name].status is Status.OK, [str(finding) for finding in found[name].findings]
    assert "the BMC of worker-1 at 10.10.0.11 answers: off" in "\n".join(map(str, found["bmc"].findings))


def test_hardware_that_does_not_fit_its_role(start: Any, world: dict[str, Any]) -> None:
    worker = world["machines"]["worker-1"] = {**world["machines"]["worker-1"], "memory": 8192, "cpus": 8}
    worker["disks"] = [{"name": "sda", "size": 30 * 10**9}, {"name": "sdb", "size": 10 * 10**9}]
    worker["nics"] = [worker["nics"][0], {**worker["nics"][1], "name": "eno7"}]
    ground = start(world)
    ground.commission()
    assert "worker-1: 8 cores, 8 GiB; it needs 4 cores and 16 GiB" in ground.told("machine-sizes")
    assert "worker-1's /dev/sda has 27.94 GiB; the system needs 40 GiB" in ground.told("root-disk")
    disks = ground.told("osd-disks")
    assert "/dev/sdb of worker-1 has 9.313 GiB" in disks
    assert "/dev/sdc is not among worker-1's disks" in disks
    assert "worker-1 has no port eno2 (it has eno1, eno7); name one of them" in ground.told("external-nic")


def test_a_bmc_that_is_silent_and_one_that_refuses(ground: Any) -> None:
    ground.commission()
    ground.rack.fault("bmc-unreachable", "worker-1")
    told = ground.told("bmc")
    assert "workers[0].bmc: the BMC of worker-1 at 10.10.0.11 does not answer: " in told
    assert told.endswith("check its address, user and password, and that the rack reaches it")
    ground.set("workers[0].bmc.password", "another")
    assert "MAAS will be told" in ground.told("bmc", Status.WARNING)
    ground.set("workers[1].bmc.address", "10.10.0.98")
    assert "bmc-secret" not in str(ground.check("bmc"))


def test_a_rack_without_images(start: Any, world: dict[str, Any]) -> None:
    world["rack"]["images"] = ["ubuntu/jammy"]
    told = start(world).told("maas-images")
    assert told.startswith("openstack.base: MAAS has no image ubuntu/noble for amd64; select it on MAAS's page Images")


def test_a_rack_that_is_not_on_the_networks(start: Any, world: dict[str, Any]) -> None:
    world["rack"]["interfaces"] = [port for port in world["rack"]["interfaces"] if port["network"] == "bmc"]
    ground = start(world)
    assert "no rack controller has an address in 10.20.0.0/24; machines boot from there" in ground.told("networks")


def test_a_rack_that_is_down(ground: Any) -> None:
    ground.rack.fault("rack-down")
    assert "controller: the rack controller's rackd is not running; start it on controller" in ground.told("maas-racks")


def test_a_dhcp_server_that_is_not_maas_s(ground: Any) -> None:
    ground.rack.fault("foreign-dhcp", "10.20.0.0/24", address="10.20.0.99")
    told = ground.told("dhcp")
    assert told == (
        "networks.management.dhcp: a DHCP server that is not MAAS's answers on fabric-1, untagged: 10.20.0.99; "
        "switch it off, or machines boot from it at random"
    )


def test_networks_that_lie_across_maas_s(ground: Any) -> None:
    ground.set("networks.external", {**ground.data["networks"]["external"], "cidr": "203.0.112.0/23"})
    assert "203.0.112.0/23 lies across 203.0.113.0/24, which MAAS has in fabric-2" in ground.told("networks")


def test_ranges_that_meet_maas_s(ground: Any) -> None:
    subnet = next(s for s in ground.maas().subnets.list() if s.cidr == "10.20.0.0/24")
    ground.maas().ranges.create(
        "x", lambda: None, type="reserved", subnet=subnet.id, start_ip="10.20.0.240", end_ip="10.20.0.245"
    )
    told = ground.told("ranges")
    assert told.startswith("networks.management.dhcp: 10.20.0.200-10.20.0.249 (dynamic) meets 10.20.0.240-10.20.0.245 (reserved)")


def test_machines_that_are_somebody_else_s(ground: Any) -> None:
    client = ground.maas()
    client.machines.create(
        "worker-1", lambda: None, hostname="worker-1", mac_addresses=["52:54:00:99:00:01"], architecture="amd64/generic",
        power_type="manual", commission=False,
    )  # fmt: skip
    assert "MAAS has a worker-1 already, without the port 52:54:00:01:01:01" in ground.told("machine-identity")


def test_a_key_that_maas_does_not_know(ground: Any) -> None:
    ground.config["maas:apiKey"] = "a:b:c"
    found = ground.check("maas", "maas-racks", "dhcp")
    assert "does not know the API key (401)" in str(found["maas"].findings[0])
    assert [found[name].status for name in ("maas-racks", "dhcp")] == [Status.SKIPPED] * 2


def test_a_key_that_may_too_little(ground: Any) -> None:
    words = {"username": "bob", "email": "bob@example.com", "password": "pa55word", "is_superuser": "0"}
    ground.maas().session.call("Users", "create", "create bob", **words)
    url = ground.rack.endpoints["maas"]["url"]
    answer = requests.post(f"{url}accounts/authenticate/", data={**words, "consumer": "test"}, timeout=30).json()
    ground.config["maas:apiKey"] = ":".join(answer[name] for name in ("consumer_key", "token_key", "token_secret"))
    assert ground.told("maas").startswith("maas:apiKey is bob's, who is no administrator; take an administrator's")


def test_servers_that_are_away_are_told_of_once(ground: Any, tmp_path: pathlib.Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        ground.config |= {
            "maas:apiUrl": f"http://127.0.0.1:{port}/MAAS",
            "lxd:remotes": "[]",
            "lxd:url": f"https://127.0.0.1:{port}",
        }
        ground.config |= {"juju:charmhubUrl": f"http://127.0.0.1:{port}", "juju:binary": str(tmp_path / "juju")}
        found = ground.check()
    failed = {name for name, result in found.items() if result.status is Status.FAILED}
    assert failed == {"maas", "lxd", "juju-client"}
    assert f"MAAS can't be reached: 127.0.0.1:{port}: no connection; see that it runs there" in str(found["maas"].findings[0])
    assert "maas:apiUrl" in found["maas"].findings[0].mend
    assert "lxc config trust add" in found["lxd"].findings[0].mend
    assert "snap install juju" in found["juju-client"].findings[0].mend
    assert found["charm-store"].status is Status.WARNING


def test_a_maas_that_says_503(ground: Any) -> None:
    ground.rack.fault("http-503", "maas*")
    assert "503" in ground.told("maas")


def test_an_lxd_that_cannot_run_virtual_machines(ground: Any) -> None:
    ground.rack.fault("lxd-no-vms")
    assert "it can't run virtual machines (no qemu among its drivers); enable virtualisation" in ground.told("lxd")


def test_an_lxd_that_does_not_trust_us(ground: Any) -> None:
    endpoints = ground.rack.endpoints["lxd"]
    remote = {"name": "local", "address": endpoints["url"], "server_certificate_file": endpoints["server_cert"]}
    ground.config["lxd:remotes"] = json.dumps([remote])
    told = ground.told("lxd")
    assert "answers, but doesn't trust this client" in told
    assert "`lxc config trust add`" in told


def test_a_host_that_is_too_small(start: Any, world: dict[str, Any]) -> None:
    host = world["lxd_hosts"]["controller"]
    host |= {"memory": 32768, "cpus": 4}
    host["interfaces"] = [{**host["interfaces"][0], "name": "br0"}]
    ground = start(world)
    told = ground.told("lxd-capacity")
    assert "the VMs ask for 26 cores, and https://127.0.0.1:" in told
    assert "the VMs ask for 64 GiB, others have 0 GiB, and https://127.0.0.1:" in told
    bridges = ground.told("lxd-bridges")
    assert "has no bridge br-mgmt (it has br0, lo); make it in netplan" in bridges
    assert "has no port eno4" in bridges


def test_charms_that_the_store_does_not_have(ground: Any) -> None:
    ground.set("openstack.channels", {"keystone": "2099.1/stable"})
    told = ground.told("charm-store")
    assert told.startswith("applications.keystone.channel: keystone has no channel 2099.1/stable; choose one of its tracks: ")


def test_a_juju_that_deletes_virtual_machines(ground: Any, tmp_path: pathlib.Path) -> None:
    binary = tmp_path / "juju"
    binary.write_text("#!/bin/sh\necho 3.6.24-ubuntu-amd64\n")
    binary.chmod(0o755)
    ground.config["juju:binary"] = str(binary)
    assert "is Juju 3.6.24-ubuntu-amd64, which deletes virtual machines it did not make" in ground.told("juju-client")


@pytest.mark.parametrize(
    ("path", "value", "check", "says"),
    [
        ("workers[0].mac", "to-be-set", "site", "workers[0].mac: to-be-set; must be set for this site"),
        ("networks.bmc.cidr", "10.20.0.0/16", "site", "networks.management.cidr: 10.20.0.0/24; overlaps"),
        ("openstack.bundle", "nowhere.yaml", "bundle", "nowhere.yaml"),
        ("openstack.options", {"keystone": {"debugg": True}}, "bundle", "debugg"),
        ("workers[0].zone", "nowhere", "zones", "MAAS has no such zone (it has default)"),
    ],
)
def test_a_site_that_is_wrong(ground: Any, path: str, value: Any, check: str, says: str) -> None:
    ground.set(path, value)
    assert says in ground.told(check)
