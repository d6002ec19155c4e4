"""Vault as it runs in a unit of the simulated Juju: which units listen, and where their state is kept."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..openstack.call import Call, Reply
from .routes import answer as answered
from .server import Server
from .state import State

if TYPE_CHECKING:
    from ..juju.parts import Parts
    from ..juju.records import Application, Model, Unit
    from ..juju.service import Service

_DATABASES = ("shared-db", "db")


def listens(juju: Service, model: str, unit: str) -> bool:
    """Whether a unit's Vault runs: it was started, and has the database that it is related to."""
    found = _unit(juju, model, unit)
    if found is None or not found[1].started or found[1].stopping or found[1].paused:
        return False
    where, who = found
    assessor = juju.parts.settle.assessor
    relations = [r for r in where.relations.values() if _database(r.end_of(who.application))]
    return all(assessor.complete(where, who, relation) for relation in relations)


async def answer(juju: Service, model: str, unit: str, call: Call) -> Reply:
    """The answer of a unit's Vault; what changes in it is saved, and its charm sees it."""
    found = _unit(juju, model, unit)
    if found is None:
        return Reply(status=502, body=f"there is no unit {unit}")
    where, who = found
    app = where.applications[who.application]
    with opened(app) as state:
        before = (state.initialised, sorted(state.unsealed))
        reply = answered(server(juju.parts, where, who, state), call)
    if before != (state.initialised, sorted(state.unsealed)):
        juju.parts.settle.refresh(where, app.name)
    if call.method not in ("GET", "HEAD", "LIST"):
        juju.parts.changed()
    return reply


@contextlib.contextmanager
def opened(app: Application) -> Iterator[State]:
    """The state of a Vault application, to be changed; kept when the block ends."""
    state = State.model_validate(app.state.get("vault") or {})
    yield state
    app.state["vault"] = state.model_dump(mode="json")


def server(parts: Parts, model: Model, unit: Unit, state: State) -> Server:
    """A unit's server over that state."""
    app = unit.application
    related = {end.name for relation in model.relations.values() if (end := relation.end_of(app))}
    stored = any(name in related for name in _DATABASES)
    members = [u for u in model.units.values() if u.application == app and u.started and not u.paused]
    return Server(
        state=state,
        unit=unit.name,
        now=parts.clock.now(),
        storage="mysql" if stored else "raft",
        members=[(u.name, model.machines[u.machine].address) for u in members],
        clustered=not stored or "etcd" in related,
    )


def _unit(juju: Service, model: str, unit: str) -> tuple[Model, Unit] | None:
    where = juju.parts.store.find_model(model)
    who = where.units.get(unit) if where else None
    return (where, who) if where and who else None


def _database(end: Any) -> bool:
    return end is not None and end.name in _DATABASES
