"""zones/ and resource pools."""

from __future__ import annotations

import re
from typing import Any

from .. import lookups
from ..call import Answer, Call, deleted
from ..errors import NotFound, Refused
from ..forms import Form
from ..records.node import Pool, Zone
from ..region import Region
from ..render import nodes
from ..routing import Resource

many = Resource("ZonesHandler", "zones/", "Manages physical zones.")
one = Resource("ZoneHandler", "zones/{name}/", "Manages a physical zone.")
pools = Resource("ResourcePoolsHandler", "resourcepools/", "Manages resource pools.")
pool = Resource("ResourcePoolHandler", "resourcepool/{id}/", "Manages a resource pool.")
RESOURCES = (many, one, pools, pool)

_NAME = re.compile(r"[\w -]+")


def _name(form: Form, rows: dict[int, Zone] | dict[int, Pool], row: Zone | Pool, kind: str) -> str:
    name = form.text("name", row.name, required=True)
    if name and not _NAME.fullmatch(name):
        form.error("name", "Enter a valid value.")
    elif any(each.name == name and each is not row for each in rows.values()):
        form.error("name", f"{kind} with this Name already exists.")
    return name


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists zones."""
    return [nodes.zone(row) for row in sorted(region.store.zones.values(), key=lambda row: row.name)]


@many.rest("POST", admin=True)
def create(region: Region, call: Call) -> Any:
    """Makes a zone. Fields: name, description."""
    form, row = Form(call.body), Zone(name="")
    row.name = _name(form, region.store.zones, row, "Physical zone")
    form.check()
    row.description = form.text("description")
    return nodes.zone(region.store.add(region.store.zones, row))


def _get(region: Region, call: Call) -> Zone:
    found = next((row for row in region.store.zones.values() if row.name == call.params["name"]), None)
    if not found:
        raise NotFound("Zone")
    return found


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a zone."""
    return nodes.zone(_get(region, call))


@one.rest("PUT", admin=True)
def update(region: Region, call: Call) -> Any:
    """Changes a zone."""
    row, form = _get(region, call), Form(call.body)
    name = _name(form, region.store.zones, row, "Physical zone")
    form.check()
    row.name, row.description = name, form.text("description", row.description)
    return nodes.zone(row)


@one.rest("DELETE", admin=True)
def delete(region: Region, call: Call) -> Answer:
    """Deletes a zone; its machines go to the default one. A zone that isn't there is no error."""
    row = next((each for each in region.store.zones.values() if each.name == call.params["name"]), None)
    if row and row.id == 1:
        raise Refused(400, "This zone is the default zone, it cannot be deleted.")
    if row:
        for node in region.store.nodes.values():
            node.zone = 1 if node.zone == row.id else node.zone
        del region.store.zones[row.id]
    return deleted()


@pools.rest("GET")
def read_pools(region: Region, call: Call) -> Any:
    """Lists resource pools."""
    return [nodes.pool(row) for row in region.store.pools.values()]


@pools.rest("POST", admin=True)
def create_pool(region: Region, call: Call) -> Any:
    """Makes a pool. Fields: name, description."""
    form, row = Form(call.body), Pool(name="")
    row.name = _name(form, region.store.pools, row, "Resource pool")
    form.check()
    row.description = form.text("description")
    return nodes.pool(region.store.add(region.store.pools, row))


def _pool(region: Region, call: Call) -> Pool:
    return lookups.find("ResourcePool", region.store.pools, call.params["id"], {"name": lambda row: row.name})


@pool.rest("GET")
def read_pool(region: Region, call: Call) -> Any:
    """Reads a pool."""
    return nodes.pool(_pool(region, call))


@pool.rest("PUT", admin=True)
def update_pool(region: Region, call: Call) -> Any:
    """Changes a pool."""
    row, form = _pool(region, call), Form(call.body)
    name = _name(form, region.store.pools, row, "Resource pool")
    form.check()
    row.name, row.description = name, form.text("description", row.description)
    return nodes.pool(row)


@pool.rest("DELETE", admin=True)
def delete_pool(region: Region, call: Call) -> Answer:
    """Deletes a pool without machines."""
    row = _pool(region, call)
    if row.id == 0:
        raise Refused(400, "This is the default pool, it cannot be deleted.")
    if any(node.pool == row.id for node in region.store.nodes.values()):
        raise Refused(400, "Pool has machines in it, it cannot be deleted.")
    del region.store.pools[row.id]
    return deleted()
