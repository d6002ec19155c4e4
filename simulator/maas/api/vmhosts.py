"""vm-hosts/ and their old name pods/: kept as a region keeps hosts that it cannot reach.

One that is reached tells what it has, and machines can be composed on it. They are gone in 3.8.
"""

from __future__ import annotations

import contextlib
from typing import Any

from .. import certificates, composing, lookups, petnames, power
from ..call import Answer, Call, deleted
from ..errors import FieldErrors, Refused, missing
from ..forms import NO_CHOICE, REQUIRED, Form
from ..records.node import VmHost
from ..region import Region
from ..render import nodes
from ..routing import Resource
from . import machines

GONE = (3, 8)
many = Resource("VmHostsHandler", "vm-hosts/", "Manages hosts of virtual machines.").only(until=GONE)
one = Resource("VmHostHandler", "vm-hosts/{id}/", "Manages a host of virtual machines.").only(until=GONE)
pods = Resource("PodsHandler", "pods/", "Manages hosts of virtual machines, by their old name.").only(until=GONE)
pod = Resource("PodHandler", "pods/{id}/", "Manages a host of virtual machines, by its old name.").only(until=GONE)
clusters = Resource("VmClustersHandler", "vm-clusters/", "Lists clusters of such hosts.").only(until=GONE)
virtual = Resource("VirtualMachinesHandler", "virtual-machines/", "Lists composed machines.", listed=False).only(until=GONE)
RESOURCES = (many, one, pods, pod, clusters, virtual)

_LOGGING = "pod-console-logging"
_MODES = ("bridge", "private", "vepa", "passthru")
_FIELDS = {"lxd": ("power_address", "project", "password", "certificate", "key"), "virsh": ("power_address", "power_pass")}


def show(region: Region, row: VmHost) -> dict[str, Any]:
    """A host in JSON: what it has is nothing before it has been reached."""
    return {
        "host": {"system_id": None, "__incomplete__": True},
        "total": row.total,
        "zone": nodes.zone(region.store.zones[row.zone]),
        "storage_pools": row.storage_pools,
        "available": {key: row.total[key] - row.used[key] for key in row.total},
        "id": row.id,
        "tags": row.tags,
        "type": row.type,
        "cpu_over_commit_ratio": row.cpu_over_commit_ratio,
        "architectures": row.architectures,
        "pool": nodes.pool(region.store.pools[row.pool]),
        "capabilities": row.capabilities,
        "memory_over_commit_ratio": row.memory_over_commit_ratio,
        "used": row.used,
        "version": row.version,
        "default_macvlan_mode": row.default_macvlan_mode,
        "name": row.name,
        "resource_uri": f"/MAAS/api/2.0/vm-hosts/{row.id}/",
    }


def read_all(region: Region, call: Call) -> Any:
    """Lists hosts."""
    return [show(region, row) for row in region.store.vmhosts.values()]


@clusters.rest("GET")
@virtual.rest("GET")
def read_clusters(region: Region, call: Call) -> Any:
    """Lists clusters, or machines on hosts: there are none, since no host was reached."""
    return []


def create(region: Region, call: Call) -> Any:
    """Adds a host. Fields: type, power_address, name, project, password, certificate, key, zone, pool, tags."""
    form = Form(call.body)
    kind = form.choice("type", "", ("lxd", "virsh"), required=True)
    if kind in _FIELDS and not form.raw("power_address"):
        form.error("power_address", REQUIRED)
    row = VmHost(name=form.text("name"), type=kind)
    _fill(region, form, row)
    if kind == "lxd":
        _certificate(row)
    taken = {each.name for each in region.store.vmhosts.values()}
    row.name = row.name or petnames.petname(region.random, taken)
    region.store.add(region.store.vmhosts, row)
    if kind == "lxd":
        with contextlib.suppress(power.PowerError):  # MAAS says yes to a host that it can't reach
            composing.sync(region, row)
    return show(region, row)


def _certificate(row: VmHost) -> None:
    given = row.power_parameters
    if given.get("certificate") or given.get("key"):
        if "-----BEGIN" not in str(given.get("certificate")) or "-----BEGIN" not in str(given.get("key")):
            raise Refused(500, "Invalid PEM material")
        return
    given["certificate"], given["key"] = certificates.self_signed("maas")


def _fill(region: Region, form: Form, row: VmHost) -> None:
    store = region.store
    if given := form.raw("zone"):
        zone = next((each for each in store.zones.values() if each.name == given), None)
        row.zone = zone.id if zone else row.zone
        if not zone:
            form.error("zone", NO_CHOICE)
    if given := form.raw("pool"):
        found = next((each for each in store.pools.values() if each.name == given), None)
        row.pool = found.id if found else row.pool
        if not found:
            form.error("pool", NO_CHOICE)
    if "tags" in form or row.id < 0:
        tags = form.many("tags")
        row.tags = tags if _LOGGING in tags else [*tags, _LOGGING]
    for field in ("cpu_over_commit_ratio", "memory_over_commit_ratio"):
        setattr(row, field, _ratio(form, field, getattr(row, field)))
    mode = form.choice("default_macvlan_mode", row.default_macvlan_mode or "", _MODES)
    row.default_macvlan_mode = mode or None
    for field in _FIELDS.get(row.type, ()):
        default = {"project": "default"}.get(field, "")
        row.power_parameters[field] = form.text(field, str(row.power_parameters.get(field, default)))
    form.check()


def _ratio(form: Form, field: str, current: float) -> float:
    given = form.raw(field)
    if not given:
        return current
    try:
        ratio = float(given)
    except ValueError:
        form.error(field, "Enter a number.")
        return current
    if ratio > 10:
        form.error(field, "Ensure this value is less than or equal to 10.")
    elif ratio < 0:
        form.error(field, "Ensure this value is greater than or equal to 0.")
    return ratio


def _get(region: Region, call: Call) -> VmHost:
    return lookups.by_id("Pod", region.store.vmhosts, call.params["id"])


def read(region: Region, call: Call) -> Any:
    """Reads a host."""
    found = region.store.vmhosts.get(int(call.params["id"])) if call.params["id"].isdigit() else None
    if not found:
        raise missing("Not Found")
    return show(region, found)


def update(region: Region, call: Call) -> Any:
    """Changes a host."""
    row = _get(region, call)
    changed, form = row.model_copy(deep=True), Form(call.body)
    changed.name = form.text("name", row.name) or row.name
    _fill(region, form, changed)
    region.store.vmhosts[row.id] = changed
    return show(region, changed)


def delete(region: Region, call: Call) -> Answer:
    """Deletes a host."""
    row = _get(region, call)
    for node in [each for each in region.store.nodes.values() if each.pod == row.id]:
        machines.remove(region, node)
    del region.store.vmhosts[row.id]
    return deleted()


def parameters(region: Region, call: Call) -> Any:
    """Reads how a host is reached, secrets too."""
    return _get(region, call).power_parameters


def refresh(region: Region, call: Call) -> Any:
    """Asks a host anew what it has."""
    row = _get(region, call)
    try:
        composing.sync(region, row)
    except power.PowerError as exc:
        raise Refused(503, f"Failed talking to pod: Pod {row.id}: {exc}") from exc
    return show(region, row)


def compose(region: Region, call: Call) -> Any:
    """Makes a machine on a host. Fields: cores, pinned_cores, memory, storage, interfaces, hostname, domain, zone, pool."""
    node = composing.compose(region, call, _get(region, call))
    return {"system_id": node.system_id, "resource_uri": f"/MAAS/api/2.0/machines/{node.system_id}/"}


def add_tag(region: Region, call: Call) -> Any:
    """Adds a tag. Field: tag."""
    row, tag = _get(region, call), Form(call.body).text("tag")
    if not tag:
        raise FieldErrors({"tag": [REQUIRED]})
    row.tags = row.tags if tag in row.tags else [*row.tags, tag]
    return show(region, row)


def remove_tag(region: Region, call: Call) -> Any:
    """Takes a tag off. Field: tag."""
    row, tag = _get(region, call), Form(call.body).text("tag")
    row.tags = [each for each in row.tags if each != tag]
    return show(region, row)


for _many, _one in ((many, one), (pods, pod)):
    _many.rest("GET")(read_all)
    _many.rest("POST", admin=True)(create)
    _one.rest("GET")(read)
    _one.rest("PUT", admin=True)(update)
    _one.rest("DELETE", admin=True)(delete)
    _one.op("GET", "parameters", admin=True)(parameters)
    for _function in (refresh, compose, add_tag, remove_tag):
        _one.op("POST", _function.__name__, admin=True)(_function)
