"""What the charms of clusters answer to their actions: mysql-innodb-cluster, rabbitmq-server, ovn-central.

A cluster remembers its members: one whose unit Juju removed is missing until it is taken out of the cluster too.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

from .charmactions import ActionError, Answer
from .parts import Parts
from .records import Application, Model, Unit
from .store import units_of

_PORT = 3306
_VERSION = "8.0.39"


def mysql_status(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """What MySQL shell says of the cluster."""
    app = model.applications[unit.application]
    there = {f"{address}:{_PORT}": up for address, up in _members(model, app).items()}
    online = [name for name, up in there.items() if up]
    primary = next((name for name in online if name.startswith(f"{_leader(model, app)}:")), online[0] if online else "")
    spare, missing = max(len(online) - 1, 0) // 2, len(there) - len(online)
    status = ("OK" if spare else "OK_NO_TOLERANCE") + ("_PARTIAL" if missing else "")
    shown = {
        "clusterName": "jujuCluster",
        "defaultReplicaSet": {
            "name": "default",
            "primary": primary,
            "ssl": "REQUIRED",
            "status": status,
            "statusText": _tolerance(spare, missing),
            "topology": {name: _member(name, up=up, primary=name == primary) for name, up in there.items()},
            "topologyMode": "Single-Primary",
        },
        "groupInformationSourceMember": primary,
    }
    return {"cluster-status": json.dumps(shown)}


def mysql_remove(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Takes an instance out of the cluster; one that doesn't answer only by force."""
    app, address = model.applications[unit.application], str(asked["address"])
    members = _members(model, app)
    if address not in members or not (members[address] or asked.get("force")):
        why = "is not reachable" if address in members else "does not belong to the cluster"
        said = f"ERROR: The instance '{address}:{_PORT}' {why}."
        raise ActionError("Remove instance failed", {"output": said, "return-code": 1})
    app.state["members"] = [name for name in members if name != address]
    app.state["left"] = [*app.state.get("left", []), address]
    return {"output": f"The instance '{address}:{_PORT}' was successfully removed from the cluster.\n", "outcome": "Success"}


def mysql_add(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Puts the instance of a unit back into the cluster."""
    app, address = model.applications[unit.application], str(asked["address"])
    if address not in {model.machines[each.machine].address for each in units_of(model, app.name)}:
        raise ActionError("Add instance failed", {"output": f"Can't connect to MySQL server on '{address}:{_PORT}'"})
    app.state["left"] = [name for name in app.state.get("left", []) if name != address]
    return {"output": f"The instance '{address}:{_PORT}' was successfully added to the cluster.\n", "outcome": "Success"}


def mysqldump(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Writes a dump, whose path it says."""
    named = str(asked.get("databases") or "all-databases").replace(",", "-")
    folder = str(asked.get("basedir") or "/var/backups/mysql")
    stamp = datetime.datetime.fromtimestamp(parts.clock.now(), datetime.UTC).strftime("%Y%m%d%H%M")
    return {"mysqldump-file": f"{folder}/mysqldump-{named}-{stamp}.gz", "outcome": "Success"}


def rabbit_status(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """What rabbitmqctl says of the cluster."""
    nodes = _nodes(model, model.applications[unit.application])
    running = [name for name, up in nodes.items() if up]
    name = next(iter(running), "")
    shown = {"cluster_name": name, "disk_nodes": sorted(nodes), "running_nodes": running, "partitions": {}, "alarms": []}
    return {"output": json.dumps(shown, indent=4)}


def rabbit_forget(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Forgets a node that does not run any more."""
    app, node = model.applications[unit.application], str(asked.get("node") or "")
    nodes = _nodes(model, app)
    if nodes.get(node, True):
        why = (
            "Error:\n{:failed_to_remove_node, :'" + node + "', {:active, 'Mnesia is running'}}"
            if node in nodes
            else "Error:\nThe node selected is not in the cluster."
        )
        text = f"Unable to remove node '{node}' from cluster. It is either still running or already removed. (Output: '{why}')"
        raise ActionError(text, {"output": why})
    app.state["members"] = [name for name in app.state.get("members", []) if f"rabbit@{name}" != node]
    return {"output": f"Removing node {node} from the cluster\n", "outcome": "Success"}


def ovn_status(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """What both OVN databases say of their clusters."""
    app = model.applications[unit.application]
    up = {u.name: model.machines[u.machine].address for u in units_of(model, app.name) if u.started}
    role = "leader" if app.leader == unit.name else "follower"
    shown = {"status": "cluster member", "role": role, "servers": sorted(up.values()), "cluster_id": app.name, "vote": "self"}
    return {"ovnnb": json.dumps(shown | {"name": "OVN_Northbound"}), "ovnsb": json.dumps(shown | {"name": "OVN_Southbound"})}


def _members(model: Model, app: Application) -> dict[str, bool]:
    """Addresses of all that ever joined and were not taken out, and whether they answer."""
    here = {model.machines[u.machine].address: _up(model, u) for u in units_of(model, app.name) if u.started and not u.stopping}
    left = app.state.get("left", [])
    known = dict.fromkeys([*app.state.get("members", []), *(address for address in here if address not in left)])
    app.state["members"] = list(known)
    return {address: here.get(address, False) for address in known}


def _nodes(model: Model, app: Application) -> dict[str, bool]:
    here = {model.machines[u.machine].hostname: _up(model, u) for u in units_of(model, app.name) if u.started and not u.stopping}
    known = dict.fromkeys([*app.state.get("members", []), *here])
    app.state["members"] = list(known)
    return {f"rabbit@{name}": here.get(name, False) for name in known}


def _up(model: Model, unit: Unit) -> bool:
    machine = model.machines[unit.machine]
    return machine.present and model.machines.get(machine.parent, machine).present and not unit.paused


def _leader(model: Model, app: Application) -> str:
    return model.machines[model.units[app.leader].machine].address if app.leader in model.units else ""


def _tolerance(spare: int, missing: int) -> str:
    """How many further members may fail."""
    if spare == 0:
        text = "Cluster is NOT tolerant to any failures."
    else:
        text = f"Cluster is ONLINE and can tolerate up to {'ONE failure' if spare == 1 else f'{spare} failures'}."
    return text + (f" {missing} member{'s are' if missing > 1 else ' is'} not active." if missing else "")


def _member(name: str, *, up: bool, primary: bool) -> dict[str, Any]:
    shown = {"address": name, "memberRole": "SECONDARY", "mode": "n/a", "readReplicas": {}, "role": "HA"}
    if not up:
        return shown | {"status": "(MISSING)"}
    role, mode = ("PRIMARY", "R/W") if primary else ("SECONDARY", "R/O")
    online = {"replicationLag": "applier_queue_applied", "status": "ONLINE", "version": _VERSION}
    return shown | {"memberRole": role, "mode": mode} | online


ANSWERS: dict[tuple[str, str], Answer] = {
    ("mysql-innodb-cluster", "cluster-status"): mysql_status,
    ("mysql-innodb-cluster", "remove-instance"): mysql_remove,
    ("mysql-innodb-cluster", "add-instance"): mysql_add,
    ("mysql-innodb-cluster", "rejoin-instance"): mysql_add,
    ("mysql-innodb-cluster", "mysqldump"): mysqldump,
    ("rabbitmq-server", "cluster-status"): rabbit_status,
    ("rabbitmq-server", "forget-cluster-node"): rabbit_forget,
    ("ovn-central", "cluster-status"): ovn_status,
}
