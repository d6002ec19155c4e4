"""spaces/."""

from __future__ import annotations

import re
from typing import Any

from .. import lookups
from ..call import Answer, Call, deleted
from ..forms import Form
from ..records.network import Space
from ..region import Region
from ..render import network
from ..routing import Resource

many = Resource("SpacesHandler", "spaces/", "Manages spaces.")
one = Resource("SpaceHandler", "spaces/{id}/", "Manages a space.")
RESOURCES = (many, one)

_NAME = re.compile(r"[a-z0-9](-*[a-z0-9])*", re.IGNORECASE)


def get(region: Region, spec: str) -> Space:
    """The space that a path or field means."""
    return lookups.find("Space", region.store.spaces, spec, {"name": lambda row: row.name})


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists spaces, and the pseudo space of VLANs that have none."""
    shown = [network.space(region, row) for row in region.store.spaces.values()]
    loose = any(row.space is None for row in region.store.vlans.values())
    return [*shown, network.space(region, None)] if loose else shown


@many.rest("POST", admin=True)
def create(region: Region, call: Call) -> Any:
    """Makes a space. Fields: name, description."""
    form = Form(call.body)
    name = _name(region, form, None)
    form.check()
    row = region.store.add(region.store.spaces, Space(name=name, description=form.text("description")))
    row.name = row.name or f"space-{row.id}"
    return network.space(region, row)


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a space."""
    if call.params["id"] in (network.UNDEFINED, "-1"):
        return network.space(region, None)
    return network.space(region, get(region, call.params["id"]))


@one.rest("PUT", admin=True)
def update(region: Region, call: Call) -> Any:
    """Changes a space."""
    row = get(region, call.params["id"])
    form = Form(call.body)
    name = _name(region, form, row)
    form.check()
    row.name = name or row.name
    row.description = form.text("description", row.description)
    return network.space(region, row)


@one.rest("DELETE", admin=True)
def delete(region: Region, call: Call) -> Answer:
    """Deletes a space; its VLANs are in none then."""
    row = get(region, call.params["id"])
    for vlan in region.store.vlans.values():
        if vlan.space == row.id:
            vlan.space = None
    del region.store.spaces[row.id]
    return deleted()


def _name(region: Region, form: Form, row: Space | None) -> str:
    name = form.text("name")
    if not name:
        return ""
    if not _NAME.fullmatch(name) or name == network.UNDEFINED:
        form.error("name", f"Invalid space name: {name}.")
    elif re.fullmatch(r"space-\d+", name) and (row is None or name != f"space-{row.id}"):
        form.error("name", "Reserved space name.")
    elif any(each.name == name and each is not row for each in region.store.spaces.values()):
        form.error("name", "Space with this Name already exists.")
    return name
