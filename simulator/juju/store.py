"""The controllers' memory, and who is told when it changes.

Owns: records, look-ups with the controller's own errors, sequences of numbers, leaders. Does not own: what happens to them.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable
from typing import Any

from ..clock import Clock
from .charms import Charm, charm_of, find
from .errors import ApiError, no_machine, not_found
from .records import Action, Application, Controller, Machine, Model, Relation, State, Status, Unit, User

_ROUNDS = 2000
HISTORY = 40


class Store:
    """All controllers of the rack. `lost(*names)` says whether an agent of one of these names is cut off on purpose."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.state = State()
        self.lost: Callable[..., bool] = lambda *names: False
        self._watchers: list[Callable[[], None]] = []

    def dump(self) -> dict[str, Any]:
        """The records as JSON values."""
        return self.state.model_dump(mode="json")

    def load(self, data: dict[str, Any]) -> None:
        """Takes dumped records back."""
        self.state = State.model_validate(data)

    def watch(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Tells `handler` whenever something may have changed; the result ends that."""
        self._watchers.append(handler)
        return lambda: self._watchers.remove(handler) if handler in self._watchers else None

    def changed(self) -> None:
        """Tells the watchers."""
        for handler in list(self._watchers):
            handler()

    def status(self, status: str, info: str = "", **data: Any) -> Status:
        """A status that begins now."""
        return Status(status=status, info=info, since=self.clock.now(), data=data)

    def renewed(self, old: Status, status: str, info: str = "", **data: Any) -> Status:
        """The old status where it says the same, else one that begins now."""
        same = (old.status, old.info, old.data) == (status, info, data)
        return old if same else self.status(status, info, **data)

    @property
    def controllers(self) -> dict[str, Controller]:
        """Controllers by UUID."""
        return self.state.controllers

    def controller_of(self, model: Model) -> Controller:
        """The controller that has this model."""
        return next(c for c in self.controllers.values() if model.uuid in c.models)

    def find_model(self, model: str) -> Model | None:
        """The model of this UUID, in whichever controller."""
        return next((c.models[model] for c in self.controllers.values() if model in c.models), None)

    def models(self) -> list[Model]:
        """All models of all controllers."""
        return [model for controller in self.controllers.values() for model in controller.models.values()]


def charm_for(model: Model, application: Application) -> Charm:
    """The charm that an application runs."""
    if application.url in model.local_charms:
        return charm_of(application.charm, model.local_charms[application.url])
    return find(application.charm).at(int(application.origin.get("revision") or 0))


def option(model: Model, app: Application, name: str) -> Any:
    """An option's value: what was set, or the charm's default."""
    default = charm_for(model, app).options.get(name, ("string", None))[1]
    return app.options.get(name, default)


def next_number(model: Model, sequence: str) -> int:
    """The next number of a sequence; numbers are not used twice."""
    number = model.sequences.get(sequence, 0)
    model.sequences[sequence] = number + 1
    return number


def application(model: Model, name: str) -> Application:
    """The application of this name."""
    if name not in model.applications:
        raise not_found("application", name)
    return model.applications[name]


def unit(model: Model, name: str) -> Unit:
    """The unit of this name."""
    if name not in model.units:
        raise not_found("unit", name)
    return model.units[name]


def machine(model: Model, name: str) -> Machine:
    """The machine of this id."""
    if name not in model.machines:
        raise no_machine(name)
    return model.machines[name]


def action(model: Model, name: str) -> Action:
    """The action of this id."""
    if name not in model.actions:
        raise not_found("action", name)
    return model.actions[name]


def units_of(model: Model, name: str) -> list[Unit]:
    """The application's units, in the order of their numbers."""
    return [found for found in model.units.values() if found.application == name]


def units_on(model: Model, name: str) -> list[Unit]:
    """The units on a machine itself, not in its containers."""
    return [found for found in model.units.values() if found.machine == name]


def subordinates_of(model: Model, name: str) -> list[Unit]:
    """The units that live beside a principal unit."""
    return [found for found in model.units.values() if found.principal == name]


def containers_of(model: Model, name: str) -> list[Machine]:
    """The containers directly in a machine."""
    return [found for found in model.machines.values() if found.parent == name]


def relations_of(model: Model, name: str) -> list[Relation]:
    """The relations that an application takes part in."""
    return [relation for relation in model.relations.values() if relation.end_of(name)]


def remember(unit: Unit) -> None:
    """Adds a unit's present statuses to its history where they are new."""
    failed = Status(status="error", info=f'hook failed: "{unit.failed}"', since=unit.agent.since)
    workload = failed if unit.failed else unit.workload
    for kind, status in (("workload", workload), ("juju-unit", unit.agent)):
        last = next((known for known_kind, known in reversed(unit.history) if known_kind == kind), None)
        if last != status:
            unit.history.append((kind, status.model_copy()))
    del unit.history[:-HISTORY]


def space_named(model: Model, name: str) -> None:
    """Checks that there is a space of this name."""
    if name and all(space.name != name for space in model.spaces):
        raise ApiError(f'space "{name}" not found', "not found")


def leader_of(model: Model, name: str) -> str:
    """The application's leading unit, "" when none is up yet."""
    leader = model.applications[name].leader if name in model.applications else ""
    return leader if leader in model.units else ""


def elect(model: Model, name: str) -> None:
    """Gives the application a leader that is alive where it has none."""
    found = model.applications.get(name)
    if not found:
        return
    current = model.units.get(found.leader)
    if current and current.life == "alive":
        return
    ready = [u.name for u in units_of(model, name) if u.life == "alive" and model.machines[u.machine].started]
    found.leader = ready[0] if ready else (found.leader if current else "")


def set_password(user: User, password: str) -> None:
    """Keeps a password's hash."""
    user.salt = secrets.token_hex(8)
    user.password = _hash(user.salt, password)


def check_password(user: User, password: str) -> bool:
    """Whether this is the user's password."""
    return bool(user.password) and hmac.compare_digest(user.password, _hash(user.salt, password))


def new_uuid() -> str:
    """A UUID as Juju makes them."""
    return str(uuid.uuid4())


def _hash(salt: str, password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ROUNDS).hex()
