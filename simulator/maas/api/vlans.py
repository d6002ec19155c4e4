"""VLANs, below their fabric (by VID) and by number."""

from __future__ import annotations

from typing import Any

from .. import lookups, reach
from ..call import Answer, Call, deleted
from ..errors import FieldErrors, Refused, missing
from ..forms import NO_CHOICE, REQUIRED, Form
from ..records.network import Vlan
from ..region import Region
from ..render import network
from ..routing import Resource
from . import fabrics

many = Resource("VlansHandler", "fabrics/{fabric_id}/vlans/", "Manages the VLANs of a fabric.")
one = Resource("VlanHandler", "fabrics/{fabric_id}/vlans/{vid}/", "Manages a VLAN of a fabric.")
numbered = Resource("VlanHandler", "vlans/{id}/", "Manages a VLAN by number.", listed=False)
RESOURCES = (many, one, numbered)

_RANGE_MISSING = "dhcp can only be turned on when a dynamic IP range is defined."
_RACK_MISSING = "dhcp can only be turned on when a primary rack controller is set."
_BAD_VID = "VID must be between 0 and 4094."


def _get(region: Region, call: Call) -> Vlan:
    if "vid" in call.params:
        return lookups.vlan_in(region, call.params["fabric_id"], call.params["vid"])
    found = lookups.optional(region.store.vlans, call.params["id"])
    if found is None:
        raise missing("VLAN with specified ID does not exist.")
    return found


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists a fabric's VLANs."""
    fabric = fabrics.get(region, call.params["fabric_id"])
    return [network.vlan(region, row) for row in region.store.vlans.values() if row.fabric == fabric.id]


@many.rest("POST", admin=True)
def create(region: Region, call: Call) -> Any:
    """Makes a VLAN. Fields: vid, name, description, mtu, space."""
    fabric = fabrics.get(region, call.params["fabric_id"])
    form = Form(call.body)
    row = Vlan(vid=-1, fabric=fabric.id, name="")
    _fill(region, form, row)
    _check_unique(region, row)
    row.name = row.name or str(row.vid)
    return network.vlan(region, region.store.add(region.store.vlans, row))


@one.rest("GET")
@numbered.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a VLAN."""
    return network.vlan(region, _get(region, call))


@one.rest("PUT", admin=True)
@numbered.rest("PUT", admin=True)
def update(region: Region, call: Call) -> Any:
    """Changes a VLAN, DHCP with it: that needs a dynamic range and a primary rack that hears the VLAN."""
    row = _get(region, call)
    changed = row.model_copy()
    _fill(region, Form(call.body), changed)
    _check_unique(region, changed)
    region.store.vlans[row.id] = changed
    return network.vlan(region, changed)


@one.rest("DELETE", admin=True)
@numbered.rest("DELETE", admin=True)
def delete(region: Region, call: Call) -> Answer:
    """Deletes a tagged VLAN; its subnets and interfaces go to the untagged one."""
    row = _get(region, call)
    if row.vid == 0:
        raise Refused(400, "This VLAN is the default VLAN in the fabric, it cannot be deleted.")
    store = region.store
    home = store.untagged(store.fabrics[row.fabric])
    for subnet in store.subnets.values():
        if subnet.vlan == row.id:
            subnet.vlan = home.id
    for interface in store.interfaces.values():
        if interface.vlan == row.id:
            interface.vlan = home.id
    for other in store.vlans.values():
        if other.relay_vlan == row.id:
            other.relay_vlan = None
    del store.vlans[row.id]
    return deleted()


def _fill(region: Region, form: Form, row: Vlan) -> None:
    _vid(form, row)
    row.name = form.text("name", row.name) or ("untagged" if row.vid == 0 else str(row.vid))
    row.description = form.text("description", row.description)
    row.mtu = form.integer("mtu", row.mtu, low=552) or 1500
    if row.mtu > 65535:
        form.error("mtu", "MTU must be between 552 and 65535.")
    _fabric(region, form, row)
    _space(region, form, row)
    _relay(region, form, row)
    _racks(region, form, row)
    _dhcp(region, form, row)
    form.check()


def _vid(form: Form, row: Vlan) -> None:
    before = len(form.errors.get("vid", []))
    given = form.integer("vid", row.vid if row.vid >= 0 else None)
    if given is None and len(form.errors.get("vid", [])) == before:
        form.error("vid", REQUIRED)
    if given is None or not 0 <= given <= 4094:
        form.error("vid", _BAD_VID)
        return
    row.vid = given


def _fabric(region: Region, form: Form, row: Vlan) -> None:
    if "fabric" not in form:
        return
    found = lookups.optional(region.store.fabrics, form.text("fabric"))
    if found:
        row.fabric = found.id
    else:
        form.error("fabric", NO_CHOICE)


def _space(region: Region, form: Form, row: Vlan) -> None:
    if "space" not in form:
        return
    given = form.text("space")
    found = lookups.optional(region.store.spaces, given, lambda each: each.name)
    if given and not found:
        form.error("space", NO_CHOICE)
    row.space = found.id if found else None


def _relay(region: Region, form: Form, row: Vlan) -> None:
    if "relay_vlan" not in form:
        return
    given = form.text("relay_vlan")
    found = lookups.optional(region.store.vlans, given)
    if given and (not found or found.id == row.id or found.relay_vlan is not None):
        form.error("relay_vlan", NO_CHOICE)
    row.relay_vlan = found.id if found else None


def _racks(region: Region, form: Form, row: Vlan) -> None:
    heard = {node.system_id for node in reach.racks_on(region, row)}
    for field in ("primary_rack", "secondary_rack"):
        if field not in form:
            continue
        given = form.text(field)
        if given and given not in heard:
            form.error(field, f"Select a valid choice. {given} is not one of the available choices.")
        else:
            setattr(row, field, given or None)
    if row.secondary_rack and row.secondary_rack == row.primary_rack:
        form.error("secondary_rack", "The primary and secondary rack must be different.")


def _dhcp(region: Region, form: Form, row: Vlan) -> None:
    wanted = form.boolean("dhcp_on", row.dhcp_on)
    if wanted and not row.dhcp_on:
        store = region.store
        subnets = {each.id for each in store.subnets.values() if each.vlan == row.id}
        if not any(each.subnet in subnets and each.type == "dynamic" for each in store.ipranges.values()):
            form.error("dhcp_on", _RANGE_MISSING)
        elif row.primary_rack is None:
            form.error("__all__", _RACK_MISSING)
    row.dhcp_on = wanted


def _check_unique(region: Region, row: Vlan) -> None:
    for other in region.store.vlans.values():
        if other.id != row.id and (other.fabric, other.vid) == (row.fabric, row.vid):
            text = "A VLAN with the specified VID already exists in the destination fabric."
            raise FieldErrors({"__all__": [text]}, late=True)
