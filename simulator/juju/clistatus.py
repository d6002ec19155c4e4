"""How `juju status` shows a FullStatus: as a table, or as the structure that its JSON and YAML have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns two blanks apart."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines)


def tabular(controller: str, full: dict[str, Any]) -> str:
    """The three tables: applications, units, machines."""
    model = full["model"]
    place = f"{model['cloud-tag'].removeprefix('cloud-')}/{model.get('region', '')}"
    head = [
        ["Model", "Controller", "Cloud/Region", "Version", "SLA"],
        [model["name"], controller, place, model["version"], "unsupported"],
    ]
    parts = [table(head)]
    if full["applications"]:
        rows = [["App", "Status", "Scale", "Charm", "Channel", "Rev", "Exposed", "Message"]]
        rows += [_application_row(name, app, full) for name, app in sorted(full["applications"].items())]
        parts.append(table(rows))
    units = [row for app in full["applications"].values() for row in _unit_rows(app["units"], "")]
    if units:
        parts.append(table([["Unit", "Workload", "Agent", "Machine", "Public address", "Message"], *units]))
    machines = [row for machine in full["machines"].values() for row in _machine_rows(machine)]
    if machines:
        parts.append(table([["Machine", "State", "Address", "Inst id", "Base", "Message"], *machines]))
    return "\n\n".join(parts)


def structured(controller: str, full: dict[str, Any]) -> dict[str, Any]:
    """The structure of `--format json`."""
    model = full["model"]
    return {
        "model": {
            "name": model["name"],
            "type": model["type"],
            "controller": controller,
            "cloud": model["cloud-tag"].removeprefix("cloud-"),
            "region": model.get("region", ""),
            "version": model["version"],
            "model-status": _status(model["model-status"]),
            "sla": model["sla"],
        },
        "machines": {name: _machine(machine) for name, machine in full["machines"].items()},
        "applications": {name: _application(name, app, full) for name, app in full["applications"].items()},
        "storage": {},
        "controller": {"timestamp": full["controller-timestamp"]},
    }


def _status(status: dict[str, Any]) -> dict[str, Any]:
    shown = {"current": status["status"]}
    shown |= {"message": status["info"]} if status["info"] else {}
    shown |= {"since": status["since"]}
    return shown | ({"version": status["version"]} if status["version"] else {})


def _machine(machine: dict[str, Any]) -> dict[str, Any]:
    base = machine["base"]
    shown = {
        "juju-status": _status(machine["agent-status"]),
        "hostname": machine.get("hostname", ""),
        "dns-name": machine["dns-name"],
        "ip-addresses": machine.get("ip-addresses") or [],
        "instance-id": machine["instance-id"],
        "machine-status": _status(machine["instance-status"]),
        "modification-status": _status(machine["modification-status"]),
        "base": {"name": base["name"], "channel": base["channel"].partition("/")[0]},
        "network-interfaces": machine.get("network-interfaces") or {},
        "constraints": machine["constraints"],
        "hardware": machine["hardware"],
    }
    inside = {name: _machine(container) for name, container in machine["containers"].items()}
    return shown | ({"containers": inside} if inside else {})


def _application(name: str, app: dict[str, Any], full: dict[str, Any]) -> dict[str, Any]:
    base = app["base"]
    related = {
        end: [{"related-application": other, "interface": _interface(full, name, end), "scope": "global"} for other in others]
        for end, others in app["relations"].items()
    }
    shown = {
        "charm": app["charm"],
        "base": {"name": base["name"], "channel": base["channel"].partition("/")[0]},
        "charm-origin": "charmhub" if app["charm"].startswith("ch:") else "local",
        "charm-name": app["charm"].rpartition("/")[2].rpartition("-")[0],
        "charm-rev": app["charm-rev"],
        "charm-channel": app["charm-channel"],
        "exposed": app["exposed"],
        "application-status": _status(app["status"]),
        "relations": related,
        "endpoint-bindings": app["endpoint-bindings"],
    }
    shown |= {"subordinate-to": app["subordinate-to"]} if app["subordinate-to"] else {}
    return shown | ({"units": {unit: _unit(facts) for unit, facts in app["units"].items()}} if app["units"] else {})


def _unit(unit: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"workload-status": _status(unit["workload-status"]), "juju-status": _status(unit["agent-status"])}
    shown |= {"leader": True} if unit.get("leader") else {}
    shown |= {"machine": unit["machine"]} if unit["machine"] else {}
    shown |= {"public-address": unit["public-address"]}
    inside = {name: _unit(facts) for name, facts in unit["subordinates"].items()}
    return shown | ({"subordinates": inside} if inside else {})


def _interface(full: dict[str, Any], name: str, end: str) -> str:
    for relation in full["relations"]:
        if any(e["application"] == name and e["name"] == end for e in relation["endpoints"]):
            return str(relation["interface"])
    return ""


def _application_row(name: str, app: dict[str, Any], full: dict[str, Any]) -> list[str]:
    scale = sum(unit.rpartition("/")[0] == name for other in full["applications"].values() for unit in _names(other["units"]))
    status = app["status"]
    charm = app["charm"].rpartition("/")[2].rpartition("-")[0]
    exposed = "yes" if app["exposed"] else "no"
    return [name, status["status"], str(scale), charm, app["charm-channel"], str(app["charm-rev"]), exposed, status["info"]]


def _names(units: dict[str, Any]) -> list[str]:
    return [name for unit, facts in units.items() for name in [unit, *_names(facts["subordinates"])]]


def _unit_rows(units: dict[str, Any], indent: str) -> list[list[str]]:
    rows = []
    for name, unit in sorted(units.items()):
        mark = "*" if unit.get("leader") else ""
        workload, agent = unit["workload-status"], unit["agent-status"]
        rows.append([indent + name + mark, workload["status"], agent["status"], unit["machine"], unit["public-address"],
                     workload["info"]])  # fmt: skip
        rows += _unit_rows(unit["subordinates"], indent + "  ")
    return rows


def _machine_rows(machine: dict[str, Any]) -> list[list[str]]:
    base = f"{machine['base']['name']}@{machine['base']['channel'].partition('/')[0]}"
    state, message = machine["agent-status"]["status"], machine["instance-status"]["info"]
    rows = [[machine["id"], state, machine["dns-name"], machine["instance-id"], base, message]]
    for container in machine["containers"].values():
        rows += _machine_rows(container)
    return rows
