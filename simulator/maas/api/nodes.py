"""nodes/, devices/ and the controllers."""

from __future__ import annotations

from typing import Any

from .. import lookups, power_types
from ..call import Answer, Call, deleted, text
from ..errors import NotFound, Refused, forbidden
from ..forms import NO_CHOICE, Form
from ..machineform import MachineForm
from ..records.node import DEVICE, MACHINE, RACK, REGION, REGION_AND_RACK, Interface, Node
from ..region import Region
from ..render import nodes
from ..routing import Resource
from . import filters, machines

many = Resource("NodesHandler", "nodes/", "Reads nodes of all kinds.", anonymous="AnonNodesHandler")
one = Resource("NodeHandler", "nodes/{system_id}/", "Reads and deletes a node.")
devices = Resource("DevicesHandler", "devices/", "Manages devices.", anonymous="AnonNodesHandler")
device = Resource("DeviceHandler", "devices/{system_id}/", "Manages a device.")
racks = Resource("RackControllersHandler", "rackcontrollers/", "Reads rack controllers.", anonymous="AnonNodesHandler")
rack = Resource("RackControllerHandler", "rackcontrollers/{system_id}/", "Manages a rack controller.")
regions = Resource("RegionControllersHandler", "regioncontrollers/", "Reads region controllers.", anonymous="AnonNodesHandler")
region_one = Resource("RegionControllerHandler", "regioncontrollers/{system_id}/", "Manages a region controller.")
RESOURCES = (many, one, devices, device, racks, rack, regions, region_one)

_RACKS, _REGIONS = (RACK, REGION_AND_RACK), (REGION, REGION_AND_RACK)

for _collection in (many, devices, racks, regions):
    _collection.op("GET", "is_registered", anonymous=True)(machines.is_registered)
    _collection.op("GET", "is_action_in_progress", anonymous=True, told_users=False)(machines.is_action_in_progress)
for _collection in (many, devices, racks, regions):
    _collection.op("POST", "set_zone", admin=True)(machines.set_zone)


def _of(region: Region, kinds: tuple[int, ...], call: Call) -> list[Node]:
    rows = [node for node in region.store.nodes.values() if node.node_type in kinds]
    return filters.matching(region, rows, call.query)


def _get(region: Region, call: Call, kinds: tuple[int, ...], name: str) -> Node:
    found = region.store.node(call.params["system_id"])
    if not found or found.node_type not in kinds:
        raise NotFound(name)
    return found


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists nodes of all kinds."""
    return [nodes.any_node(region, node) for node in _of(region, (MACHINE, DEVICE, RACK, REGION, REGION_AND_RACK), call)]


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a node."""
    return nodes.any_node(region, lookups.node(region, call.params["system_id"]))


@one.rest("DELETE")
def delete(region: Region, call: Call) -> Answer:
    """Deletes a node."""
    machines.remove(region, lookups.editable(region, call.who, call.params["system_id"]))
    return deleted()


def _power_parameters(region: Region, call: Call) -> Any:
    """Reads a node's power parameters: for admins."""
    if not call.who.is_superuser:
        raise forbidden()
    return lookups.node(region, call.params["system_id"]).power_parameters


for _item in (one, device, rack, region_one):
    _item.op("GET", "power_parameters")(_power_parameters)


@devices.rest("GET")
def read_devices(region: Region, call: Call) -> Any:
    """Lists devices."""
    return [nodes.device(region, node) for node in _of(region, (DEVICE,), call)]


@devices.rest("POST")
def create_device(region: Region, call: Call) -> Any:
    """Makes a device. Fields: mac_addresses, hostname, domain, description, parent, zone."""
    node = Node(system_id=region.new_system_id(), hostname="", node_type=DEVICE, owner=call.who.username, pool=None)
    form = MachineForm(region, _with_architecture(call), node, new=True)
    parent = form.text("parent")
    if parent and not region.store.node(parent):
        form.error("parent", NO_CHOICE)
    form.fill()
    node.parent = parent or None
    region.store.add(region.store.nodes, node)
    for number, mac in enumerate(form.macs):
        row = Interface(node=node.system_id, name=f"eth{number}", mac=mac)
        region.store.add(region.store.interfaces, row)
        node.boot_interface = node.boot_interface if node.boot_interface is not None else row.id
    return nodes.device(region, node)


def _with_architecture(call: Call) -> Form:
    # a device's form is a machine's without what concerns its hardware
    data = {field: values for field, values in call.body.items() if not field.startswith(("power", "architecture"))}
    return Form(data | {"architecture": [""]})


@device.rest("GET")
def read_device(region: Region, call: Call) -> Any:
    """Reads a device."""
    return nodes.device(region, _get(region, call, (DEVICE,), "Device"))


@device.rest("PUT")
def update_device(region: Region, call: Call) -> Any:
    """Changes a device."""
    node = _own_device(region, call)
    form = MachineForm(region, Form(call.body), node, new=False)
    form.fill()
    if "parent" in form:
        node.parent = form.text("parent") or None
    return nodes.device(region, node)


@device.rest("DELETE")
def delete_device(region: Region, call: Call) -> Answer:
    """Deletes a device."""
    machines.remove(region, _own_device(region, call))
    return deleted()


def _own_device(region: Region, call: Call) -> Node:
    node = _get(region, call, (DEVICE,), "Device")
    if not (call.who.is_superuser or node.owner == call.who.username):
        raise forbidden()
    return node


@device.op("POST", "set_owner_data")
def set_owner_data(region: Region, call: Call) -> Any:
    """Sets the owner's notes."""
    node = _own_device(region, call)
    for key, values in call.body.items():
        node.owner_data[key] = values[-1]
    node.owner_data = {key: value for key, value in node.owner_data.items() if value and key != "op"}
    return nodes.device(region, node)


device.op("POST", "set_workload_annotations")(set_owner_data)


@racks.rest("GET")
def read_racks(region: Region, call: Call) -> Any:
    """Lists rack controllers."""
    return [nodes.controller(region, node) for node in _of(region, _RACKS, call)]


@racks.op("GET", "describe_power_types", admin=True)
def describe_power_types(region: Region, call: Call) -> Any:
    """Tells which power types there are, and their parameters."""
    shown = []
    for name, parameters in power_types.TYPES.items():
        fields = [
            {
                "name": key,
                "label": each.label,
                "required": each.required,
                "field_type": "choice" if each.choices else "string",
                "choices": [[choice, choice] for choice in each.choices],
                "default": each.default,
                "scope": "bmc",
            }
            for key, each in parameters.items()
        ]
        shown.append({"driver_type": "power", "name": name, "description": name, "fields": fields, "missing_packages": []})
    return shown


@rack.rest("GET")
def read_rack(region: Region, call: Call) -> Any:
    """Reads a rack controller."""
    return nodes.controller(region, _get(region, call, _RACKS, "RackController"))


@rack.op("GET", "list_boot_images")
def list_boot_images(region: Region, call: Call) -> Any:
    """Tells which images a rack controller has."""
    _get(region, call, _RACKS, "RackController")
    rows = region.store.bootresources.values()
    images = [{"name": row.name, "architecture": row.architecture, "subarches": row.subarches.split(",")} for row in rows]
    return {"connected": True, "images": images, "status": "synced"}


@rack.rest("DELETE", admin=True)
def delete_rack(region: Region, call: Call) -> Answer:
    """Refuses: a rack controller that runs cannot be deleted."""
    node = _get(region, call, _RACKS, "RackController")
    raise Refused(400, f"Unable to delete {node.hostname}; it is the region controller of this rack too.")


@racks.op("POST", "import_boot_images", admin=True)
def import_boot_images(region: Region, call: Call) -> Any:
    """Has the racks fetch images; they have them at once."""
    return text("Import of boot images started on all rack controllers")


@regions.rest("GET")
def read_regions(region: Region, call: Call) -> Any:
    """Lists region controllers."""
    return [_as_region(region, node) for node in _of(region, _REGIONS, call)]


@region_one.rest("GET")
def read_region(region: Region, call: Call) -> Any:
    """Reads a region controller."""
    return _as_region(region, _get(region, call, _REGIONS, "RegionController"))


def _as_region(region: Region, node: Node) -> dict[str, Any]:
    uri = f"/MAAS/api/2.0/regioncontrollers/{node.system_id}/"
    return nodes.controller(region, node) | {"resource_uri": uri}
