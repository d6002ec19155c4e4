"""Client.FullStatus: a whole model in one answer."""

from __future__ import annotations

import fnmatch
from typing import Any

from . import presence
from .charms import Charm
from .errors import ApiError
from .records import Application, Machine, Model, Relation, Status, Unit
from .store import Store, charm_for, containers_of, leader_of, relations_of, subordinates_of, units_of
from .wire import base_of, constraint_text, detailed, hardware_text, time

_NO_METER = {"color": "", "message": ""}


class FullStatus:
    """Shows one model; `patterns` leave only what they match of applications, units and machines."""

    def __init__(self, store: Store, model: Model, patterns: list[str] | None = None, *, storage: bool = False) -> None:
        self._store = store
        self._model = model
        self._storage = storage
        self._kept = self._keep(patterns or [])

    def wire(self) -> dict[str, Any]:
        """The answer."""
        model = self._model
        top = [machine for machine in model.machines.values() if not machine.parent and machine.id in self._kept]
        shown = {
            "model": self._about(),
            "machines": {machine.id: self._machine(machine) for machine in top},
            "applications": {app.name: self._application(app) for app in model.applications.values() if app.name in self._kept},
            "remote-applications": {name: self._remote(name) for name in model.remotes},
            "offers": {name: self._offer(name) for name in model.offers},
            "relations": [self._relation(relation) for relation in model.relations.values()],
            "branches": {},
            "controller-timestamp": time(self._store.clock.now()),
        }
        return shown | ({"storage": [], "filesystems": [], "volumes": []} if self._storage else {})

    def _about(self) -> dict[str, Any]:
        model = self._model
        return {
            "name": model.name,
            "type": "iaas",
            "cloud-tag": f"cloud-{model.cloud}",
            "region": model.region,
            "version": model.version,
            "available-version": "",
            "model-status": detailed(model.status),
            "meter-status": _NO_METER,
            "sla": "unsupported",
        }

    def _machine(self, machine: Machine) -> dict[str, Any]:
        controls = "JobManageModel" in machine.jobs
        inside = containers_of(self._model, machine.id)
        return {
            "agent-status": detailed(
                presence.machine_agent(self._store, machine), machine.life, self._model.version if machine.started else ""
            ),
            "instance-status": detailed(machine.instance),
            "modification-status": detailed(Status(status="idle", since=machine.agent.since)),
            "hostname": machine.hostname,
            "dns-name": machine.address,
            "ip-addresses": [address["value"] for address in machine.addresses],
            "instance-id": machine.instance_id or "pending",
            "display-name": machine.hostname,
            "base": base_of(machine.base),
            "id": machine.id,
            "network-interfaces": {name: _interface(nic) for name, nic in machine.interfaces.items() if nic["ip-addresses"]},
            "containers": {container.id: self._machine(container) for container in inside if container.id in self._kept},
            "constraints": constraint_text(machine.constraints),
            "hardware": hardware_text(machine.hardware, machine.zone),
            "jobs": machine.jobs,
            "has-vote": controls,
            "wants-vote": controls,
            "primary-controller-machine": controls,
        }

    def _application(self, app: Application) -> dict[str, Any]:
        charm, model = charm_for(self._model, app), self._model
        units = [] if app.subordinate else [u for u in units_of(model, app.name) if u.name in self._kept]
        return {
            "charm": app.url,
            "charm-version": "",
            "charm-profile": "",
            "charm-channel": app.channel,
            "charm-rev": int(app.origin.get("revision") or 0),
            "base": base_of(app.base),
            "exposed": app.exposed is not None,
            "exposed-endpoints": exposed_endpoints(app),
            "life": "" if app.life == "alive" else app.life,
            "relations": self._related(app),
            "can-upgrade-to": self._newer(app, charm),
            "subordinate-to": self._principals(app) if app.subordinate else [],
            "units": {unit.name: self._unit(unit) for unit in units},
            "meter-statuses": {},
            "status": detailed(presence.application_status(self._store, model, app.name)),
            "workload-version": next((unit.version for unit in units_of(model, app.name)), ""),
            "endpoint-bindings": bindings(app, charm),
            "public-address": "",
        }

    def _unit(self, unit: Unit) -> dict[str, Any]:
        model = self._model
        machine = model.machines[unit.machine]
        workload, agent = presence.unit_statuses(self._store, model, unit)
        url = model.applications[unit.application].url
        shown = {
            "agent-status": detailed(agent, unit.life, model.version if machine.started else ""),
            "workload-status": detailed(workload),
            "workload-version": unit.version,
            "machine": "" if unit.principal else machine.id,
            "opened-ports": [],
            "public-address": machine.address,
            "charm": unit.charm if unit.charm not in ("", url) else "",
            "subordinates": {sub.name: self._unit(sub) for sub in subordinates_of(model, unit.name)},
        }
        return shown | ({"leader": True} if leader_of(model, unit.application) == unit.name else {})

    def _relation(self, relation: Relation) -> dict[str, Any]:
        applications = self._model.applications
        return {
            "id": relation.id,
            "key": relation.key,
            "interface": relation.endpoints[0].interface,
            "scope": "container" if relation.container_scoped else "global",
            "endpoints": [
                {
                    "application": end.application,
                    "name": end.name,
                    "role": end.role,
                    "subordinate": end.application in applications and applications[end.application].subordinate,
                }
                for end in relation.endpoints
            ],
            "status": detailed(relation.status),
        }

    def _remote(self, name: str) -> dict[str, Any]:
        remote = self._model.remotes[name]
        related: dict[str, list[str]] = {}
        for relation in relations_of(self._model, name):
            end = relation.end_of(name)
            related.setdefault(end.name if end else "", []).append(relation.other_end(name).application)
        return {
            "offer-url": remote.offer_url,
            "offer-name": remote.offer_url.rpartition(".")[2],
            "endpoints": remote.endpoints,
            "life": "" if remote.life == "alive" else remote.life,
            "relations": related,
            "status": detailed(presence.remote_status(self._store, remote)),
        }

    def _offer(self, name: str) -> dict[str, Any]:
        offer = self._model.offers[name]
        app = self._model.applications[offer.application]
        charm = charm_for(self._model, app)
        return {
            "offer-name": name,
            "application-name": offer.application,
            "charm": app.url,
            "endpoints": {alias: remote_endpoint(charm, end) for alias, end in offer.endpoints.items()},
            "active-connected-count": 0,
            "total-connected-count": 0,
        }

    def _related(self, app: Application) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for relation in relations_of(self._model, app.name):
            end = relation.end_of(app.name)
            names = found.setdefault(end.name if end else "", [])
            other = relation.other_end(app.name).application
            if other not in names:
                names.append(other)
        return {name: sorted(others) for name, others in found.items()}

    def _principals(self, app: Application) -> list[str]:
        ties = [relation for relation in relations_of(self._model, app.name) if relation.container_scoped]
        return sorted({relation.other_end(app.name).application for relation in ties})

    def _newer(self, app: Application, charm: Charm) -> str:
        if app.origin.get("source") != "charm-hub":
            return ""
        try:
            newest = charm.release(app.channel, app.base)
        except ApiError:
            return ""
        return charm_url(charm.name, newest.revision) if newest.revision > int(app.origin.get("revision") or 0) else ""

    def _keep(self, patterns: list[str]) -> set[str]:
        """Ids of everything that the patterns leave: what matches, what is in it, and where that is."""
        model = self._model
        everything = {*model.machines, *model.applications, *model.units}
        if not patterns:
            return everything
        kept = {name for name in everything if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)}
        for unit in model.units.values():
            if {unit.name, unit.application, unit.machine, unit.principal} & kept:
                kept |= {unit.name, unit.application, unit.machine}
        return kept | {model.machines[name].parent for name in kept & set(model.machines)}


def charm_url(name: str, revision: int) -> str:
    """The URL of a charm of the store."""
    return f"ch:amd64/{name}-{revision}"


def bindings(app: Application, charm: Charm) -> dict[str, str]:
    """The space of every endpoint, "" for the default."""
    default = app.bindings.get("", "alpha")
    return {"": default} | {name: app.bindings.get(name, default) for name in charm.bindings()}


def exposed_endpoints(app: Application) -> dict[str, Any]:
    """Who may reach which endpoint of an exposed application."""
    shown = {}
    for name, to in (app.exposed or {}).items():
        shown[name] = {f"expose-to-{what}": to[what] for what in ("spaces", "cidrs") if to.get(what)}
    return shown


def remote_endpoint(charm: Charm, name: str) -> dict[str, Any]:
    """An endpoint as other models see it."""
    end = charm.endpoint(name)
    if end is None:
        raise ApiError(f'endpoint "{name}" not found', "not found")
    return {"name": end.name, "role": end.role, "interface": end.interface, "limit": end.limit}


def _interface(nic: dict[str, Any]) -> dict[str, Any]:
    shown = {key: nic[key] for key in ("ip-addresses", "mac-address", "is-up")}
    return shown | {key: nic[key] for key in ("gateway", "dns-nameservers", "space") if nic[key]}
