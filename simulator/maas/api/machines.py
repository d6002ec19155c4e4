"""machines/: making, reading, changing, deleting, and what concerns several."""

from __future__ import annotations

from typing import Any

from .. import commissioning, composing, fabric, lookups, power, scriptchoice
from ..call import Answer, Call, deleted
from ..errors import FieldErrors, Refused, forbidden
from ..forms import NO_CHOICE, Form, normal_mac
from ..machineform import MachineForm, holder_of
from ..records.node import MACHINE, Interface, Node
from ..region import Region
from ..render import nodes
from ..routing import Resource
from ..status import PREPARED, RELEASABLE, Status
from . import filters

many = Resource("MachinesHandler", "machines/", "Manages machines.", anonymous="AnonMachinesHandler")
one = Resource("MachineHandler", "machines/{system_id}/", "Manages a machine.")
RESOURCES = (many, one)


def get(region: Region, call: Call) -> Node:
    """The machine of a path."""
    return lookups.node(region, call.params["system_id"], "Machine")


def own(region: Region, call: Call) -> Node:
    """The machine of a path, if the caller may use it: an admin, or who has it; nobody while it is locked."""
    node = get(region, call)
    if node.locked or not (call.who.is_superuser or node.owner == call.who.username):
        raise forbidden()
    return node


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists machines; hostname, mac_address, id, domain, zone, pool, status, tags and agent_name narrow it down."""
    rows = [node for node in region.store.nodes.values() if node.node_type == MACHINE]
    with region.store.indexed():
        return [nodes.machine(region, node) for node in filters.matching(region, rows, call.query)]


@many.rest("POST", anonymous=True)
def create(region: Region, call: Call) -> Any:
    """Makes a machine and, for an admin, commissions it unless `commission` is false or it is `deployed`."""
    form = Form(call.body)
    admin = call.user is not None and call.user.is_superuser
    node = Node(system_id=region.new_system_id(), hostname="")
    machine = MachineForm(region, form, node, new=True)
    commission = admin and machine.boolean("commission", True) and not machine.boolean("deployed")
    extra, tests = scriptchoice.commissioning(region, machine) if commission else ([], [])
    machine.fill()
    if commission and not node.power_type:
        raise Refused(500, "Unconfigured power type. Please configure the power type and try again.")
    if commission:
        commissioning.require_ephemeral(region)
    _insert(region, node, machine.macs)
    if commission and call.user:
        _flags(machine, node)
        commissioning.begin(region, node, extra, tests)
        region.lifecycle.commission(node, call.user.username)
    elif admin and call.user and machine.boolean("deployed"):
        node.status, node.owner = Status.DEPLOYED, call.user.username
        commissioning.begin(region, node, [], [])
    return nodes.machine(region, node)


def _flags(form: Form, node: Node) -> None:
    for flag in ("enable_ssh", "skip_networking", "skip_storage"):
        given = form.raw(flag)
        # a region takes any number but none at all for true here, "0" too
        setattr(node, flag, given is not None and given.lower() not in ("", "false", "off", "no"))


def _insert(region: Region, node: Node, macs: list[str]) -> None:
    store = region.store
    store.add(store.nodes, node)
    for number, mac in enumerate(macs):
        row = store.add(store.interfaces, Interface(node=node.system_id, name=f"eth{number}", mac=mac))
        node.boot_interface = node.boot_interface if node.boot_interface is not None else row.id


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a machine."""
    return nodes.machine(region, get(region, call))


@one.rest("PUT")
def update(region: Region, call: Call) -> Any:
    """Changes a machine, in any state but not while it is locked; owner, tags and status are not looked at."""
    node = lookups.editable(region, call.who, call.params["system_id"], "Machine")
    MachineForm(region, Form(call.body), node, new=False).fill()
    return nodes.machine(region, node)


@one.rest("DELETE")
def delete(region: Region, call: Call) -> Answer:
    """Deletes a machine, in any state but not while it is locked."""
    remove(region, lookups.editable(region, call.who, call.params["system_id"], "Machine"))
    return deleted()


def remove(region: Region, node: Node) -> None:
    """Takes a node and all that is its own away, the devices on it and the virtual machine that it was composed as."""
    composing.decompose(region, node)
    store = region.store
    for interface in store.interfaces_of(node):
        fabric.drop_interface(region, interface)
    devices = {row.id for row in store.devices_of(node)}
    store.partitions = {key: row for key, row in store.partitions.items() if row.device not in devices}
    for table in (store.blockdevices, store.groups, store.cachesets, store.scriptsets, store.events):
        for key in [key for key, row in table.items() if row.node == node.system_id]:
            del table[key]
    for child in [row for row in store.nodes.values() if row.parent == node.system_id]:
        remove(region, child)
    del store.nodes[node.id]


@many.op("GET", "is_registered", anonymous=True)
def is_registered(region: Region, call: Call) -> Any:
    """Says whether a machine with this `mac_address` is known."""
    given = call.first("mac_address")
    if not given:
        raise Refused(400, "No provided mac_address!")
    return holder_of(region, normal_mac(given)) is not None


@many.op("GET", "is_action_in_progress", anonymous=True, told_users=False)
def is_action_in_progress(region: Region, call: Call) -> Any:
    """Says whether the machine with this `mac_address` is being commissioned or deployed."""
    holder = holder_of(region, normal_mac(call.first("mac_address") or ""))
    return bool(holder and holder.status in (Status.COMMISSIONING, Status.DEPLOYING))


@many.op("GET", "list_allocated")
def list_allocated(region: Region, call: Call) -> Any:
    """Lists the caller's machines."""
    mine = (node for node in region.store.nodes.values() if node.owner == call.who.username)
    rows = [node for node in mine if node.node_type == MACHINE and node.status not in PREPARED]
    return [nodes.machine(region, node) for node in filters.matching(region, rows, call.query)]


@many.op("GET", "power_parameters", admin=True)
def all_power_parameters(region: Region, call: Call) -> Any:
    """Reads the power parameters, passwords too, of all machines or those of `id`."""
    rows = [node for node in region.store.nodes.values() if node.node_type == MACHINE]
    return {node.system_id: node.power_parameters for node in filters.matching(region, rows, call.query)}


@many.op("POST", "accept")
def accept(region: Region, call: Call) -> Any:
    """Accepts machines that enlisted themselves. Field: machines."""
    return [nodes.machine(region, node) for node in _named(region, Form(call.body)) if _accept(region, call, node)]


@many.op("POST", "accept_all")
def accept_all(region: Region, call: Call) -> Any:
    """Accepts all machines that enlisted themselves."""
    rows = [node for node in region.store.nodes.values() if node.node_type == MACHINE and node.status == Status.NEW]
    return [nodes.machine(region, node) for node in rows if _accept(region, call, node)]


def _accept(region: Region, call: Call, node: Node) -> bool:
    if node.status != Status.NEW:
        return False
    commissioning.require_ephemeral(region)
    _, tests = scriptchoice.commissioning(region, Form({}))
    commissioning.begin(region, node, [], tests)
    region.lifecycle.commission(node, call.who.username)
    return True


@many.op("POST", "release")
def release_many(region: Region, call: Call) -> Any:
    """Releases several machines. Fields: machines, comment. Returns the system ids that it was worth for."""
    found = _named(region, Form(call.body))
    if any(node.locked or not (call.who.is_superuser or node.owner == call.who.username) for node in found):
        names = ", ".join(node.system_id for node in found if node.owner != call.who.username)
        raise Refused(403, f"You don't have the required permission to release the following machine(s): {names}.")
    stuck = [node for node in found if node.status not in RELEASABLE | {Status.READY} or node.status == Status.RELEASING]
    if stuck:
        names = ", ".join(f"{node.system_id} ('{Status(node.status).title}')" for node in stuck)
        raise Refused(409, f"Machine(s) cannot be released in their current state: {names}.")
    released = [node for node in found if node.status != Status.READY]
    for node in released:
        region.lifecycle.release(node)
    return [node.system_id for node in released]


def _named(region: Region, form: Form) -> list[Node]:
    names = form.many("machines")
    found = {name: region.store.node(name) for name in names}
    if unknown := [name for name, node in found.items() if not node or node.node_type != MACHINE]:
        raise Refused(400, f"Unknown machine(s): {', '.join(unknown)}.")
    return [node for node in found.values() if node]


@many.op("POST", "set_zone", admin=True)
def set_zone(region: Region, call: Call) -> Any:
    """Puts several machines into a zone. Fields: nodes, zone."""
    form = Form(call.body)
    zone = next((row for row in region.store.zones.values() if row.name == form.text("zone")), None)
    if not zone:
        raise FieldErrors({"zone": [NO_CHOICE]})
    for system_id in form.many("nodes"):
        node = region.store.node(system_id)
        if node:
            node.zone = zone.id
    return None


@many.op("POST", "clone", admin=True)
def clone(region: Region, call: Call) -> Any:
    """Refuses: copying configuration from one machine to others is not modelled beyond its checks."""
    form = Form(call.body)
    for field in ("source", "destinations"):
        if not form.raw(field):
            form.error(field, "This field is required.")
    if not form.boolean("storage") and not form.boolean("interfaces"):
        form.error("__all__", "Either storage or interfaces must be true.")
    form.check()
    return Answer(status=501, body={"error": "simulator: machines/?op=clone is not modelled"})


def power_query(region: Region, node: Node) -> Any:
    """A machine's power as its BMC tells it, noted on its row."""
    try:
        node.power_state = power.query(region, node)
    except power.PowerError as exc:
        node.power_state = "error"
        region.event(node, "Failed to query node's BMC", level="WARNING", description=str(exc))
    return {"state": node.power_state}
