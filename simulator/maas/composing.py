"""Hosts of virtual machines that the region reaches: what they have, and the machines that it composes on them."""

from __future__ import annotations

import re
from typing import Any

from . import addresses, commissioning, lookups, petnames, power, reach
from .call import Call
from .errors import Refused
from .forms import NO_CHOICE, Form
from .records.node import Interface, Node, VmHost
from .region import Region

DEFAULT_CORES, DEFAULT_MEMORY, DEFAULT_STORAGE = 1, 2048, 8
GIGABYTE = 1000**3
_DISK = re.compile(r"(?:(?P<label>[\w-]+):)?(?P<size>\d+(?:\.\d+)?)(?:\((?P<tags>[^)]*)\))?")
CAPABILITIES = ["composable", "dynamic_local_storage", "over_commit", "storage_pools"]


class Reached:
    """An LXD that answers and trusts the region."""

    def __init__(self, region: Region, row: VmHost) -> None:
        given = row.power_parameters
        self.project, address = str(given.get("project") or "default"), str(given.get("power_address", ""))
        host = power.lxd_host(region, address)
        if not host or not reach.rack_connected(region):
            raise power.PowerError(f"Failed to connect to the LXD REST API: {address} is not reachable")
        power.check_trust(region, host, given, self.project)
        self.host, self.service = host, region.peers["lxd"]

    def port(self, network: str) -> str | None:
        """The host's interface on a layer-2 network."""
        return next((port.name for port in self.host.interfaces if port.network == network), None)


def sync(region: Region, row: VmHost) -> None:
    """Learns what a host has; PowerError when it can't be reached."""
    reached = Reached(region, row)
    facts = reached.service.host_facts(reached.project)
    storage = sum(pool["total"] for pool in facts["pools"])
    row.total = {"cores": facts["cores"], "memory": facts["memory"], "local_storage": storage}
    used = sum(pool["used"] for pool in facts["pools"])
    row.used = {"cores": facts["used_cores"], "memory": facts["used_memory"], "local_storage": used}
    row.architectures, row.capabilities, row.version = ["amd64/generic"], list(CAPABILITIES), facts["version"]
    row.storage_pools = [
        {**pool, "available": pool["total"] - pool["used"], "default": number == 0} for number, pool in enumerate(facts["pools"])
    ]


def compose(region: Region, call: Call, row: VmHost) -> Node:
    """Makes a virtual machine on a host and a machine of it, which is commissioned unless `skip_commissioning` says not to."""
    if "composable" not in row.capabilities:
        raise Refused(400, "VM host does not support composability.")
    form = Form(call.body)
    node = _draft(region, form, row)
    cores = form.integer("cores", DEFAULT_CORES, low=1, high=row.total["cores"]) or DEFAULT_CORES
    pinned = form.many("pinned_cores")
    memory = form.integer("memory", DEFAULT_MEMORY, low=1024, high=row.total["memory"]) or DEFAULT_MEMORY
    disks = _disks(form, row)
    nics = _nics(region, form, row)
    form.check()
    cores = len(pinned) or cores
    _check_over_commit(row, cores, memory)
    reached = Reached(region, row)
    try:
        macs = reached.service.compose(reached.project, node.hostname, cpus=cores, memory=memory, disks=disks, nics=nics)
    except ValueError as exc:
        raise Refused(503, f"Failed talking to pod: Pod {row.id}: {exc}") from exc
    _enlist(region, node, row, macs)
    node.cpu_count, node.memory = cores, memory
    if not form.boolean("skip_commissioning"):
        commissioning.begin(region, node, [], [])
        region.lifecycle.commission(node, call.who.username)
    sync(region, row)
    return node


def decompose(region: Region, node: Node) -> None:
    """Ends the virtual machine of a composed machine that is deleted; a host that can't be reached keeps it."""
    row = region.store.vmhosts.get(node.pod) if node.pod is not None else None
    if not row:
        return
    try:
        reached = Reached(region, row)
    except power.PowerError:
        return
    reached.service.decompose(reached.project, str(node.power_parameters.get("instance_name", "")))
    sync(region, row)


def _draft(region: Region, form: Form, row: VmHost) -> Node:
    store = region.store
    taken = {each.hostname for each in store.nodes.values()}
    node = Node(system_id=region.new_system_id(), hostname=form.raw("hostname") or petnames.petname(region.random, taken))
    if node.hostname in taken:
        form.error("hostname", f'Node with hostname "{node.hostname}" already exists')
    node.pool, node.pod = row.pool, row.id
    tables: dict[str, Any] = {"domain": store.domains, "zone": store.zones, "pool": store.pools}
    for field, rows in tables.items():
        if given := form.raw(field):
            found = lookups.optional(rows, given, lambda each: each.name)
            setattr(node, field, found.id if found else getattr(node, field))
            if not found:
                form.error(field, NO_CHOICE)
    return node


def _disks(form: Form, row: VmHost) -> list[tuple[int, str]]:
    given = form.raw("storage") or f"root:{DEFAULT_STORAGE}"
    pools = {pool["name"] for pool in row.storage_pools}
    found: list[tuple[int, str]] = []
    for text in re.split(r",(?![^(]*\))", given):
        match = _DISK.fullmatch(text.strip())
        if not match:
            form.error("storage", f'Malformed storage constraint, "{text}".')
            continue
        tags = [tag.strip() for tag in (match["tags"] or "").split(",") if tag.strip()]
        found.append((int(float(match["size"]) * GIGABYTE), next((tag for tag in tags if tag in pools), "")))
    return found


def _nics(region: Region, form: Form, row: VmHost) -> list[tuple[str, str]]:
    """Names of the machine's NICs, each with the host's interface that it hangs on; one of them must be able to boot."""
    reached = Reached(region, row)
    given = form.raw("interfaces")
    if not given:
        return [("eth0", _bootable(region, reached))]
    found: list[tuple[str, str]] = []
    bootable = False
    for text in given.split(";"):
        label, _, rest = text.partition(":")
        asked = dict(part.partition("=")[::2] for part in rest.split(","))
        network = next((each for each in region.world.data.networks if _fits(region, each, asked)), "")
        port = reached.port(network)
        if port is None:
            raise Refused(400, '{"__all__": ["This pod does not match the specified networks."]}')
        vlan = reach.vlan_of(region, network)
        bootable |= bool(vlan and vlan.dhcp_on)
        found.append((label, port))
    if not bootable:
        text = "MAAS DHCP must be enabled on at least one VLAN attached to the specified interfaces."
        form.error("interfaces", text)
    return found


def _bootable(region: Region, reached: Reached) -> str:
    for port in reached.host.interfaces:
        vlan = reach.vlan_of(region, port.network)
        if vlan and vlan.dhcp_on:
            return port.name
    raise Refused(503, "Unable to compose: no interface of the host is on a VLAN with DHCP")


def _fits(region: Region, network: str, asked: dict[str, str]) -> bool:
    vlan = reach.vlan_of(region, network)
    if not vlan:
        return False
    subnets = reach.subnets_on(region, vlan)
    store = region.store
    space = store.spaces[vlan.space].name if vlan.space is not None else "undefined"
    said = {
        "space": {space},
        "subnet_cidr": {each.cidr for each in subnets},
        "subnet": {each.name for each in subnets} | {each.cidr for each in subnets},
        "fabric": {store.fabrics[vlan.fabric].name},
        "vlan": {vlan.name, str(vlan.id)},
        "vid": {str(vlan.vid)},
    }
    if ip := asked.get("ip"):
        found = addresses.subnet_for(region, ip)
        if not found or found.vlan != vlan.id:
            return False
    return all(value in said[key] for key, value in asked.items() if key in said)


def _check_over_commit(row: VmHost, cores: int, memory: int) -> None:
    for what, asked, ratio in (("CPU", cores, row.cpu_over_commit_ratio), ("memory", memory, row.memory_over_commit_ratio)):
        key = "cores" if what == "CPU" else "memory"
        limit = row.total[key] * ratio
        if row.used[key] + asked > limit:
            raise Refused(
                400,
                f"Unable to compose KVM instance in '{row.name}'. {what} overcommit ratio is {ratio} and there are "
                f"{int(limit - row.used[key])} available resources; {asked} requested.",
            )


def _enlist(region: Region, node: Node, row: VmHost, macs: list[str]) -> None:
    given = row.power_parameters
    node.power_type = "lxd"
    node.power_parameters = {
        "power_address": given.get("power_address"),
        "project": given.get("project") or "default",
        "instance_name": node.hostname,
        "certificate": given.get("certificate"),
        "key": given.get("key"),
        "password": "",
    }
    store = region.store
    store.add(store.nodes, node)
    for number, mac in enumerate(macs):
        made = store.add(store.interfaces, Interface(node=node.system_id, name=f"eth{number}", mac=mac))
        node.boot_interface = node.boot_interface if node.boot_interface is not None else made.id
