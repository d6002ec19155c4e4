"""A model's entities as AllWatcher shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import config, presence
from .records import Application, Machine, Model, Relation, Unit
from .store import Store, units_of
from .wire import delta_status, time, untag

Entity = tuple[str, str, dict[str, Any]]


def entities(store: Store, model: Model) -> Iterator[Entity]:
    """Every entity as (kind, key, content), in the order in which libjuju wants to meet them."""
    yield "model", model.uuid, _model(store, model)
    for machine in model.machines.values():
        yield "machine", machine.id, _machine(store, model, machine)
    for url in model.charms:
        yield "charm", url, {"model-uuid": model.uuid, "charm-url": url, "charm-version": "", "life": "alive", "profile": None}
    for app in model.applications.values():
        yield "application", app.name, _application(model, app)
    for remote in model.remotes.values():
        yield "remoteApplication", remote.name, _remote(store, model, remote.name)
    for unit in model.units.values():
        yield "unit", unit.name, _unit(store, model, unit)
    for relation in model.relations.values():
        yield "relation", relation.key, _relation(model, relation)
    for offer in model.offers.values():
        yield "applicationOffer", offer.name, _offer(model, offer.name)
    for action in model.actions.values():
        yield "action", action.id, _action(model, action.id)
    for tag, notes in model.annotations.items():
        if notes:
            yield "annotation", tag, {"model-uuid": model.uuid, "tag": tag, "annotations": notes}


def _model(store: Store, model: Model) -> dict[str, Any]:
    controller = store.controller_of(model)
    return {
        "model-uuid": model.uuid,
        "name": model.name,
        "owner": model.owner,
        "life": model.life,
        "controller-uuid": controller.uuid,
        "is-controller": model.is_controller,
        "config": {key: value for key, (value, _) in config.effective(controller, model).items()},
        "status": delta_status(model.status),
        "constraints": model.constraints,
        "sla": {"level": "unsupported", "owner": ""},
    }


def _machine(store: Store, model: Model, machine: Machine) -> dict[str, Any]:
    container = bool(machine.parent)
    return {
        "model-uuid": model.uuid,
        "id": machine.id,
        "instance-id": machine.instance_id,
        "agent-status": delta_status(presence.machine_agent(store, machine), model.version if machine.started else ""),
        "instance-status": delta_status(machine.instance),
        "life": machine.life,
        "base": machine.base,
        "container-type": machine.container_type,
        "supported-containers": [] if container or not machine.started else ["lxd"],
        "supported-containers-known": machine.started,
        "hardware-characteristics": machine.hardware,
        "jobs": machine.jobs,
        "addresses": machine.addresses,
        "has-vote": "JobManageModel" in machine.jobs,
        "wants-vote": "JobManageModel" in machine.jobs,
        "hostname": machine.hostname,
    }


def _application(model: Model, app: Application) -> dict[str, Any]:
    return {
        "model-uuid": model.uuid,
        "name": app.name,
        "exposed": app.exposed is not None,
        "charm-url": app.url,
        "owner-tag": "",
        "life": app.life,
        "min-units": 0,
        "constraints": app.constraints,
        "config": app.options,
        "subordinate": app.subordinate,
        "status": {"current": "unset", "message": "", "since": time(app.created), "version": ""},
        "workload-version": next((unit.version for unit in units_of(model, app.name)), ""),
    }


def _unit(store: Store, model: Model, unit: Unit) -> dict[str, Any]:
    machine = model.machines[unit.machine]
    app = model.applications[unit.application]
    workload, agent = presence.unit_statuses(store, model, unit)
    return {
        "model-uuid": model.uuid,
        "name": unit.name,
        "application": unit.application,
        "base": app.base,
        "charm-url": unit.charm or app.url,
        "life": unit.life,
        "public-address": machine.address,
        "private-address": machine.address,
        "machine-id": machine.id,
        "ports": [],
        "port-ranges": [],
        "principal": unit.principal,
        "subordinate": bool(unit.principal),
        "workload-status": delta_status(workload),
        "agent-status": delta_status(agent, model.version if machine.started else ""),
    }


def _relation(model: Model, relation: Relation) -> dict[str, Any]:
    ends = [
        {
            "application-name": end.application,
            "relation": {
                "name": end.name,
                "role": end.role,
                "interface": end.interface,
                "optional": False,
                "limit": end.limit,
                "scope": end.scope,
            },
        }
        for end in relation.endpoints
    ]
    return {"model-uuid": model.uuid, "key": relation.key, "id": relation.id, "endpoints": ends}


def _remote(store: Store, model: Model, name: str) -> dict[str, Any]:
    remote = model.remotes[name]
    return {
        "model-uuid": model.uuid,
        "name": name,
        "offer-uuid": remote.offer_uuid,
        "offer-url": remote.offer_url,
        "life": remote.life,
        "status": delta_status(presence.remote_status(store, remote)),
    }


def _offer(model: Model, name: str) -> dict[str, Any]:
    offer = model.offers[name]
    app = model.applications[offer.application]
    return {
        "model-uuid": model.uuid,
        "offer-name": name,
        "offer-uuid": offer.uuid,
        "application-name": offer.application,
        "charm-name": app.charm,
        "total-connected-count": 0,
        "active-connected-count": 0,
    }


def _action(model: Model, action_id: str) -> dict[str, Any]:
    action = model.actions[action_id]
    return {
        "model-uuid": model.uuid,
        "id": action.id,
        "receiver": untag(action.receiver, "unit") if action.receiver.startswith("unit-") else action.receiver,
        "name": action.name,
        "parameters": action.parameters,
        "status": action.status,
        "message": action.message,
        "results": action.output,
        "enqueued": time(action.enqueued),
        "started": time(action.started),
        "completed": time(action.completed),
    }
