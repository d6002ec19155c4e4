"""Application, first part: applications deployed, units and relations added and removed."""

from __future__ import annotations

import ipaddress
from typing import Any

import yaml

from .. import charms, store
from ..deploying import Deployment, deploy
from ..errors import ApiError
from ..facade import Call, Facade, each
from ..records import Endpoint
from ..wire import NANOSECONDS, base_of, read_base, tag, untag

facade = Facade("Application", 15, 16, 17, 18, 19, 20, 21)


@facade.writes("DeployFromRepository")
def deploy_from_repository(call: Call) -> dict[str, Any]:
    """Deploys charms of the store."""
    return {"Results": [_deploy_one(call, asked) for asked in call.params.get("Args") or []]}


@facade.writes("Deploy")
def deploy_charms(call: Call) -> dict[str, Any]:
    """Deploys charms that were added before, local ones too."""

    def one(asked: dict[str, Any]) -> None:
        origin = asked.get("charm-origin") or {}
        channel = "/".join(part for part in (origin.get("track"), origin.get("risk")) if part)
        deploy(
            call.parts,
            call.model,
            Deployment(
                name=asked["application"],
                reference=asked["charm-url"],
                channel=asked.get("channel") or channel,
                base=read_base(origin.get("base")),
                revision=origin.get("revision"),
                config=_config(asked["application"], asked.get("config-yaml"), asked.get("config")),
                constraints=asked.get("constraints") or {},
                units=asked.get("num-units") or 0,
                placements=asked.get("placement") or [],
                bindings=asked.get("endpoint-bindings") or {},
                storage=asked.get("storage") or {},
                resources=asked.get("resources") or {},
            ),
        )

    return each(call.params["applications"], one)


@facade.writes("AddUnits")
def add_units(call: Call) -> dict[str, Any]:
    """Adds units to an application."""
    count = int(call.params.get("num-units") or 0)
    if count < 1:
        raise ApiError("must add at least one unit", "")
    app = store.application(call.model, call.params["application"])
    return {"units": call.parts.units.add(call.model, app, count, call.params.get("placement") or [])}


@facade.writes("DestroyUnit")
def destroy_unit(call: Call) -> dict[str, Any]:
    """Lets units go."""

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        unit = store.unit(call.model, untag(asked["unit-tag"], "unit"))
        if unit.principal:
            advice = f'to remove use remove-relation. Note: this will remove all units of "{unit.application}"'
            raise ApiError(f'unit "{unit.name}" is a subordinate, {advice}', "")
        if not asked.get("dry-run"):
            call.parts.lifecycle.destroy_unit(call.model, unit, force=bool(asked.get("force")), wait=_wait(asked))
        return {"info": _storage(unit.storage, bool(asked.get("destroy-storage")))}

    return each(call.params["units"], one)


@facade.writes("DestroyApplication")
def destroy_application(call: Call) -> dict[str, Any]:
    """Lets applications go with their units and relations."""

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        app = store.application(call.model, untag(asked["application-tag"], "application"))
        units = store.units_of(call.model, app.name)
        kept = [name for unit in units for name in unit.storage]
        if not asked.get("dry-run"):
            call.parts.lifecycle.destroy_application(call.model, app, force=bool(asked.get("force")), wait=_wait(asked))
        info = {"destroyed-units": [{"tag": tag("unit", unit.name)} for unit in units]}
        return {"info": info | _storage(kept, bool(asked.get("destroy-storage")))}

    return each(call.params["applications"], one)


@facade.writes("AddRelation")
def add_relation(call: Call) -> dict[str, Any]:
    """Relates two endpoints."""
    first, second = _two(call.params["endpoints"])
    via = call.params.get("via-cidrs") or []
    for cidr in via:
        _check_egress(cidr)
    relation = call.parts.relations.add(call.model, first, second)
    relation.via = list(via)
    return {"endpoints": {end.application: _relation_wire(end) for end in relation.endpoints}}


def _check_egress(cidr: str) -> None:
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError:
        raise ApiError(f'CIDR "{cidr}" not valid', "not valid") from None
    if network.prefixlen == 0:
        raise ApiError(f'CIDR "{cidr}" not allowed', "not valid")


@facade.writes("DestroyRelation")
def destroy_relation(call: Call) -> None:
    """Ends a relation, given by its endpoints or its id."""
    if "relation-id" in call.params and not call.params.get("endpoints"):
        number = int(call.params["relation-id"])
        if number not in call.model.relations:
            raise ApiError(f'relation "{number}" not found', "not found")
        relation = call.model.relations[number]
    else:
        relation = call.parts.relations.find(call.model, list(_two(call.params["endpoints"])))
    if relation.endpoints[0].role == "peer":
        raise ApiError(f'cannot destroy relation "{relation.key}": is a peer relation', "")
    call.parts.relations.destroy(call.model, relation, force=bool(call.params.get("force")))


@facade.writes("SetRelationsSuspended")
def set_suspended(call: Call) -> dict[str, Any]:
    """Suspends relations, or lets them go on."""

    def one(asked: dict[str, Any]) -> None:
        relation = call.model.relations.get(int(asked["relation-id"]))
        if relation is None:
            raise ApiError(f'relation "{asked["relation-id"]}" not found', "not found")
        relation.suspended = bool(asked.get("suspended"))
        status = "suspended" if relation.suspended else "joined"
        relation.status = call.parts.store.status(status, asked.get("message") or "")

    return each(call.params.get("args") or [], one)


@facade.writes("ResolveUnitErrors")
def resolve(call: Call) -> dict[str, Any]:
    """Ends units' hook errors."""
    names = [untag(entity["tag"], "unit") for entity in (call.params.get("tags") or {}).get("entities") or []]
    if call.params.get("all"):
        names = [unit.name for unit in call.model.units.values() if unit.failed]

    def one(name: str) -> None:
        unit = store.unit(call.model, name)
        if not unit.failed:
            raise ApiError(f'unit "{name}" is not in an error state', "")
        call.parts.hooks.resolve(call.model, unit, retry=bool(call.params.get("retry")))

    return each(names, one)


def _deploy_one(call: Call, asked: dict[str, Any]) -> dict[str, Any]:
    nothing = {"architecture": "", "channel": "", "name": "", "revision": 0}
    try:
        name = charms.parse_name(asked["CharmName"])
        made = deploy(
            call.parts,
            call.model,
            Deployment(
                name=asked.get("ApplicationName") or name,
                reference=asked["CharmName"],
                channel=asked.get("channel") or "",
                base=read_base(asked.get("base")),
                revision=asked.get("revision"),
                config=_config(asked.get("ApplicationName") or name, asked.get("ConfigYAML"), None),
                constraints=asked.get("Cons") or {},
                units=1 if "num-units" not in asked else int(asked["num-units"]),
                placements=asked.get("Placement") or [],
                bindings=asked.get("endpoint-bindings") or {},
                storage=asked.get("Storage") or {},
                resources=asked.get("resources") or {},
                trust=bool(asked.get("Trust")),
                force=bool(asked.get("force")),
                dry_run=bool(asked.get("DryRun")),
            ),
        )
    except ApiError as exc:
        return {"Errors": [exc.wire()], "Info": nothing, "PendingResourceUploads": []}
    info = {
        "architecture": "amd64",
        "base": base_of(made.base),
        "channel": made.channel,
        "effective-channel": made.channel,
        "name": made.charm,
        "revision": made.origin["revision"],
    }
    return {"Errors": [], "Info": info, "PendingResourceUploads": []}


def _config(name: str, text: str | None, values: dict[str, Any] | None) -> dict[str, Any]:
    """The settings in a configuration in YAML, under the application's name or bare, with plain values over them."""
    try:
        read = yaml.safe_load(text) if text else {}
    except yaml.YAMLError as exc:
        raise ApiError(f"cannot parse settings data: {exc}", "bad request") from exc
    if not isinstance(read, dict):
        raise ApiError("cannot parse settings data: not a map", "bad request")
    inner = read.get(name)
    return (inner if isinstance(inner, dict) else {} if name in read else read) | (values or {})


def _two(endpoints: list[str]) -> tuple[str, str]:
    if len(endpoints) != 2:
        raise ApiError("relation must have two endpoints", "bad request")
    return endpoints[0], endpoints[1]


def _relation_wire(end: Endpoint) -> dict[str, Any]:
    return end.model_dump(exclude={"application"}) | {"optional": False}


def _wait(asked: dict[str, Any]) -> float | None:
    return asked["max-wait"] / NANOSECONDS if "max-wait" in asked else None


def _storage(names: list[str], destroyed: bool) -> dict[str, Any]:
    shown = [{"tag": name} for name in names]
    return (
        {"destroyed-storage": shown, "detached-storage": []}
        if destroyed
        else {"destroyed-storage": [], "detached-storage": shown}
    )
