"""fabrics/ and vlans of fabrics."""

from __future__ import annotations

import re
from typing import Any

from .. import lookups
from ..call import Answer, Call, deleted
from ..errors import Refused
from ..forms import Form
from ..records.network import Fabric, Vlan
from ..region import Region
from ..render import network
from ..routing import Resource

many = Resource("FabricsHandler", "fabrics/", "Manages fabrics.")
one = Resource("FabricHandler", "fabrics/{id}/", "Manages a fabric.")
RESOURCES = (many, one)

_NAME = re.compile(r"[ \w-]+")


def get(region: Region, spec: str) -> Fabric:
    """The fabric that a path means."""
    return lookups.find("Fabric", region.store.fabrics, spec, {"name": lambda row: row.name})


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists all fabrics."""
    return [network.fabric(region, row) for row in region.store.fabrics.values()]


@many.rest("POST", admin=True)
def create(region: Region, call: Call) -> Any:
    """Makes a fabric with an untagged VLAN. Fields: name, description, class_type."""
    form = Form(call.body)
    name = _name(region, form, None)
    form.check()
    made = Fabric(name=name, description=form.text("description"), class_type=form.raw("class_type") or None)
    return network.fabric(region, add(region, made))


def add(region: Region, row: Fabric) -> Fabric:
    """Puts a fabric in its table, with a default name and the untagged VLAN."""
    store = region.store
    store.add(store.fabrics, row)
    row.name = row.name or f"fabric-{row.id}"
    store.add(store.vlans, Vlan(vid=0, fabric=row.id, name="untagged"))
    return row


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a fabric."""
    return network.fabric(region, get(region, call.params["id"]))


@one.rest("PUT", admin=True)
def update(region: Region, call: Call) -> Any:
    """Changes a fabric; empty values change nothing."""
    row = get(region, call.params["id"])
    form = Form(call.body)
    name = _name(region, form, row)
    form.check()
    row.name = name or row.name
    row.class_type = form.raw("class_type") or row.class_type
    row.description = form.kept("description", row.description)
    return network.fabric(region, row)


@one.rest("DELETE", admin=True)
def delete(region: Region, call: Call) -> Answer:
    """Deletes a fabric without subnets, and its VLANs."""
    row = get(region, call.params["id"])
    if row.id == 0:
        raise Refused(400, "This fabric is the default fabric, it cannot be deleted.")
    store = region.store
    vlans = {each.id for each in store.vlans.values() if each.fabric == row.id}
    subnets = sorted((each for each in store.subnets.values() if each.vlan in vlans), key=lambda each: each.cidr)
    if subnets:
        names = ", ".join(each.cidr for each in subnets)
        raise Refused(400, f"Can't delete fabric; the following subnets are still present: {names}")
    if any(each.vlan in vlans for each in store.interfaces.values()):
        raise Refused(400, "Can't delete fabric; interfaces are still connected to it.")
    for number in vlans:
        del store.vlans[number]
    del store.fabrics[row.id]
    return deleted()


def _name(region: Region, form: Form, row: Fabric | None) -> str:
    name = form.text("name")
    if not name:
        return ""
    if not _NAME.fullmatch(name):
        form.error("name", f"Invalid fabric name: {name}.")
    elif re.fullmatch(r"fabric-\d+", name) and (row is None or name != f"fabric-{row.id}"):
        form.error("name", "Reserved fabric name.")
    elif any(each.name == name and each is not row for each in region.store.fabrics.values()):
        form.error("name", "Fabric with this Name already exists.")
    return name
