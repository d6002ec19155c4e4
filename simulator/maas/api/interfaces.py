"""nodes/{system_id}/interfaces/."""

from __future__ import annotations

from typing import Any, Literal

from .. import fabric, links, lookups
from ..call import Answer, Call, deleted
from ..errors import FieldErrors, Refused, forbidden
from ..forms import REQUIRED, Form
from ..interfaceform import InterfaceForm
from ..records.network import DISCOVERED
from ..records.node import MACHINE, Interface, Node
from ..region import Region
from ..render import interfaces
from ..routing import Resource
from ..status import EDITABLE_INTERFACES, Status

many = Resource("InterfacesHandler", "nodes/{system_id}/interfaces/", "Manages a node's interfaces.")
one = Resource("InterfaceHandler", "nodes/{system_id}/interfaces/{id}/", "Manages an interface.")
RESOURCES = (many, one)

_WHEN = "because the machine is not New, Ready, Allocated, or Broken."


def _node(region: Region, call: Call, doing: str, *, deployed: bool = False) -> Node:
    node = lookups.node(region, call.params["system_id"])
    if node.locked or not (call.who.is_superuser or node.owner == call.who.username):
        raise forbidden()
    usable = EDITABLE_INTERFACES | ({Status.DEPLOYED} if deployed else set())
    if node.node_type == MACHINE and node.status not in usable:
        raise Refused(409, f"Cannot {doing} {_WHEN}")
    return node


def _interface(region: Region, call: Call, doing: str, *, deployed: bool = False) -> tuple[Node, Interface]:
    node = _node(region, call, f"{doing} interface", deployed=deployed)
    return node, lookups.interface(region, node, call.params["id"])


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists a node's interfaces."""
    node = lookups.node(region, call.params["system_id"])
    return [interfaces.interface(region, row) for row in region.store.interfaces_of(node)]


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads an interface."""
    node = lookups.node(region, call.params["system_id"])
    return interfaces.interface(region, lookups.interface(region, node, call.params["id"]))


def _make(region: Region, node: Node, call: Call, kind: Literal["physical", "bond", "vlan", "bridge"]) -> Interface:
    row = Interface(node=node.system_id, name="", mac="", type=kind, link_connected=False)
    InterfaceForm(region, call.body, node, row).fill()
    region.store.add(region.store.interfaces, row)
    return row


@many.op("POST", "create_physical")
def create_physical(region: Region, call: Call) -> Any:
    """Makes a physical interface. Fields: mac_address, name, vlan, mtu, tags, enabled."""
    node = _node(region, call, "create interface")
    row = _make(region, node, call, "physical")
    node.boot_interface = node.boot_interface if node.boot_interface in region.store.interfaces else row.id
    links.up(region, row)
    return interfaces.interface(region, row)


@many.op("POST", "create_bond")
def create_bond(region: Region, call: Call) -> Any:
    """Makes a bond. Fields: name, parents, mac_address, vlan, mtu, bond_mode and its parameters."""
    node = _node(region, call, "create bond interface")
    row = _make(region, node, call, "bond")
    for number in row.parents:
        links.clear(region, region.store.interfaces[number])
    links.up(region, row)
    return interfaces.interface(region, row)


@many.op("POST", "create_vlan")
def create_vlan(region: Region, call: Call) -> Any:
    """Makes an interface for a tagged VLAN. Fields: vlan, parent, mtu, tags."""
    node = _node(region, call, "create VLAN interface")
    row = _make(region, node, call, "vlan")
    links.up(region, row)
    return interfaces.interface(region, row)


@many.op("POST", "create_bridge")
def create_bridge(region: Region, call: Call) -> Any:
    """Makes a bridge. Fields: name, parent, mac_address, vlan, mtu, bridge_type, bridge_stp, bridge_fd."""
    node = _node(region, call, "create bridge interface")
    row = _make(region, node, call, "bridge")
    parent = region.store.interfaces[row.parents[0]]
    if node.status == Status.ALLOCATED:  # only then what the parent is linked to moves to the bridge
        for link in links.real(region, parent):
            link.interface = row.id
    else:
        links.clear(region, parent)
    links.up(region, row)
    return interfaces.interface(region, row)


@one.rest("PUT")
def update(region: Region, call: Call) -> Any:
    """Changes an interface; another VLAN takes its links away."""
    node, row = _interface(region, call, "update interface", deployed=True)
    changed = row.model_copy(deep=True)
    InterfaceForm(region, call.body, node, changed).fill()
    region.store.interfaces[row.id] = changed
    if changed.vlan != row.vlan:
        links.clear(region, changed)
    _raise_parents_mtu(region, changed)
    return interfaces.interface(region, changed)


def _raise_parents_mtu(region: Region, row: Interface) -> None:
    mtu = row.params.get("mtu")
    for number in row.parents if row.type == "vlan" and mtu else ():
        parent = region.store.interfaces[number]
        if int(parent.params.get("mtu", 0)) < int(str(mtu)):
            parent.params["mtu"] = mtu


@one.rest("DELETE")
def delete(region: Region, call: Call) -> Answer:
    """Deletes an interface, and what stands on it alone."""
    node, row = _interface(region, call, "delete interface")
    fabric.drop_interface(region, row)
    if node.boot_interface not in region.store.interfaces:
        rest = region.store.interfaces_of(node)
        node.boot_interface = rest[0].id if rest else None
    return deleted()


@one.op("POST", "add_tag")
def add_tag(region: Region, call: Call) -> Any:
    """Adds a tag. Field: tag."""
    _, row = _interface(region, call, "update interface", deployed=True)
    tag = Form(call.body).text("tag")
    if not tag:
        raise FieldErrors({"tag": [REQUIRED]})
    row.tags = [*row.tags, tag] if tag not in row.tags else row.tags
    return interfaces.interface(region, row)


@one.op("POST", "remove_tag")
def remove_tag(region: Region, call: Call) -> Any:
    """Takes a tag off. Field: tag."""
    _, row = _interface(region, call, "update interface", deployed=True)
    tag = Form(call.body).text("tag")
    row.tags = [each for each in row.tags if each != tag]
    return interfaces.interface(region, row)


@one.op("POST", "link_subnet")
def link_subnet(region: Region, call: Call) -> Any:
    """Links. Fields: mode, subnet, ip_address, force, default_gateway."""
    node, row = _interface(region, call, "link subnet")
    form = Form(call.body)
    made = links.link(region, row, form)
    if form.boolean("default_gateway"):
        _use_gateway(node, made.id, made.ip or "")
    return interfaces.interface(region, row)


@one.op("POST", "unlink_subnet")
def unlink_subnet(region: Region, call: Call) -> Any:
    """Takes a link away. Field: id."""
    _, row = _interface(region, call, "unlink subnet")
    form = Form(call.body)
    if not form.raw("id"):
        raise FieldErrors({"id": [REQUIRED]})
    form.listed_choice("id", "", [str(each.id) for each in links.real(region, row)])
    form.check()
    del region.store.addresses[int(form.text("id"))]
    links.up(region, row)
    return interfaces.interface(region, row)


@one.op("POST", "disconnect")
def disconnect(region: Region, call: Call) -> Any:
    """Takes all links and the VLAN away."""
    _, row = _interface(region, call, "disconnect")
    if row.type == "vlan":
        raise FieldErrors({"vlan": ["VLAN interface requires connection to a VLAN."]}, late=True)
    links.clear(region, row)
    row.vlan = None
    return interfaces.interface(region, row)


@one.op("POST", "set_default_gateway")
def set_default_gateway(region: Region, call: Call) -> Any:
    """Makes a link's gateway the machine's. Field: link_id (needed when several links have one)."""
    node, row = _interface(region, call, "set default gateway")
    form = Form(call.body)
    usable = []
    for each in region.store.links_of(row):
        subnet = region.store.subnets.get(each.subnet) if each.subnet is not None else None
        if subnet and subnet.gateway_ip and each.alloc_type != DISCOVERED:
            usable.append((each.id, subnet.gateway_ip))
    if not usable:
        raise FieldErrors({"__all__": ["This interface has no usable gateways."]})
    if form.raw("link_id"):
        form.listed_choice("link_id", "", [str(number) for number, _ in usable])
        form.check()
        usable = [pair for pair in usable if str(pair[0]) == form.text("link_id")]
    elif len(usable) > 1:
        raise FieldErrors({"link_id": ["This field is required; Interface has more than one usable gateway."]})
    _use_gateway(node, *usable[0])
    return interfaces.interface(region, row)


def _use_gateway(node: Node, link: int, ip: str) -> None:
    if ":" in ip:
        node.gateway_link_ipv6 = link
    else:
        node.gateway_link_ipv4 = link
