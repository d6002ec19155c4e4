"""What the servers of the dev site say when all is well and deployed, as typed facts that a test can break one at a time."""

from __future__ import annotations

import copy
import dataclasses
import functools
import json
import pathlib
import re
from typing import Any

import pytest

import config
from clients import lxd, maas
from clients.maas.services import BootResource
from clients.maas.storage import BlockDevice, Filesystem
from components import plan
from preflight import running
from preflight.catalogue import CHECKS
from preflight.families.clocks import Clock
from preflight.families.first_day import Image
from preflight.families.locks import Locks
from preflight.families.lxd import EXTENSIONS
from preflight.families.machines import Known
from preflight.families.power import Power
from preflight.host import Host, Instance, Network, Pool
from preflight.juju_side import JujuClient, JujuController
from preflight.outcome import Result
from preflight.region import Node, Region
from preflight.sources import Sources
from preflight.stack import Stack
from preflight.store import Release, Store

ROOT = pathlib.Path(__file__).parents[3]
GIB = 2**30
SITE = "openstack-on-metal:site"
MAAS = {"maas:apiUrl": "http://10.20.0.2:5240/MAAS", "maas:apiKey": "a:b:c"}
CIDRS = {"bmc": "10.10.0.0/24", "management": "10.20.0.0/24", "external": "203.0.113.0/24"}
VLANS = {"bmc": 1, "management": 2, "external": 3}


def vlan(name: str, **changes: Any) -> maas.Vlan:
    facts: dict[str, Any] = {
        "id": VLANS[name],
        "vid": 0,
        "name": "untagged",
        "fabric_id": VLANS[name],
        "mtu": 1500,
        "space": None,
        "dhcp_on": False,
        "primary_rack": None,
        "secondary_rack": None,
        "relay_vlan": None,
    }
    return maas.Vlan(**{**facts, **changes})


def subnet(name: str, **changes: Any) -> maas.Subnet:
    facts: dict[str, Any] = {
        "id": VLANS[name],
        "name": name,
        "cidr": CIDRS[name],
        "vlan": vlan(name),
        "gateway_ip": None,
        "dns_servers": (),
        "managed": True,
        "allow_dns": True,
        "allow_proxy": True,
        "rdns_mode": 2,
        "active_discovery": False,
    }
    return maas.Subnet(**{**facts, **changes})


def nic(name: str, mac: str, network: str, *links: maas.Link) -> maas.Interface:
    return maas.Interface(
        id=1,
        name=name,
        type="physical",
        mac_address=mac,
        enabled=True,
        vlan_id=VLANS[network],
        parents=(),
        children=(),
        tags=(),
        params={},
        links=links,
    )


def link(mode: str, address: str | None = None) -> maas.Link:
    return maas.Link(id=1, mode=mode, subnet_id=2, cidr=None, ip_address=address)


def disk(number: int, name: str, size: int = 400 * GIB, **changes: Any) -> BlockDevice:
    facts: dict[str, Any] = {
        "id": number,
        "name": name,
        "type": "physical",
        "size": size,
        "id_path": "",
        "model": "",
        "serial": "",
        "path": f"/dev/disk/by-dname/{name}",
        "used_for": "",
        "tags": ("ssd",),
        "filesystem": None,
        "partitions": (),
    }
    return BlockDevice(**{**facts, **changes})


def machine(hostname: str, mac: str, **changes: Any) -> maas.Machine:
    facts: dict[str, Any] = {field.name: "" for field in dataclasses.fields(maas.Machine)}
    facts |= {
        "system_id": hostname,
        "hostname": hostname,
        "status": maas.Status.DEPLOYED,
        "status_name": "Deployed",
        "owner": "admin",
        "power_type": "ipmi",
        "tags": ("openstack-worker",),
        "addresses": (),
        "cpu_count": 32,
        "memory": 131072,
        "boot_disk": 1,
        "interfaces": (nic("eno1", mac, "management"), nic("eno2", f"{mac[:-2]}f{mac[-1]}", "external")),
        "locked": False,
        "owner_data": {},
    }
    return maas.Machine(**{**facts, **changes})


def mounted(at: str) -> Filesystem:
    return Filesystem(fstype="ext4", label="", mount_point=at, mount_options=None)


def _region(site: config.SiteSpec) -> Region:
    workers = [machine(worker.hostname, worker.mac) for worker in site.workers]
    vms = [machine(name, mac, power_type="lxd", tags=vm.tags) for name, vm, mac in site.controller.vms()]
    disks = (disk(1, "sda"), disk(2, "sdb"), disk(3, "sdc"))
    fabrics = [maas.Fabric(id=number, name=name, vlans=(vlan(name),)) for name, number in VLANS.items()]
    rack = maas.Rack(system_id="rack", hostname="controller", vlan_ids=frozenset(VLANS.values()), services={"rackd": "running"})
    images = [("ubuntu/jammy", "amd64/ga-22.04"), ("ubuntu/noble", "amd64/ga-24.04")]
    return Region(
        url="http://10.20.0.2:5240/MAAS/api/2.0/",
        version=(3, 5),
        nodes=tuple(Node(machine=each, disks=disks) for each in [*workers, *vms]),
        fabrics=tuple(fabrics),
        subnets=tuple(subnet(name) for name in CIDRS),
        racks=(rack,),
        images=tuple(BootResource(id=i, type="Synced", name=n, architecture=a) for i, (n, a) in enumerate(images)),
        commissioning="jammy",
    )


def _host(site: config.SiteSpec) -> Host:
    server = lxd.Server(
        trusted=True,
        extensions=frozenset(EXTENSIONS),
        config={"core.https_address": ":8443"},
        clustered=False,
        storage_drivers=frozenset({"dir", "zfs"}),
        instance_types=("container", "virtual-machine"),
        version="5.21.3",
    )
    ports = {"bridge.external_interfaces": "eno4"}
    return Host(
        where="https://10.20.0.2:8443",
        server=server,
        machine=lxd.Host(cpus=32, memory=128 * GIB),
        networks=(
            Network(name="br-mgmt", kind="bridge"),
            Network(name="eno4", kind="physical"),
            Network(name="br-ext", kind="bridge", managed=True, config=ports),
        ),
        pools=(Pool(name="openstack", driver="dir", space=lxd.Space(total=1800 * GIB, used=340 * GIB)),),
        instances=tuple(Instance(name=name, project="openstack", memory=vm.memory) for name, vm, _ in site.controller.vms()),
    )


def _store(made: plan.SitePlan) -> Store:
    tracks: dict[str, set[str]] = {}
    for app in made.plan.applications:
        tracks.setdefault(app.charm, set()).add(str(app.channel).partition("/")[0])
    bases = frozenset({"ubuntu@22.04", "ubuntu@24.04"})
    charms = {
        c: tuple(Release(track=t, risk="stable", revision=100, bases=bases) for t in sorted(found)) for c, found in tracks.items()
    }
    return Store(url="https://api.charmhub.io", charms=charms)


def _values(text: str) -> dict[str, Any]:
    """What every source says of a site, given as JSON."""
    data = json.loads(text)
    site, made = config.parse(data), plan.make(data, ROOT)
    return {
        "site": site,
        "plan": made,
        "stack": Stack(name="dev", project="openstack-on-metal", values=MAAS, secret=frozenset({"maas:apiKey", SITE})),
        "maas_client": None,
        "juju_settings": {},
        "image_files": (Image(place="openstack.day_one.images[0].file", source="noble.img", is_file=True),),
        "locks": Locks(),
        "region": _region(site),
        "host": _host(site),
        "juju_client": JujuClient(binary="juju", version="3.6.9-ubuntu-amd64"),
        "controller": JujuController(known=True, cloud="maas-site", version="3.6.9"),
        "store": _store(made),
        **{name: Clock(who=name, ahead=0.3) for name in ("maas_clock", "lxd_clock", "store_clock")},
    }


_remembered = functools.cache(_values)
"""Facts are frozen, so that every test can begin with the same ones."""


class Facts:
    """All facts by their source's name, and short ways to break them."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = copy.deepcopy(data)
        self.values: dict[str, Any] = dict(_remembered(json.dumps(data, sort_keys=True)))
        self.power()

    def read_site(self) -> None:
        self.values["site"] = config.parse(self.data)
        self.values["plan"] = plan.make(self.data, ROOT)

    def site(self, path: str, value: Any) -> None:
        """Changes the site, e.g. `site("workers[0].mac", …)`."""
        *steps, last = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", path)]
        place: Any = self.data
        for step in steps:
            place = place[step] if isinstance(place, list) else place.setdefault(step, {})
        place[last] = value
        self.read_site()

    def change(self, source: str, **changes: Any) -> None:
        self.values[source] = dataclasses.replace(self.values[source], **changes)

    def node(self, key: str, disks: Any = None, **changes: Any) -> None:
        """Changes a machine of MAAS."""

        def changed(node: Node) -> Node:
            found = dataclasses.replace(node.machine, **changes)
            return Node(machine=found, disks=node.disks if disks is None else disks)

        nodes: tuple[Node, ...] = self.values["region"].nodes
        self.change("region", nodes=tuple(changed(node) if node.machine.hostname == key else node for node in nodes))

    def add(self, extra: maas.Machine) -> None:
        """A machine that isn't the site's."""
        self.change("region", nodes=(*self.values["region"].nodes, Node(machine=extra)))

    def forget(self, *hostnames: str) -> None:
        """MAAS doesn't know these machines."""
        kept = [node for node in self.values["region"].nodes if node.machine.hostname not in hostnames]
        self.change("region", nodes=tuple(kept))

    def network(self, name: str, **changes: Any) -> None:
        """Changes a VLAN of MAAS."""
        changed = vlan(name, **changes)
        region: Region = self.values["region"]
        fabrics = [dataclasses.replace(f, vlans=(changed,)) if f.name == name else f for f in region.fabrics]
        subnets = [dataclasses.replace(s, vlan=changed) if s.name == name else s for s in region.subnets]
        self.change("region", fabrics=tuple(fabrics), subnets=tuple(subnets))

    def power(self, error: str = "", *, changing: bool = False) -> None:
        """How the BMC of worker-1 answers."""
        node = self.values["region"].by_hostname("worker-1")
        known = Known(hostname="worker-1", place="workers[0]", node=node)
        self.values["power"] = (Power(known=known, state="" if error else "on", error=error, changing=changing),)

    def judge(self, name: str) -> Result:
        check = next(check for check in CHECKS if check.name == name)
        return next(running.run([check], Sources((), self.values), owners=CHECKS))


@pytest.fixture
def facts(site: dict[str, Any]) -> Facts:
    return Facts(site)


@pytest.fixture
def build() -> Any:
    """The builders of this module by name, for tests that make facts of their own."""
    import types

    return types.SimpleNamespace(disk=disk, link=link, machine=machine, mounted=mounted, nic=nic, subnet=subnet, vlan=vlan)
