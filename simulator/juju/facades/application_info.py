"""Application, third part: what one may ask of applications and units."""

from __future__ import annotations

from typing import Any

from .. import store
from ..errors import ApiError
from ..facade import Call, each, each_result, tags
from ..fullstatus import bindings, exposed_endpoints
from ..records import Application, Model, Unit
from ..store import charm_for
from ..wire import base_of, untag
from ..wire import tag as make_tag
from .application import facade

_TRUST = "Does this application have access to trusted credentials"


@facade.reads("Get")
def get(call: Call) -> dict[str, Any]:
    """An application's settings with types, defaults and where they come from."""
    app = store.application(call.model, call.params["application"])
    return {
        "application": app.name,
        "charm": app.charm,
        "config": settings(call.model, app),
        "application-config": {"trust": _trust(app)},
        "constraints": app.constraints,
        "base": base_of(app.base),
        "channel": app.channel,
        "endpoint-bindings": bindings(app, charm_for(call.model, app)),
    }


@facade.reads("CharmConfig")
def charm_config(call: Call) -> dict[str, Any]:
    """Applications' settings."""

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        return {"config": settings(call.model, store.application(call.model, asked["application"]))}

    return each(call.params.get("args") or [], one, "Results", config={})


@facade.reads("GetConfig")
def get_config(call: Call) -> dict[str, Any]:
    """Applications' settings, by tag."""

    def one(tag: str) -> dict[str, Any]:
        return {"config": settings(call.model, _application(call.model, tag))}

    return each(tags(call.params), one, "Results", config={})


@facade.reads("GetConstraints")
def get_constraints(call: Call) -> dict[str, Any]:
    """Applications' constraints."""
    return each(tags(call.params), lambda tag: {"constraints": _application(call.model, tag).constraints}, constraints={})


@facade.reads("GetCharmURLOrigin")
def charm_url_origin(call: Call) -> dict[str, Any]:
    """Which charm an application runs, and where it came from."""
    app = store.application(call.model, call.params["application"])
    return {"url": app.url, "charm-origin": app.origin}


@facade.reads("CharmRelations")
def charm_relations(call: Call) -> dict[str, Any]:
    """Names of an application's endpoints."""
    app = store.application(call.model, call.params["application"])
    return {"charm-relations": sorted(charm_for(call.model, app).endpoints)}


@facade.reads("ApplicationsInfo")
def applications_info(call: Call) -> dict[str, Any]:
    """All about applications but their units."""

    def one(tag: str) -> dict[str, Any]:
        app = _application(call.model, tag)
        return {
            "tag": tag,
            "charm": app.charm,
            "base": base_of(app.base),
            "channel": app.channel,
            "constraints": app.constraints,
            "principal": not app.subordinate,
            "exposed": app.exposed is not None,
            "remote": False,
            "life": app.life,
            "endpoint-bindings": bindings(app, charm_for(call.model, app)),
            "exposed-endpoints": exposed_endpoints(app),
        }

    return each_result(tags(call.params), one)


@facade.reads("UnitsInfo")
def units_info(call: Call) -> dict[str, Any]:
    """All about units; for an application's tag about each of its units."""
    units: list[str] = []
    for tag in tags(call.params):
        if tag.startswith("application-"):
            app = _application(call.model, tag)
            units += [unit.name for unit in store.units_of(call.model, app.name)]
        else:
            units.append(untag(tag, "unit"))
    return each_result(units, lambda name: _unit(call.model, store.unit(call.model, name)))


@facade.reads("Leader")
def leader(call: Call) -> dict[str, Any]:
    """The leading unit of an application."""
    app = _application(call.model, call.params["tag"])
    name = store.leader_of(call.model, app.name)
    if not name:
        raise ApiError(f'leader for "{app.name}" not found', "not found")
    return {"result": name}


def settings(model: Model, app: Application) -> dict[str, Any]:
    """Every option with value, default, type and source."""
    shown = {}
    for name, (kind, default) in charm_for(model, app).options.items():
        value = app.options.get(name, default)
        source = "user" if name in app.options else "default" if default is not None else "unset"
        shown[name] = {"type": kind, "description": "", "source": source}
        shown[name] |= {key: v for key, v in (("value", value), ("default", default)) if v is not None}
    beyond = {name: value for name, value in app.options.items() if name not in shown}
    return shown | {name: {"type": "string", "description": "", "source": "user", "value": v} for name, v in beyond.items()}


def _trust(app: Application) -> dict[str, Any]:
    source = "user" if app.trust else "default"
    return {"value": app.trust, "default": False, "source": source, "type": "bool", "description": _TRUST}


def _unit(model: Model, unit: Unit) -> dict[str, Any]:
    machine, app = model.machines[unit.machine], model.applications[unit.application]
    return {
        "tag": make_tag("unit", unit.name),
        "workload-version": "",
        "machine": machine.id,
        "opened-ports": [],
        "public-address": machine.address,
        "address": machine.address,
        "charm": app.url,
        "leader": app.leader == unit.name,
        "life": unit.life,
        "relation-data": [_relation_data(model, unit, number) for number in unit.joined if number in model.relations],
    }


def _relation_data(model: Model, unit: Unit, number: int) -> dict[str, Any]:
    relation = model.relations[number]
    own, other = relation.end_of(unit.application), relation.other_end(unit.application)
    there = [u for u in store.units_of(model, other.application) if number in u.joined]
    data = {u.name: {"InScope": True, "UnitData": {"ingress-address": model.machines[u.machine].address}} for u in there}
    return {
        "relation-id": number,
        "endpoint": own.name if own else "",
        "related-endpoint": other.name,
        "cross-model": other.application in model.remotes,
        "ApplicationData": {},
        "unit-relation-data": data,
    }


def _application(model: Model, tag: str) -> Application:
    return store.application(model, untag(tag, "application"))
