"""machines/?op=allocate: a Ready machine that meets constraints becomes the caller's."""

from __future__ import annotations

from typing import Any

from .. import constraints
from ..call import Call
from ..errors import Refused
from ..forms import Form
from ..records.node import MACHINE, Node
from ..region import Region
from ..render import nodes
from ..status import Status
from .machines import many

RESOURCES = ()


@many.op("POST", "allocate")
def allocate(region: Region, call: Call) -> Any:
    """Allocates. Fields: name, system_id, arch, cpu_count, mem, tags, zone, pool, storage, interfaces, dry_run, verbose …."""
    data = {field: values for field, values in call.body.items() if field != "op"}
    wanted = constraints.Constraints(region, data)
    matches = [node for node in _candidates(region) if wanted.met_by(node)]
    if not matches:
        raise Refused(409, _nothing(data, wanted))
    form, node = Form(data), matches[0]
    if not form.boolean("dry_run"):
        region.lifecycle.enter(node, Status.ALLOCATED)
        node.owner = call.who.username
        node.agent_name = form.text("agent_name")
    shown = nodes.machine(region, node)
    return shown | {"constraints_by_type": _by_type(region, wanted, node, verbose=form.boolean("verbose"))}


def _candidates(region: Region) -> list[Node]:
    rows = region.store.nodes.values()
    return [node for node in rows if node.node_type == MACHINE and node.status == Status.READY and node.owner is None]


def _nothing(data: dict[str, list[str]], wanted: constraints.Constraints) -> str:
    if "system_id" in data:
        return f"No machine with system ID {data['system_id'][-1]} available."
    if not data:
        return "No machine available."
    listed = [(field, list(values)) for field, values in data.items()]
    return f'No available machine matches constraints: {listed} (resolved to "{wanted.describe()}")'


def _by_type(region: Region, wanted: constraints.Constraints, node: Node, *, verbose: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    storage, interfaces = wanted.storage_of(node), wanted.interfaces_of(node)
    if storage:
        shown["storage"] = {label: [number] for number, label in storage.items()}
    if interfaces:
        shown["interfaces"] = interfaces
    if not verbose:
        return shown
    everything = region.store.nodes.values()
    if storage:
        machines = {each.id: wanted.storage_of(each) for each in everything if each.node_type == MACHINE}
        shown["verbose_storage"] = {str(number): found for number, found in machines.items() if found}
    if interfaces:
        labels: dict[str, dict[str, list[int]]] = {}
        for each in everything:
            for label, numbers in (wanted.interfaces_of(each) or {}).items():
                labels.setdefault(label, {})[str(each.id)] = numbers
        shown["verbose_interfaces"] = labels
    return shown
