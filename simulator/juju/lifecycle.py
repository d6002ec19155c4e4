"""Endings: alive → dying → dead of units, applications and models, in Juju's order.

Subordinates leave before their principal, units run their last hooks, an application goes with its last unit and relation, a
machine with its last unit, a model with its last machine.
"""

from __future__ import annotations

from . import timing
from .errors import ApiError
from .parts import Parts
from .records import Application, Model, Unit
from .store import elect, relations_of, subordinates_of, units_of


class Lifecycle:
    """Removes what is asked to go."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        parts.clock.on("juju.force-unit", self._force)

    def destroy_unit(self, model: Model, unit: Unit, *, force: bool = False, wait: float | None = None) -> None:
        """Lets a unit leave. `wait` is how long (seconds) force gives each step."""
        if unit.life == "alive":
            unit.life = "dying"
            elect(model, unit.application)
        unit.force = unit.force or force
        for subordinate in subordinates_of(model, unit.name):
            self.destroy_unit(model, subordinate, force=force, wait=wait)
        if force:
            seconds = timing.FORCE_WAIT if wait is None else wait
            self._parts.clock.after(seconds, "juju.force-unit", model=model.uuid, unit=unit.name)
        self._leave(model, unit)

    def remove_unit(self, model: Model, unit: Unit) -> None:
        """Takes a unit away for good, and with it what it was the last of."""
        if model.units.pop(unit.name, None) is None:
            return
        self._parts.hooks.drop(model, unit)
        for tag in unit.storage:
            model.storage.pop(tag, None)
        elect(model, unit.application)
        self._parts.relations.left(model, unit)
        principal = model.units.get(unit.principal)
        if principal and principal.life != "alive":
            self._leave(model, principal)
        self.check_application(model, unit.application)
        self._parts.machines.end_when_empty(model, unit.machine)

    def destroy_application(self, model: Model, app: Application, *, force: bool = False, wait: float | None = None) -> None:
        """Lets an application go with its units and relations.

        Raises:
            ApiError: another model uses an offer of it.
        """
        offers = [offer.name for offer in model.offers.values() if offer.application == app.name]
        if offers and not force:
            shown = f"{len(offers)} offer{'s' if len(offers) > 1 else ''}"
            raise ApiError(f'cannot destroy application "{app.name}": application is used by {shown}', "")
        for offer in offers:
            model.offers.pop(offer)
        if app.life == "alive":
            app.life = "dying"
        for relation in relations_of(model, app.name):
            self._parts.relations.destroy(model, relation, force=force)
        for unit in units_of(model, app.name):
            self.destroy_unit(model, unit, force=force, wait=wait)
        self.check_application(model, app.name)

    def check_application(self, model: Model, name: str) -> None:
        """Removes a dying application that has nothing left."""
        app = model.applications.get(name)
        if app is None or app.life == "alive" or units_of(model, name):
            return
        for relation in relations_of(model, name):
            if relation.life == "alive":
                self._parts.relations.destroy(model, relation)
        if relations_of(model, name) or name not in model.applications:
            return
        del model.applications[name]
        model.annotations.pop(f"application-{name}", None)
        self.check_model(model)

    def destroy_model(self, model: Model, *, force: bool = False, wait: float | None = None) -> None:
        """Lets a model go with everything in it."""
        if model.life == "alive":
            model.life = "dying"
            model.status = self._parts.store.status("destroying", "cleaning up cloud resources")
        model.force = model.force or force
        for offer in list(model.offers):
            model.offers.pop(offer)
        for remote in list(model.remotes):
            self.remove_remote(model, remote)
        for app in list(model.applications.values()):
            if app.name in model.applications:
                self.destroy_application(model, app, force=force, wait=wait)
        self._end_machines(model)
        self.check_model(model)

    def check_model(self, model: Model) -> None:
        """Removes a dying model that is empty, and lets its empty machines go."""
        if model.life != "dying" or model.is_controller:
            return
        if not model.applications:
            self._end_machines(model)
        if model.applications or model.machines or model.units:
            return
        controller = self._parts.store.controller_of(model)
        controller.models.pop(model.uuid, None)
        model.life = "dead"  # whoever looks again on the way out finds nothing left to do
        self._parts.controllers.model_gone(controller)

    def remove_remote(self, model: Model, name: str) -> None:
        """Forgets a consumed offer and the relations with it."""
        for relation in relations_of(model, name):
            self._parts.relations.destroy(model, relation, force=True)
        model.remotes.pop(name, None)

    def _end_machines(self, model: Model) -> None:
        for machine in list(model.machines.values()):
            if machine.life == "alive" or model.force:
                self._parts.machines.end_when_empty(model, machine.id)

    def _leave(self, model: Model, unit: Unit) -> None:
        """Takes the next step of a dying unit: wait for its subordinates, then its last hooks, or simply go."""
        if unit.name not in model.units or unit.stopping or subordinates_of(model, unit.name):
            return
        machine = model.machines[unit.machine]
        if not unit.started and not unit.running and not unit.failed and (not machine.started or "install" in unit.queue):
            self.remove_unit(model, unit)
            return
        unit.stopping = True
        broken = [f"broken {number}" for number in unit.joined]
        self._parts.hooks.replace(model, unit, *broken, "stop", "remove")

    def _force(self, model: str, unit: str) -> None:
        where = self._parts.store.find_model(model)
        found = where.units.get(unit) if where else None
        if where is None or found is None:
            return
        for subordinate in subordinates_of(where, unit):
            self.remove_unit(where, subordinate)
        self.remove_unit(where, found)
        self._parts.store.changed()
