"""Units: added to applications, assigned to machines, followed by subordinates."""

from __future__ import annotations

from typing import Any

from .errors import ApiError
from .hooks import INSTALLATION
from .machines import merged
from .parts import Parts
from .records import Application, Machine, Model, Relation, Storage, Unit
from .relations import has_subordinate
from .store import charm_for, elect, machine, next_number
from .store import unit as find_unit


class Units:
    """Makes units."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def add(self, model: Model, app: Application, count: int, placements: list[dict[str, str]]) -> list[str]:
        """Adds units to a principal application, each where its placement says; a unit without one gets a new machine.

        Raises:
            ApiError: the application takes no units, or a placement is no good; units before it stay, as with a real controller.
        """
        if app.subordinate:
            raise ApiError("cannot add units to a subordinate application", "application should not have units")
        if app.life != "alive":
            raise ApiError(
                f'cannot add unit 1/{count} to application "{app.name}": application is not found or not alive', "not found"
            )
        names = []
        for index in range(count):
            placement = placements[index] if index < len(placements) else None
            try:
                names.append(self._add_one(model, app, placement).name)
            except ApiError as exc:
                text = f'cannot add unit {index + 1}/{count} to application "{app.name}": {exc.message}'
                raise ApiError(text, exc.code) from exc
        return names

    def add_subordinate(self, model: Model, relation: Relation, member: Unit) -> None:
        """Gives a principal unit its unit of the subordinate application on the other side of a relation."""
        other = model.applications.get(relation.other_end(member.application).application)
        alone = member.principal or not other or not other.subordinate or other.life != "alive" or member.life != "alive"
        if alone or other is None or has_subordinate(model, member, other.name):
            return
        self._make(model, other, model.machines[member.machine], principal=member.name)

    def begin(self, model: Model, where: Machine) -> None:
        """Lets the units on a machine whose agent has come up install their charms."""
        for unit in [u for u in model.units.values() if u.machine == where.id and not u.started and not u.queue]:
            self._install(model, unit)

    def _add_one(self, model: Model, app: Application, placement: dict[str, str] | None) -> Unit:
        where = self._place(model, app, placement)
        if where.base != app.base:
            raise ApiError(
                f"cannot assign unit to machine {where.id}: base does not match: "
                f'unit has "{app.base}", machine has "{where.base}"',
                "incompatible base",
            )
        if where.life != "alive":
            raise ApiError(f"cannot assign unit to machine {where.id}: machine is not found or not alive", "not found")
        return self._make(model, app, where)

    def _place(self, model: Model, app: Application, placement: dict[str, str] | None) -> Machine:
        machines, constraints = self._parts.machines, self._constraints(model, app)
        spaces = sorted({space for space in app.bindings.values() if space})
        if placement is None:
            return machines.add(model, app.base, constraints, spaces=spaces)
        scope, directive = placement.get("scope", ""), placement.get("directive", "")
        if scope == "#":
            return machine(model, directive)
        return machines.place(model, app.base, constraints, (scope, directive), spaces=spaces)

    def _constraints(self, model: Model, app: Application) -> dict[str, Any]:
        return merged(model.constraints, app.constraints)

    def _make(self, model: Model, app: Application, where: Machine, principal: str = "") -> Unit:
        name = f"{app.name}/{next_number(model, f'application-{app.name}')}"
        store = self._parts.store
        text = "agent initialising" if where.started else "waiting for container" if where.parent else "waiting for machine"
        unit = Unit(
            name=name,
            application=app.name,
            machine=where.id,
            principal=principal,
            agent=store.status("allocating"),
            workload=store.status("waiting", text),
        )
        model.units[name] = unit
        self._give_storage(model, app, unit)
        if where.started:
            self._install(model, unit)
        return unit

    def _install(self, model: Model, unit: Unit) -> None:
        elect(model, unit.application)
        entries = [entry for entry in INSTALLATION if entry != "leader-elected" or self._leads(model, unit)]
        unit.workload = self._parts.store.status("waiting", "installing agent")
        self._parts.hooks.add(model, unit, *entries)

    def _leads(self, model: Model, unit: Unit) -> bool:
        return model.applications[unit.application].leader == unit.name

    def _give_storage(self, model: Model, app: Application, unit: Unit) -> None:
        charm = charm_for(model, app)
        for name, asked in app.storage.items():
            for _ in range(int(asked.get("Count", 1)) if name in charm.storage else 0):
                give(self._parts, model, unit, name, asked)


def give(parts: Parts, model: Model, unit: Unit, name: str, asked: dict[str, Any]) -> str:
    """Attaches a new storage instance to a unit; returns its tag."""
    tag = f"storage-{name}-{next_number(model, 'storage')}"
    pool, size = asked.get("Pool") or "maas", int(asked.get("Size") or 1024)
    model.storage[tag] = Storage(tag=tag, name=name, unit=unit.name, pool=pool, size=size, since=parts.clock.now())
    find_unit(model, unit.name).storage.append(tag)
    return tag
