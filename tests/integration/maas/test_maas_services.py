"""Zones, pools, DNS, routes, keys, archives, images, settings, scripts and VM hosts through their lives."""

from __future__ import annotations

from typing import Any

import pytest

from clients import maas
from clients.maas import errors
from providers import _base
from providers.maas import (
    BootSelection,
    BootSource,
    DnsDomain,
    DnsRecord,
    Fabric,
    MaasSetting,
    NodeScript,
    PackageRepository,
    ResourcePool,
    SshKey,
    StaticRoute,
    Subnet,
    VmHost,
    VmHostMachine,
    Zone,
)

SCRIPT = "#!/bin/sh\nexit 0\n"


def test_Zone(life: Any, region: maas.Maas) -> None:
    zone = life(Zone, name="pulumi-test a", description="rack a")
    assert (zone.up(), zone.preview(), zone.refresh()) == ("create", "same", {})
    assert zone.up(name="pulumi-test b", description=None) == "update"
    found = region.zones.read("pulumi-test b")
    assert (str(found.id), found.description) == (zone.id, "")
    region.zones.update("pulumi-test b", description="theirs", name="pulumi-test c")
    assert zone.refresh() == {"name": "pulumi-test c"}
    assert zone.up() == "update"
    zone.destroy()
    assert region.zones.read("pulumi-test b") is None


def test_ResourcePool(life: Any, region: maas.Maas) -> None:
    pool = life(ResourcePool, name="pulumi-test", description="ours")
    assert (pool.up(), pool.preview(), pool.refresh()) == ("create", "same", {})
    region.pools.update(pool.id, description="theirs")
    assert pool.refresh() == {"description": "theirs"}
    assert pool.up() == "update"
    id_ = pool.id
    pool.destroy()
    assert region.pools.read(id_) is None


def test_DNSDomain(life: Any, region: maas.Maas) -> None:
    domain = life(DnsDomain, name="pulumi-test.example", ttl=300)
    assert (domain.up(), domain.preview(), domain.refresh()) == ("create", "same", {})
    region.domains.update(domain.id, ttl=60)
    assert domain.refresh() == {"ttl": 60.0}
    assert domain.up() == "update"
    assert domain.up(ttl=None) == "update"
    assert region.domains.read(domain.id).ttl is None


def domain(life: Any) -> None:
    life(DnsDomain, name="pulumi-test.example").up()


def test_DNSRecord_basic(life: Any, region: maas.Maas) -> None:
    domain(life)
    record = life(DnsRecord, fqdn="www.pulumi-test.example", type="A", data="10.20.0.50 10.20.0.51", ttl=30)
    assert (record.up(), record.preview(), record.refresh()) == ("create", "same", {})
    assert record.up(data="10.20.0.52") == "update"
    assert region.dns_resources.read(int(record["record_id"])).ip_addresses == ("10.20.0.52",)
    region.dns_resources.update(int(record["record_id"]), address_ttl=60)
    assert record.refresh() == {"ttl": 60.0}
    assert record.up() == "update"
    text = life(DnsRecord, fqdn="txt.pulumi-test.example", type="TXT", data="hello world")
    assert (text.up(), text.preview(), text.refresh()) == ("create", "same", {})
    assert text.up(data="other") == "update"
    assert text.preview(type="CNAME") == "replace"


def test_DNSRecord_sameIPAddress(life: Any, region: maas.Maas) -> None:
    domain(life)
    records = [life(DnsRecord, fqdn=f"{name}.pulumi-test.example", type="A", data="10.20.0.50") for name in ("a", "b")]
    for record in records:
        record.up()
    records[0].destroy()
    assert region.dns_resources.read(int(records[1]["record_id"])).ip_addresses == ("10.20.0.50",)


def test_addresses_of_the_wrong_family_are_refused(life: Any) -> None:
    record = life(DnsRecord, fqdn="a.example", type="A", data="fd00::1")
    assert record.check() == [("data", "'fd00::1' is not an address for a record of type A")]


def test_StaticRoute(life: Any, region: maas.Maas) -> None:
    fabric = life(Fabric, name="pulumi-test-f")
    fabric.up()
    subnets = [life(Subnet, cidr=cidr, vlan=fabric["untagged_vlan_id"]) for cidr in ("198.51.100.0/25", "198.51.100.128/25")]
    for subnet in subnets:
        subnet.up()
    ends = {"source": subnets[0]["subnet_id"], "destination": subnets[1]["subnet_id"]}
    route = life(StaticRoute, **ends, gateway_ip="198.51.100.1", metric=10)
    assert (route.up(), route.preview(), route.refresh()) == ("create", "same", {})
    region.routes.update(route.id, metric=20)
    assert route.refresh() == {"metric": 20.0}
    assert route.up() == "update"
    assert route.up(metric=None, gateway_ip="198.51.100.2") == "update"
    assert (region.routes.read(route.id).metric, route.preview()) == (0, "same")
    assert route.check(destination=ends["source"]) == [("destination", "a subnet needs no route to itself")]


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGCFSJA1fIrmxHFtbzaNnA7nAN9Gx9VLcLpbbfBkRrQp"


def test_SSHKey(life: Any, region: maas.Maas) -> None:
    key = life(SshKey, key=f"{KEY} me@here")
    assert (key.up(), key.preview(), key.refresh()) == ("create", "same", {})
    assert key.preview(key=f"{KEY} me@there") == "same"  # the comment is not the key
    again = life(SshKey, key=KEY)
    life.things.remove(again)
    again.up()
    assert again.id == key.id
    assert key.check(key="-----BEGIN OPENSSH PRIVATE KEY-----")[0][0] == "key"
    id_ = key.id
    key.destroy()
    assert region.ssh_keys.read(id_) is None


def test_PackageRepository_basic(life: Any, region: maas.Maas) -> None:
    archive = life(
        PackageRepository,
        name="pulumi-test",
        url="http://archive.example.com/ubuntu",
        arches=["amd64"],
        components=["main", "extra"],
    )
    assert (archive.up(), archive.preview(), archive.refresh()) == ("create", "same", {})
    region.repositories.update(archive.id, enabled=False, arches="amd64,arm64")
    assert archive.refresh() == {"arches": ["amd64", "arm64"]}  # what nobody said anything of is nobody's drift
    assert archive.up(enabled=True) == "update"
    assert region.repositories.read(archive.id).enabled is True
    id_ = archive.id
    archive.destroy()
    assert region.repositories.read(id_) is None


def test_the_main_archive_is_adopted_and_put_back(rack: Any, life: Any, region: maas.Maas) -> None:
    before = next(r for r in region.repositories.list() if r.name == "main_archive")
    archive = life(PackageRepository, name="main_archive", url="http://mirror.example.com/ubuntu", disabled_pockets=["backports"])
    archive.up()
    assert archive["adopted"] is True
    archive.destroy()
    assert region.repositories.read(before.id) == before


def test_PackageRepository_validation(life: Any) -> None:
    with pytest.raises(errors.Refused, match="disabled_components"):
        life(PackageRepository, name="pulumi-test", url="http://a.example.com/", disabled_components=["main"]).up()


def test_Configuration(life: Any, region: maas.Maas) -> None:
    before = {name: region.setting(name) for name in ("upstream_dns", "node_timeout", "curtin_verbose", "kernel_opts")}
    things = [
        life(MaasSetting, name="upstream_dns", value="8.8.8.8 1.1.1.1"),
        life(MaasSetting, name="node_timeout", value=45),
        life(MaasSetting, name="curtin_verbose", value=False),
        life(MaasSetting, name="kernel_opts", value="console=ttyS0"),
    ]
    for thing in things:
        assert (thing.up(), thing.preview(), thing.refresh()) == ("create", "same", {})
    assert (region.setting("node_timeout"), region.setting("curtin_verbose")) == (45, False)
    assert things[0].preview(value="8.8.8.8,1.1.1.1") == "same"
    region.set_setting("node_timeout", 60)
    assert things[1].refresh() == {"value": 60.0}
    assert things[1].up() == "update"
    assert things[1].preview(name="default_dns_ttl") == "replace"
    life.destroy()
    after = {name: region.setting(name) for name in before}
    assert {k: v or "" for k, v in after.items()} == {k: v or "" for k, v in before.items()}


def test_settings_are_checked_by_their_type(life: Any) -> None:
    setting = life(MaasSetting, name="node_timeout", value="soon")
    assert setting.check() == [("value", "node_timeout is a whole number (got 'soon')")]
    assert setting.check(name="curtin_verbose", value="notbool")[0][1].startswith("curtin_verbose is true or false")
    assert setting.check(name="upstream_dn", value="8.8.8.8") == [
        ("name", "MAAS has no setting upstream_dn; did you mean upstream_dns?")
    ]
    assert "hunter2" not in repr(setting.check(name="vcenter_password", value=True))


def test_an_interrupted_setting_still_knows_its_old_value(life: Any, region: maas.Maas) -> None:
    before = region.setting("node_timeout")
    first = life(MaasSetting, name="node_timeout", value=45)
    first.up()
    life.things.remove(first)
    second = life(MaasSetting, name="node_timeout", value=45)
    second.up()
    second.destroy()
    assert region.setting("node_timeout") == before


def test_NodeScript(life: Any, region: maas.Maas) -> None:
    script = life(NodeScript, name="pulumi-test", script=SCRIPT, type="testing", tags=["ours"], timeout=600)
    assert (script.up(), script.preview(), script.refresh()) == ("create", "same", {})
    assert script.up(script="#!/bin/sh\nexit 1\n", timeout=60) == "update"
    assert region.scripts.act("pulumi-test", "download") == "#!/bin/sh\nexit 1\n"
    region.scripts.update("pulumi-test", script=SCRIPT)
    assert script.refresh() == {"script": SCRIPT}
    assert script.up() == "update"
    assert script.check(script="exit 0") == [("script", "must begin with #! and an interpreter")]
    script.destroy()
    assert region.scripts.read("pulumi-test") is None


def test_BootSource(rack: Any, life: Any, region: maas.Maas) -> None:
    source = life(BootSource, url="http://mirror.example.com/images/", keyring_filename="/usr/share/keyrings/k.gpg")
    assert (source.up(), source.preview(), source.refresh()) == ("create", "same", {})
    region.boot_sources.update(source.id, keyring_filename="/other.gpg")
    assert source.refresh() == {"keyring_filename": "/other.gpg"}
    assert source.up() == "update"
    assert source.check(keyring_data="x")[0][0] == "keyring_filename"
    id_ = source.id
    source.destroy()
    assert region.boot_sources.read(id_) is None


def test_BootSourceSelection_defaultCommissioningAdoption(rack: Any, life: Any, region: maas.Maas) -> None:
    source = region.boot_sources.list()[0]
    found = region.selections(source.id).list()[0]
    selection = life(BootSelection, boot_source=source.id, os=found.os, release=found.release, arches=list(found.arches))
    selection.up()
    assert (selection["adopted"], selection.preview(), selection.refresh()) == (True, "same", {})
    selection.destroy()
    assert region.selections(source.id).read(found.id) == found


def test_BootSourceSelection_basic_waits_for_the_images(rack: Any, life: Any, region: maas.Maas) -> None:
    source = region.boot_sources.list()[0]
    there = {(s.os, s.release) for s in region.selections(source.id).list()}
    release = next(r for r in ("focal", "noble", "jammy") if ("ubuntu", r) not in there)
    selection = life(BootSelection, boot_source=source.id, os="ubuntu", release=release, arches=["amd64"])
    selection.up()
    assert (selection["images"], selection["adopted"], selection.preview()) == (["amd64"], False, "same")


def test_VMHost(rack: Any, life: Any, region: maas.Maas) -> None:
    region.session.backoff = 0.001
    host = life(VmHost, name="h1", type="lxd", power_address="https://10.20.0.2:8443", project="maas", tags=["a"])
    with pytest.raises(errors.Unreachable, match="Failed talking to pod"):
        host.up()  # MAAS itself says yes to a host that it can't reach
    assert host.check(power_pass="x")[0] == ("power_pass", "a VM host of type lxd has no power_pass")
    assert host.check(certificate="x")[0][0] == "certificate"


def test_a_vm_host_that_an_interrupted_run_left_is_ours(rack: Any, life: Any, region: maas.Maas) -> None:
    region.session.backoff = 0.001
    host = life(VmHost, name="h1", type="lxd", power_address="https://10.20.0.2:8443", project="maas")
    with pytest.raises(errors.Unreachable):
        host.up()
    host.up()
    assert (host["adopted"], host.preview(), host.refresh()) == (False, "same", {})
    assert len(region.vm_hosts.list()) == 1
    assert host.up(cpu_over_commit_ratio=2.0, tags=["b"]) == "update"
    region.vm_hosts.update(host.id, cpu_over_commit_ratio=3)
    assert host.refresh() == {"cpu_over_commit_ratio": 3.0}
    host.destroy()
    assert region.vm_hosts.list() == []


def test_a_composed_machine_whose_name_is_taken_is_an_error(rack: Any, life: Any, region: maas.Maas) -> None:
    fields = {"mac_addresses": "52:54:00:01:01:01", "architecture": "amd64/generic", "power_type": "manual", "commission": False}
    region.machines.create("…", lambda: None, hostname="vm1", **fields)
    with pytest.raises(_base.ExpectedError, match="already has a machine vm1"):
        life(VmHostMachine, vm_host=1, hostname="vm1").up()


@pytest.mark.parametrize(
    "changes",
    [{"cores": 4}, {"memory": 4096}, {"storage": [{"size_gigabytes": 20}]}, {"interfaces": [{"name": "eth0", "space": "b"}]}],
)
def test_other_hardware_of_a_composed_machine_is_another_machine(life: Any, changes: dict[str, Any]) -> None:
    # the peers plan an update of disks and NICs in place, and then do nothing
    machine = life(
        VmHostMachine,
        vm_host=1,
        hostname="vm1",
        cores=2,
        memory=2048,
        storage=[{"size_gigabytes": 10}],
        interfaces=[{"name": "eth0", "space": "a"}],
    )
    machine.id, machine.outs = "abc123", machine.provider.check({}, machine.props).inputs
    assert machine.preview() == "same"
    assert machine.preview(**changes) == "replace"
    assert machine.preview(zone="b") == "update"
    machine.id = None
