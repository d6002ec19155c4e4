"""Each check passes over facts that are as they should be, and fails with a line that says what to do when one is not."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

from clients import juju, maas
from clients.maas.types import IpRange
from components.placement import Placement
from config.network import RangeSpec
from preflight.catalogue import CHECKS
from preflight.families.first_day import Image
from preflight.families.locks import Lock, Locks
from preflight.host import Instance, Network
from preflight.outcome import Status
from preflight.store import Release

Break = Callable[[Any, Any], None]
"""Takes the facts and the builders, and breaks something."""

GIB = 2**30
FAILED, WARNING = Status.FAILED, Status.WARNING


def with_server(**changes: Any) -> Break:
    return lambda f, b: f.change("host", server=dataclasses.replace(f.values["host"].server, **changes))


def with_host(**changes: Any) -> Break:
    return lambda f, b: f.change("host", **changes)


def with_host_memory(gib: int, cpus: int = 32) -> Break:
    return lambda f, b: f.change("host", machine=dataclasses.replace(f.values["host"].machine, memory=gib * GIB, cpus=cpus))


def with_region(**changes: Any) -> Break:
    return lambda f, b: f.change("region", **changes)


def with_site(path: str, value: Any) -> Break:
    return lambda f, b: f.site(path, value)


def with_rack(**changes: Any) -> Break:
    return lambda f, b: f.change("region", racks=(dataclasses.replace(f.values["region"].racks[0], **changes),))


def with_range(kind: str, start: str, end: str) -> Break:
    found = IpRange(id=9, type=kind, start_ip=start, end_ip=end, comment=None, subnet_id=2)
    return with_region(ranges=(found,))


def with_charm(charm: str, releases: Any) -> Break:
    return lambda f, b: f.change("store", charms={**f.values["store"].charms, charm: releases})


def with_model(**changes: Any) -> Break:
    facts = {"name": "openstack", "uuid": "u", "owner": "admin", "life": "", "is_controller": False, "status": "available"}
    facts |= {"message": "", "cloud": "maas-site", "credential": "maas-site"}
    return lambda f, b: f.change("controller", models=(juju.ModelSummary(**{**facts, **changes}),))


def with_release(track: str, risk: str = "stable", base: str = "ubuntu@24.04", revision: int = 100) -> Any:
    return (Release(track=track, risk=risk, revision=revision, bases=frozenset({base})),)


def with_nics(*ports: tuple[str, str, str], **links: Any) -> Break:
    return lambda f, b: f.node("worker-1", interfaces=tuple(b.nic(n, m, v, *links.get(n, ())) for n, m, v in ports))


def with_disks(*sizes: tuple[int, str, int], **changes: Any) -> Break:
    return lambda f, b: f.node("worker-1", disks=tuple(b.disk(n, name, gib * GIB, **changes) for n, name, gib in sizes))


def with_lock(alive: bool | None) -> Break:
    held = Lock(path=pathlib.Path("locks/1.json"), who="ana@desk (process 7)", since="2026-11-22T20:00:00+00:00", alive=alive)
    return lambda f, b: f.values.update(locks=Locks(held=(held,)))


def with_plan(**changes: Any) -> Break:
    return lambda f, b: f.change("plan", **changes)


def with_binding(application: str, space: str) -> Break:
    def break_(f: Any, b: Any) -> None:
        made = f.values["plan"].plan
        apps = [dataclasses.replace(a, bindings={"": space}) if a.name == application else a for a in made.applications]
        f.change("plan", plan=dataclasses.replace(made, applications=tuple(apps)))

    return break_


def with_units(application: str, count: int) -> Break:
    def break_(f: Any, b: Any) -> None:
        made = f.values["plan"].plan
        one = next(unit for unit in made.units if unit.application == application)
        units = [unit for unit in made.units if unit.application != application] + [one] * count
        f.change("plan", plan=dataclasses.replace(made, units=tuple(units)))

    return break_


def with_floating(size: int) -> Break:
    """Another site than could be read: its own checks would refuse what its first day needs."""

    def break_(f: Any, b: Any) -> None:
        site = f.values["site"]
        start = site.networks.external.floating.start
        external = site.networks.external.model_copy(update={"floating": RangeSpec(start=start, end=start + size - 1)})
        networks = site.networks.model_copy(update={"external": external})
        f.change("plan", site=site.model_copy(update={"networks": networks}))

    return break_


def with_one_worker(f: Any, b: Any) -> None:
    plan = f.values["plan"]
    f.change("plan", site=plan.site.model_copy(update={"workers": plan.site.workers[:1]}))


def with_url(url: str) -> Break:
    return lambda f, b: f.change("stack", values={**f.values["stack"].values, "maas:apiUrl": url})


def with_far_maas(f: Any, b: Any) -> None:
    with_url("http://192.168.9.9:5240/MAAS")(f, b)
    f.site("networks.management.gateway", None)


def with_image(**changes: Any) -> Break:
    return lambda f, b: f.values.update(image_files=(Image(place="images[0]", source="noble.img", **changes),))


def with_uploaded_image(f: Any, b: Any) -> None:
    f.change("controller", deployed={"glance": "2024.1/stable"})
    with_image(wrong="missing", is_file=True)(f, b)


def with_charm_that_runs(f: Any, b: Any) -> None:
    f.change("controller", deployed={"vault": "1.8/stable", "keystone": "2023.2/stable"})
    with_charm("vault", with_release("1.7"))(f, b)


def with_zones(*names: str) -> Break:
    """MAAS has these zones, and worker-2 is to be in one called east."""

    def break_(f: Any, b: Any) -> None:
        f.site("workers[1].zone", "east")
        f.change("region", zones=frozenset(names))

    return break_


def with_second_rack(f: Any, b: Any) -> None:
    rack = f.values["region"].racks[0]
    f.change("region", racks=(rack, dataclasses.replace(rack, hostname="other", services={"rackd": "dead"})))


def with_new_worker(f: Any, b: Any) -> None:
    f.site("workers[0].mac", "52:54:00:99:99:99")
    f.change("controller", deployed={"glance": "2024.1/stable"})


def ready(break_: Break) -> Break:
    """The same, of a worker-1 that isn't deployed yet."""
    return lambda f, b: (break_(f, b), f.node("worker-1", status=maas.Status.READY))[0]


BOOT = ("eno1", "52:54:00:01:01:01", "management")

CASES: list[tuple[str, str, Break, Status, str]] = [
    (
        "secrets",
        "clear key",
        lambda f, b: f.change("stack", secret=frozenset({"openstack-on-metal:site"})),
        WARNING,
        "maas:apiKey … --secret",
    ),
    ("secrets", "clear site", lambda f, b: f.change("stack", secret=frozenset()), WARNING, "BMCs' passwords … in clear"),
    ("secrets", "empty", with_site("workers[1].bmc.password", " "), FAILED, "workers[1].bmc.password … is empty … config set"),
    ("stack-lock", "stale", with_lock(False), FAILED, "locks/1.json … ana@desk … 2026-11-22 20:00 … has ended … pulumi cancel"),
    ("stack-lock", "held", with_lock(True), FAILED, "process 7 … wait for it to end"),
    ("stack-lock", "elsewhere", with_lock(None), FAILED, "process 7 … wait for it to end"),
    (
        "bundle",
        "no role",
        with_plan(placement=Placement(hosts={}, unplaced={})),
        WARNING,
        "workers[0] … worker-1 has no role … units",
    ),
    ("bundle", "warned", with_plan(warnings=("ceph-osd wipes disks",)), WARNING, "ceph-osd wipes disks … overlay"),
    ("charm-store", "no charm", with_charm("keystone", None), FAILED, "applications.keystone … no charm 'keystone' … correct"),
    ("charm-store", "no channel", with_charm("vault", with_release("1.7")), FAILED, "vault has no channel 1.8/stable … 1.7"),
    ("charm-store", "runs", with_charm_that_runs, WARNING, "vault has no channel 1.8/stable … 1.7"),
    ("charm-store", "edge only", with_charm("vault", with_release("1.8", "edge")), FAILED, "no channel 1.8/stable"),
    (
        "charm-store",
        "other base",
        with_charm("vault", with_release("1.8", base="ubuntu@22.04")),
        FAILED,
        "applications.vault.base … not made for ubuntu@24.04 … ubuntu@22.04",
    ),
    (
        "charm-store",
        "down",
        lambda f, b: f.change("store", unreachable="no connection"),
        WARNING,
        "api.charmhub.io … charmhub-url",
    ),
    (
        "topology",
        "two control",
        with_site("controller.control_vms.count", 2),
        WARNING,
        "controller.control_vms.count … is 2 … make it 3",
    ),
    ("topology", "even", with_units("ceph-mon", 4), WARNING, "applications.ceph-mon … 4 units … make it 3 or 5"),
    ("topology", "one worker", with_one_worker, WARNING, "workers … there is one … add a second"),
    ("zones", "two", with_zones("default", "east"), WARNING, "2 zones (default, east) … three and more"),
    ("zones", "unknown", with_zones("default"), FAILED, "workers[1].zone … worker-2 is to be in east … it has default … AZs"),
    ("maas", "newer", with_region(version=(4, 0)), WARNING, "MAAS 4.0 … rehearse"),
    ("maas-racks", "none", with_region(racks=()), FAILED, "no rack controller … maas init rack"),
    (
        "maas-racks",
        "one of two",
        with_second_rack,
        WARNING,
        "other: the rack controller's rackd … others are … restart",
    ),
    ("maas-racks", "dead", with_rack(services={"rackd": "dead"}), FAILED, "controller: the rack controller's rackd … restart"),
    ("maas-images", "none", with_region(images=()), FAILED, "ubuntu/noble for amd64 … Images"),
    ("maas-images", "arm", with_site("workers[0].architecture", "arm64/generic"), FAILED, "ubuntu/noble for arm64"),
    (
        "networks",
        "across",
        lambda f, b: f.change("region", subnets=(b.subnet("management", cidr="10.20.0.0/16"),)),
        FAILED,
        "networks.management.cidr … lies across 10.20.0.0/16 … correct the site",
    ),
    ("networks", "unknown", with_region(subnets=()), FAILED, "10.20.0.0/24 … give the rack an address"),
    ("networks", "vid", lambda f, b: f.network("external", vid=7), WARNING, "networks.external.vid … VLAN 7"),
    ("dhcp", "foreign", lambda f, b: f.network("management", external_dhcp="10.20.0.9"), FAILED, "10.20.0.9 … switch it off"),
    ("dhcp", "no port", with_rack(vlan_ids=frozenset({1})), FAILED, "networks.management.dhcp … no rack controller has a port"),
    ("dhcp", "too much", lambda f, b: f.network("external", dhcp_on=True), WARNING, "networks.external.dhcp … switch it off"),
    ("gateways", "none", with_site("networks.management.gateway", None), WARNING, "networks.management.gateway … is not set"),
    ("gateways", "dns", with_site("networks.management.dns", ["10.20.0.210"]), FAILED, "10.20.0.210 … address of its own"),
    (
        "gateways",
        "differs",
        lambda f, b: f.change("region", subnets=(b.subnet("management", gateway_ip="10.20.0.254"),)),
        WARNING,
        "10.20.0.1 in the site and 10.20.0.254 in MAAS",
    ),
    ("ranges", "meets", with_range("dynamic", "10.20.0.240", "10.20.0.250"), FAILED, "networks.management.dhcp … meets … delete"),
    ("ranges", "other kind", with_range("reserved", "10.20.0.200", "10.20.0.249"), FAILED, "(dynamic) meets … (reserved)"),
    (
        "ranges",
        "taken",
        lambda f, b: f.node("worker-1", interfaces=(b.nic(*BOOT, b.link("auto", "10.20.0.205")),)),
        FAILED,
        "holds 10.20.0.205, which worker-1 has … move the range",
    ),
    (
        "addresses",
        "full",
        with_site("networks.management.reserved", [{"start": "10.20.0.1", "end": "10.20.0.190"}]),
        FAILED,
        "networks.management … 14 addresses … 25 are needed … larger",
    ),
    (
        "addresses",
        "few",
        with_site("networks.management.reserved", [{"start": "10.20.0.1", "end": "10.20.0.176"}]),
        WARNING,
        "28 addresses are free and 25 needed",
    ),
    ("addresses", "others", with_range("reserved", "10.20.0.30", "10.20.0.190"), FAILED, "23 addresses … 25 are needed"),
    (
        "addresses",
        "leases",
        with_site("networks.management.dhcp", {"start": "10.20.0.200", "end": "10.20.0.202"}),
        WARNING,
        "3 addresses, and 6 machines may commission at once",
    ),
    (
        "addresses",
        "floating",
        with_floating(1),
        FAILED,
        "networks.external.floating … 1 addresses … 2 or more",
    ),
    (
        "addresses",
        "few floating",
        with_floating(4),
        WARNING,
        "4 addresses … give it more",
    ),
    (
        "spaces",
        "no address",
        with_binding("nova-compute", "external"),
        FAILED,
        "applications.nova-compute.bindings.default … worker-1 has no address there … management",
    ),
    ("spaces", "unknown", with_binding("keystone", "nowhere"), FAILED, "'nowhere', which no network has"),
    (
        "machine-identity",
        "renamed",
        lambda f, b: f.node("worker-1", hostname="calm-bird", status=4),
        WARNING,
        "workers[0].mac … calm-bird",
    ),
    (
        "machine-identity",
        "renamed in use",
        lambda f, b: f.node("worker-1", hostname="calm-bird", status=maas.Status.DEPLOYED, status_name="Deployed"),
        FAILED,
        "workers[0].mac … calm-bird, Deployed … take calm-bird out first",
    ),
    ("machine-identity", "replaced", with_new_worker, WARNING, "MAAS has a worker-1 already … go on: it leaves first"),
    (
        "machine-identity",
        "double",
        with_site("workers[0].mac", "52:54:00:99:99:99"),
        FAILED,
        "MAAS has a worker-1 already … 52:54:00:99:99:99 … rename or delete",
    ),
    (
        "machine-status",
        "broken",
        lambda f, b: f.node("worker-2", status=maas.Status.BROKEN, status_name="Broken"),
        FAILED,
        "workers[1] … worker-2 is Broken … mend it in MAAS",
    ),
    (
        "machine-status",
        "again",
        lambda f, b: f.node("worker-2", status=maas.Status.FAILED_TESTING, status_name="Failed testing"),
        WARNING,
        "worker-2 is Failed testing … tried again",
    ),
    (
        "machine-status",
        "taken",
        lambda f, b: f.change("controller", known=False),
        FAILED,
        "worker-1 is Deployed (owner admin) … release it",
    ),
    (
        "machine-tags",
        "ready",
        lambda f, b: f.add(b.machine("x", "52:54:00:77:00:01", tags=("juju-controller",), status=4)),
        FAILED,
        "x, which is not the site's … take them off",
    ),
    (
        "machine-tags",
        "busy",
        lambda f, b: f.add(b.machine("x", "52:54:00:77:00:01", tags=("juju-controller",))),
        WARNING,
        "x, which is not the site's",
    ),
    (
        "machine-sizes",
        "tiny",
        lambda f, b: f.node("worker-1", memory=8192),
        FAILED,
        "workers[0] worker-1: 32 cores, 8 GiB … 16 GiB",
    ),
    (
        "machine-sizes",
        "small",
        lambda f, b: f.node("worker-1", cpu_count=8),
        WARNING,
        "8 cores … 16 cores and 32 GiB are advised",
    ),
    ("machine-sizes", "juju", with_site("controller.juju_vm", {"memory": "2G"}), FAILED, "controller.juju_vm … 3.5 GiB"),
    (
        "bmc",
        "silent",
        lambda f, b: (f.node("worker-1", status=4), f.power("timed out"))[0],
        FAILED,
        "workers[0].bmc … 10.10.0.11 … timed out … password",
    ),
    ("bmc", "deployed", lambda f, b: f.power("timed out"), WARNING, "timed out … check its address"),
    ("bmc", "changing", lambda f, b: f.power("timed out", changing=True), WARNING, "MAAS will be told"),
    ("root-disk", "missing", with_disks((1, "nvme0n1", 400)), FAILED, "worker-1's /dev/sda is not there … /dev/nvme0n1 400 GiB"),
    ("root-disk", "other", lambda f, b: f.node("worker-1", boot_disk=2), FAILED, "installs on /dev/sdb … boot disk"),
    ("root-disk", "tiny", with_disks((1, "sda", 20), (2, "sdb", 400), (3, "sdc", 400)), FAILED, "20 GiB … needs 40 GiB"),
    ("root-disk", "small", with_disks((1, "sda", 60), (2, "sdb", 400), (3, "sdc", 400)), WARNING, "60 GiB"),
    ("root-disk", "spinning", with_disks((1, "sda", 400), tags=("rotary",)), WARNING, "spinning … SSD"),
    (
        "osd-disks",
        "missing",
        ready(with_disks((1, "sda", 400), (2, "sdb", 400))),
        FAILED,
        "osd_disks[1] … /dev/sdc … /dev/sdb 400 GiB",
    ),
    (
        "osd-disks",
        "grown",
        with_disks((1, "sda", 400), (2, "sdb", 400)),
        WARNING,
        "osd_disks[1] … /dev/sdc … is in the machine now",
    ),
    ("osd-disks", "root", lambda f, b: f.node("worker-1", boot_disk=3), FAILED, "/dev/sdc is worker-1's boot disk … whole"),
    (
        "osd-disks",
        "mounted",
        lambda f, b: f.node("worker-1", disks=(b.disk(2, "sdb", filesystem=b.mounted("/srv")), b.disk(3, "sdc"))),
        FAILED,
        "/dev/sdb of worker-1 holds /srv … storage layout",
    ),
    ("osd-disks", "tiny", with_disks((1, "sda", 400), (2, "sdb", 10), (3, "sdc", 400)), FAILED, "10 GiB … 20 GiB"),
    (
        "osd-disks",
        "by path",
        ready(with_site("workers[0].osd_disks", ["/dev/sdb", "/dev/disk/by-path/x"])),
        WARNING,
        "/dev/disk/by-path/x … name one",
    ),
    (
        "boot-nic",
        "elsewhere",
        with_nics(("eno1", BOOT[1], "bmc")),
        FAILED,
        "workers[0].mac … is on bmc, not on management … cable",
    ),
    ("external-nic", "missing", with_nics(BOOT, ("eno5", "52:54:00:01:01:09", "external")), FAILED, "no port eno2 … eno1, eno5"),
    ("external-nic", "boots", with_site("workers[0].external_nic", "eno1"), FAILED, "eno1 is the port that worker-1 boots from"),
    ("external-nic", "cabled", with_nics(BOOT, ("eno2", "52:54:00:01:01:02", "bmc")), FAILED, "cabled to bmc, not to external"),
    ("lxd", "old", with_server(version="4.0.9"), FAILED, "LXD 4.0.9 … snap refresh lxd"),
    ("lxd", "extension", with_server(extensions=frozenset({"projects"})), FAILED, "custom_block_volumes … refresh it"),
    ("lxd", "no VMs", with_server(instance_types=("container",)), FAILED, "can't run virtual machines … /dev/kvm"),
    ("lxd", "newer", with_server(version="6.1"), WARNING, "LXD 6.1"),
    ("lxd-address", "deaf", with_server(config={}), FAILED, "does not listen … core.https_address"),
    (
        "lxd-address",
        "elsewhere",
        with_site("controller.lxd.address", "https://192.168.1.1:8443"),
        WARNING,
        "none of the site's networks",
    ),
    ("lxd-capacity", "cores", with_host_memory(128, cpus=6), FAILED, "26 cores … has 6"),
    ("lxd-capacity", "memory", with_host_memory(48), FAILED, "64 GiB … has 48 GiB … smaller or fewer"),
    ("lxd-capacity", "tight", with_host_memory(66), WARNING, "2 GiB would be left"),
    (
        "lxd-capacity",
        "others",
        with_host(instances=(Instance(name="x", project="default", memory=100 * GIB),)),
        FAILED,
        "others have 100",
    ),
    ("lxd-capacity", "claims", with_site("controller.capacity.cores", 64), WARNING, "is 64 … has 32"),
    ("lxd-capacity", "driver", with_site("controller.lxd.pool", {"driver": "btrfs"}), FAILED, "is dir, not btrfs"),
    (
        "lxd-bridges",
        "none",
        with_host(networks=(Network(name="lxdbr0", kind="bridge"),)),
        FAILED,
        "no bridge br-mgmt … lxdbr0 … netplan",
    ),
    ("lxd-bridges", "port", with_site("controller.bridges.external.interface", "eno9"), FAILED, "has no port eno9"),
    (
        "lxd-bridges",
        "not ours",
        with_host(networks=tuple(Network(name=n, kind="bridge") for n in ("br-mgmt", "br-ext", "eno4"))),
        FAILED,
        "br-ext is there, and LXD did not make it … leave interface out",
    ),
    (
        "juju-client",
        "harmful",
        lambda f, b: f.change("juju_client", version="3.6.24-ubuntu-amd64"),
        FAILED,
        "3.6.24 … deletes virtual machines … the site has 4 … snap refresh juju",
    ),
    ("juju-client", "old", lambda f, b: f.change("juju_client", version="2.9.51"), FAILED, "Juju 2.9.51 … 3.6 is needed"),
    ("juju-client", "running", lambda f, b: f.change("juju_client", bootstrapping=77), WARNING, "process 77 … follows it"),
    (
        "juju-endpoint",
        "loopback",
        with_url("http://127.0.0.1:5240/MAAS"),
        FAILED,
        "127.0.0.1 … is this machine itself … juju.endpoint",
    ),
    ("juju-endpoint", "far", with_far_maas, WARNING, "192.168.9.9 … no gateway … juju.endpoint"),
    ("image-files", "missing", with_image(wrong="missing", is_file=True), FAILED, "noble.img is missing … fetch it"),
    ("image-files", "uploaded", with_uploaded_image, WARNING, "noble.img is missing … fetch it"),
    ("image-files", "gone", with_image(wrong="missing"), FAILED, "noble.img is missing … correct the address"),
    ("image-files", "silent", with_image(wrong="no connection"), WARNING, "noble.img … no connection … name the file"),
    (
        "juju-controller",
        "foreign",
        lambda f, b: f.change("controller", cloud="aws"),
        FAILED,
        "on the cloud aws … juju unregister site",
    ),
    ("juju-controller", "away", lambda f, b: f.change("controller", unreachable="no route"), WARNING, "no route … juju status"),
    ("juju-controller", "harmful", lambda f, b: f.change("controller", version="3.6.24"), FAILED, "3.6.24 … upgrade-controller"),
    ("juju-model", "foreign", with_model(cloud="aws"), FAILED, "openstack is there already, on the cloud aws … another name"),
    ("juju-model", "dying", with_model(life="dying"), FAILED, "openstack is dying … wait until it is gone"),
    ("juju-model", "suspended", with_model(status="suspended", message="bad key"), WARNING, "bad key … maas:apiKey"),
    ("clocks", "far", lambda f, b: f.change("maas_clock", ahead=-400.0), FAILED, "maas_clock … 400 s behind … chrony"),
    ("clocks", "off", lambda f, b: f.change("lxd_clock", ahead=9.0), WARNING, "9 s ahead of … time servers"),
]


@pytest.mark.parametrize("name", [check.name for check in CHECKS])
def test_what_is_deployed_and_well_passes(facts: Any, name: str) -> None:
    result = facts.judge(name)
    assert result.status is Status.OK, [str(finding) for finding in result.findings]


@pytest.mark.parametrize(("name", "break_", "status", "says"), [pytest.param(c[0], *c[2:], id=f"{c[0]} {c[1]}") for c in CASES])
def test_what_is_wrong_is_told_with_its_mend(
    facts: Any, build: Any, name: str, break_: Break, status: Status, says: list[str]
) -> None:
    break_(facts, build)
    result = facts.judge(name)
    told = "\n".join(str(finding) for finding in result.findings if finding.status is status)
    assert result.status is status, [str(finding) for finding in result.findings]
    assert [text for text in says.split(" … ") if text not in told] == []
    assert all(finding.mend for finding in result.findings if finding.status in (FAILED, WARNING))
    assert all("\n" not in str(finding) for finding in result.findings)


def test_every_check_has_a_case_that_fails() -> None:
    told_by_their_source = {"stack", "site"}  # see test_preflight_running.py
    assert {check.name for check in CHECKS} - {case[0] for case in CASES} == told_by_their_source
