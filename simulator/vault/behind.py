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

_DATABASES = ("shared-db", "db")
_PATIENCE = 60.0
"""Real seconds for which a token is good at least, however fast the rack's clock runs."""


def answer(parts: Parts, model: Model, unit: Unit, call: Call) -> Reply:
    """The answer of a unit's Vault; what changes in it is saved, and its charm sees it."""
    if not _runs(parts, model, unit):
        return Reply(status=502, body="connection refused", headers={"X-Simulator": "unreachable"})
    app = model.applications[unit.application]
    with opened(app) as state:
        before = (state.initialised, sorted(state.unsealed))
        reply = answered(server(parts, model, unit, state), call)
    if before != (state.initialised, sorted(state.unsealed)):
        parts.settle.refresh(model, app.name)
    if call.method not in ("GET", "HEAD", "LIST"):
        parts.changed()
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
    if not stored and state.initialised:  # members of a raft cluster find one another, once there is one
        state.joined = [u.name for u in model.units.values() if u.application == app and u.started]
    members = [u for u in model.units.values() if u.application == app and u.started and not u.paused]
    return Server(
        state=state,
        unit=unit.name,
        now=parts.clock.now(),
        storage="mysql" if stored else "raft",
        members=[(u.name, model.machines[u.machine].address) for u in members],
        clustered=not stored or "etcd" in related,
        patience=_PATIENCE * parts.clock.factor,
    )


def _runs(parts: Parts, model: Model, unit: Unit) -> bool:
    """Whether a unit's Vault was started: it is once it has the database that it is related to."""
    if not unit.started or unit.stopping or unit.paused:
        return False
    relations = [r for r in model.relations.values() if _database(r.end_of(unit.application))]
    return all(parts.settle.assessor.complete(model, unit, relation) for relation in relations)


def _database(end: Any) -> bool:
    return end is not None and end.name in _DATABASES
