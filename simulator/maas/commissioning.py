"""Commissioning: what the ephemeral system finds on a machine, written into the region's records."""

from __future__ import annotations

import ipaddress

from ..world import Disk, Machine, Nic
from . import addresses, fabric, layouts, petnames, reach, scriptsets
from .errors import Refused
from .records.images import Script
from .records.network import AUTO, DHCP, DISCOVERED, STATIC, Address, Subnet, Vlan
from .records.node import Interface, Node, Tag
from .records.storage import BlockDevice
from .region import Region

FAILING = "50-maas-01-commissioning"
_FAILURE = "lshw: cannot read the machine's inventory\nTraceback: exit status 1\n"


def series(region: Region) -> str:
    """The release that machines run while they are commissioned."""
    return str(region.store.settings["commissioning_distro_series"])


def ephemeral(region: Region) -> bool:
    """Whether the commissioning release's image is there and a rack can serve it."""
    if region.world.fault("image-missing", f"ubuntu/{series(region)}") or not reach.rack_connected(region):
        return False
    return any(row.name == f"ubuntu/{series(region)}" for row in region.store.bootresources.values())


def require_ephemeral(region: Region) -> None:
    """Refuses when no ephemeral system can be booted."""
    if not ephemeral(region):
        raise Refused(400, f"Ephemeral operating system ubuntu {series(region)} is unavailable.")


def begin(region: Region, node: Node, scripts: list[Script], tests: list[Script]) -> None:
    """Makes the script sets of a new commissioning."""
    rows = [row for row in region.store.scripts.values() if row.type == scriptsets.COMMISSIONING and row.default]
    wanted = {row.name: row for row in [*rows, *scripts]}
    made = scriptsets.begin(region, node, scriptsets.COMMISSIONING, sorted(wanted.items()))
    node.commissioning_set = made.id
    begin_tests(region, node, tests)


def begin_tests(region: Region, node: Node, tests: list[Script]) -> None:
    """Makes the script set of a new test; without tests there is none."""
    if tests:
        pairs = [(row.name, row) for row in tests]
        node.testing_set = scriptsets.begin(region, node, scriptsets.TESTING, pairs).id


def fail(region: Region, node: Node) -> None:
    """A commissioning script fails."""
    scriptsets.finish(region, node.commissioning_set, scriptsets.PASSED, failing=FAILING, output=_FAILURE)
    scriptsets.finish(region, node.testing_set, scriptsets.ABORTED)


def finish(region: Region, node: Node, machine: Machine) -> None:
    """All scripts passed: takes over what they found."""
    scriptsets.finish(region, node.commissioning_set, scriptsets.PASSED)
    node.commissioned = True
    _inventory(node, machine)
    if not (node.skip_networking and any(region.store.interfaces_of(node))):
        network(region, node, machine)
    if not (node.skip_storage and region.store.devices_of(node)):
        storage(region, node, machine)
    _tag_virtual(region, node, machine)


def _inventory(node: Node, machine: Machine) -> None:
    node.cpu_count = node.cores = machine.cpus
    node.memory = machine.memory
    node.cpu_speed = 2400
    virtual = machine.kind == "vm"
    node.hardware = {
        "system_vendor": "QEMU" if virtual else "SIM",
        "system_product": "Standard PC (Q35 + ICH9, 2009)" if virtual else "Rack server",
        "system_serial": machine.key,
        "cpu_model": "Simulated CPU",
    }
    node.bios_boot_method = "pxe"


def _tag_virtual(region: Region, node: Node, machine: Machine) -> None:
    if machine.kind != "vm":
        return
    store = region.store
    tag = next((row for row in store.tags.values() if row.name == "virtual"), None)
    tag = tag or store.add(store.tags, Tag(name="virtual", comment="Virtual machines"))
    if tag.id not in node.tags:
        node.tags.append(tag.id)


def network(region: Region, node: Node, machine: Machine, booted: str | None = None) -> None:
    """Interfaces as they are plugged: the one that booted gets an address on its subnet, others are only up.

    `booted` is the MAC address of the one that booted; None looks for it.
    """
    store = region.store
    rows = {row.mac: row for row in store.interfaces_of(node)}
    for row in list(rows.values()):
        if row.type != "physical" or row.mac not in {nic.mac.lower() for nic in machine.nics}:
            fabric.drop_interface(region, row)
    boot = next((nic for nic in machine.nics if nic.mac.lower() == booted), None) or _boot_nic(region, machine)
    for nic in machine.nics:
        row = rows.get(nic.mac.lower()) or Interface(node=node.system_id, name=nic.name, mac=nic.mac.lower())
        if row.id not in store.interfaces:
            store.add(store.interfaces, row)
        _plug(region, row, nic, booted=nic is boot)
        if nic is boot:
            node.boot_interface = row.id


def _boot_nic(region: Region, machine: Machine) -> Nic | None:
    def serves(nic: Nic) -> bool:
        vlan = reach.vlan_of(region, nic.network or "")
        return bool(vlan and vlan.dhcp_on)

    return next((nic for nic in machine.nics if serves(nic)), machine.nics[0] if machine.nics else None)


def _plug(region: Region, row: Interface, nic: Nic, *, booted: bool) -> None:
    row.name = nic.name
    row.link_connected = nic.network is not None
    row.link_speed = row.interface_speed = nic.speed
    row.vendor, row.product, row.firmware_version = nic.vendor, nic.product, nic.firmware
    vlan = reach.vlan_of(region, nic.network or "")
    known = vlan if vlan and (vlan.dhcp_on or booted) else None
    if booted and not known and row.vlan is not None:
        known = region.store.vlans[row.vlan]
    if known:
        row.vlan = known.id
    elif row.vlan is None and nic.network:
        row.vlan = fabric.new(region).id
    _link(region, row, known, booted=booted)


def _link(region: Region, row: Interface, vlan: Vlan | None, *, booted: bool) -> None:
    store = region.store
    for link in store.links_of(row):
        del store.addresses[link.id]
    subnet = next(iter(reach.subnets_on(region, vlan)), None) if vlan else None
    if subnet:
        _saw(region, row, subnet)
    if booted and subnet:
        link = Address(alloc_type=AUTO, subnet=subnet.id, interface=row.id, created=region.now())
    elif booted:
        link = Address(alloc_type=DHCP, interface=row.id, created=region.now())
    else:
        link = Address(alloc_type=STATIC, interface=row.id, created=region.now())
    store.add(store.addresses, link)


def _saw(region: Region, row: Interface, subnet: Subnet) -> None:
    spans = [addresses.range_span(each) for each in addresses.ranges(region, subnet) if each.type == "dynamic"]
    seen = {each.ip for each in region.store.addresses.values() if each.alloc_type == DISCOVERED}
    for span in spans:
        for number in range(span.first, span.last + 1):
            ip = str(ipaddress.ip_address(number))
            if ip not in seen:
                made = Address(alloc_type=DISCOVERED, ip=ip, subnet=subnet.id, interface=row.id, created=region.now())
                region.store.add(region.store.addresses, made)
                return


def storage(region: Region, node: Node, machine: Machine) -> None:
    """Disks as they are built in, with the default layout."""
    store = region.store
    known = {row.name: row for row in store.devices_of(node) if row.type == "physical"}
    names = {disk.name for disk in machine.disks}
    layouts.clear(region, node)
    for row in known.values():
        if row.name not in names:
            del store.blockdevices[row.id]
    for disk in machine.disks:
        row = known.get(disk.name) or store.add(
            store.blockdevices, BlockDevice(node=node.system_id, name=disk.name, size=disk.size)
        )
        _build_in(row, disk)
    first = next((row for row in store.devices_of(node) if row.type == "physical"), None)
    if first and node.boot_disk not in store.blockdevices:
        node.boot_disk = first.id
    layouts.apply_default(region, node)


def _build_in(row: BlockDevice, disk: Disk) -> None:
    row.size, row.model, row.serial = disk.size, disk.model, disk.serial
    row.id_path = "" if disk.model and disk.serial else f"/dev/{disk.name}"
    row.tags = ["rotary", "sata"] if disk.rotary else ["ssd", "sata"]


def enlist(region: Region, machine: Machine) -> Node:
    """A machine that MAAS did not know booted: it is New from now on."""
    store = region.store
    taken = {row.hostname for row in store.nodes.values()}
    node = Node(
        system_id=region.new_system_id(),
        hostname=petnames.petname(region.random, taken),
        architecture=f"{machine.architecture}/generic",
        power_state=machine.power,
    )
    if machine.bmc:  # the enlisting system makes itself a user on the BMC that it runs on
        node.power_type = machine.bmc.power_type
        node.power_parameters = {"power_address": machine.bmc.address, **machine.bmc.parameters}
    else:
        node.power_type = "manual"
    store.add(store.nodes, node)
    for number, nic in enumerate(machine.nics):
        row = store.add(store.interfaces, Interface(node=node.system_id, name=f"eth{number}", mac=nic.mac.lower()))
        node.boot_interface = node.boot_interface if node.boot_interface is not None else row.id
    region.event(node, "New", description="enlisted")
    return node
