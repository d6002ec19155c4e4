"""A region as it stands after installation: its users, defaults, scripts, images, and the networks its rack sees."""

from __future__ import annotations

import ipaddress
import re

from . import fabric, settings
from .records.images import BootResource, BootSource, Repository, Script, Selection
from .records.network import STATIC, Address, Domain, Fabric, Subnet, Vlan
from .records.node import REGION_AND_RACK, Interface, Node, Pool, Zone
from .records.people import User
from .region import Region

_COMMISSIONING = [
    "20-maas-01-install-lldpd",
    "20-maas-02-dhcp-unconfigured-ifaces",
    "20-maas-03-machine-resources",
    "30-maas-01-bmc-config",
    "40-maas-01-machine-config-hints",
    "50-maas-01-commissioning",
    "maas-capture-lldpd",
    "maas-get-fruid-api-data",
    "maas-kernel-cmdline",
    "maas-list-modaliases",
    "maas-lshw",
    "maas-serial-ports",
    "maas-support-info",
]
_TESTS = {
    "smartctl-validate": (3, ["storage", "commissioning"]),
    "smartctl-short": (3, ["storage"]),
    "smartctl-long": (3, ["storage"]),
    "fio": (3, ["storage", "destructive"]),
    "badblocks": (3, ["storage"]),
    "memtester": (2, ["memory"]),
    "stress-ng-cpu-short": (1, ["cpu"]),
    "stress-ng-cpu-long": (1, ["cpu"]),
    "ntp": (4, ["network", "ntp"]),
    "internet-connectivity": (4, ["internet", "network-validation", "network"]),
    "gateway-connectivity": (4, ["network-validation", "network"]),
}
RELEASES = {"bionic": "18.04", "focal": "20.04", "jammy": "22.04", "noble": "24.04", "resolute": "26.04"}
_OLDER = ["p", "q", "r", "s", "t", "u", "v", "w"]
STREAM = "http://images.maas.io/ephemeral-v3/stable/"
KEYRING = "/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg"


def seed(region: Region) -> None:
    """Fills an empty store."""
    store = region.store
    store.next_ids |= {"Fabric": 0, "Domain": 0, "Pool": 0}
    store.add(store.users, User(username="MAAS", email="maas@localhost"))
    store.add(store.users, User(username="admin", email="admin@example.com", is_superuser=True))
    store.add(store.domains, Domain(name="maas"))
    store.add(store.zones, Zone(name="default"))
    store.add(store.pools, Pool(name="default", description="Default pool"))
    _repositories(region)
    _scripts(region)
    _images(region)
    settings.fill(region)
    _rack(region)


def _repositories(region: Region) -> None:
    store = region.store
    main = Repository(name="main_archive", url="http://archive.ubuntu.com/ubuntu", default=True, disable_sources=True)
    store.add(store.repositories, main)
    arches = ["armhf", "arm64", "ppc64el", "s390x"]
    ports = Repository(
        name="ports_archive", url="http://ports.ubuntu.com/ubuntu-ports", default=True, disable_sources=True, arches=arches
    )
    store.add(store.repositories, ports)


def _scripts(region: Region) -> None:
    store = region.store
    for name in _COMMISSIONING:
        store.add(store.scripts, Script(name=name, type=0, default=True, tags=["commissioning"], title=name))
    for name, (hardware, tags) in _TESTS.items():
        destructive = "destructive" in tags
        made = Script(name=name, type=2, default=True, tags=tags, hardware_type=hardware, destructive=destructive, parallel=1)
        store.add(store.scripts, made)


def _images(region: Region) -> None:
    store = region.store
    if not region.world.data.rack.images:
        return
    source = BootSource(url=STREAM, keyring_filename=KEYRING, created=region.now(), updated=region.now())
    store.add(store.sources, source)
    for image in region.world.data.rack.images:
        osystem, _, release = image.partition("/")
        wanted = Selection(source=source.id, os=osystem, release=release, arches=["amd64"], subarches=["*"], labels=["*"])
        store.add(store.selections, wanted)
        import_image(region, image)


def import_image(region: Region, image: str) -> None:
    """Puts an image's resources, one a kernel, among the region's."""
    store = region.store
    release = image.partition("/")[2]
    number = RELEASES.get(release, "22.04")
    kernels = [f"ga-{number}", f"hwe-{number}"]
    if any(row.name == image for row in store.bootresources.values()):
        return
    for kernel in kernels:
        made = BootResource(type="Synced", name=image, architecture=f"amd64/{kernel}", title=f"{number} LTS", platform="generic")
        made.subarches = ",".join(["generic", *(f"hwe-{letter}" for letter in _OLDER), *_kernels_until(number)])
        made.version = "20260101"
        store.add(store.bootresources, made)


def _kernels_until(number: str) -> list[str]:
    listed = ["16.04", "16.10", "17.04", "17.10", "18.04", "18.10", "19.04", "19.10", "20.04", "22.04", "24.04", "26.04"]
    return [f"ga-{each}" for each in listed if each <= max(number, "22.04")]


def _rack(region: Region) -> None:
    """The rack controller, and a fabric, an untagged VLAN and a subnet for every network that it has a port on."""
    store, rack = region.store, region.world.data.rack
    if not rack.interfaces:
        fabric.new(region)
        return
    node = Node(system_id=region.new_system_id(), hostname=_label(rack.hostname), node_type=REGION_AND_RACK, status=6)
    node.hwe_kernel = f"{region.version}-14344-g.518bf2c80"
    store.add(store.nodes, node)
    for port in rack.interfaces:
        made = store.add(store.fabrics, Fabric(name=""))
        made.name = f"fabric-{made.id}"
        vlan = store.add(store.vlans, Vlan(vid=0, fabric=made.id, name="untagged"))
        row = Interface(node=node.system_id, name=port.name, mac=port.mac.lower(), vlan=vlan.id)
        store.add(store.interfaces, row)
        if port.address:
            address = ipaddress.ip_interface(port.address)
            cidr = str(address.network)
            subnet = store.add(store.subnets, Subnet(name=cidr, cidr=cidr, vlan=vlan.id))
            link = Address(alloc_type=STATIC, ip=str(address.ip), subnet=subnet.id, interface=row.id, created=region.now())
            store.add(store.addresses, link)


def _label(hostname: str) -> str:
    return re.sub(r"[^a-z0-9-]", "-", hostname.lower()).strip("-") or "maas"
