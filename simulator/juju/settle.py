"""What follows from a hook: units judge themselves anew, hand out data, and wake those who waited for it."""

from __future__ import annotations

from .assess import Assessor
from .checks import Checks
from .parts import Parts
from .records import Machine, Model, Relation, Unit
from .rules import rules
from .store import containers_of, relations_of, remember, units_of


class Settle:
    """Carries news from unit to unit along relations, each step as a hook of its own."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.checks = Checks(parts.world)
        self.assessor = Assessor(parts.relations, self.checks)

    def after_hook(self, model: Model, unit: Unit) -> None:
        """Judges the unit and its peers, which hear of it over their peer relation."""
        self.refresh(model, unit.application)

    def refresh(self, model: Model, application: str) -> None:
        """Judges all units of an application."""
        if application not in model.applications:
            return
        for unit in units_of(model, application):
            if unit.started and not unit.stopping:
                self._judge(model, unit)

    def reconfigured(self, model: Model, unit: Unit) -> None:
        """Tells the other sides what a changed option makes of a unit, where its data is a number that they count."""
        if rules().of(model.applications[unit.application].charm).check != "block-devices":
            return
        for relation in relations_of(model, unit.application):
            if relation.id in unit.published:
                self.wake(model, relation, unit)

    def rebooted(self, model: Model, machine: Machine) -> None:
        """A machine came up again: a Vault on it is sealed."""
        names = {machine.id, *(container.id for container in containers_of(model, machine.id))}
        for unit in [u for u in model.units.values() if u.machine in names]:
            vault = model.applications[unit.application].state.get("vault")
            if vault:
                vault["unsealed"] = [name for name in vault["unsealed"] if name != unit.name]
                self.refresh(model, unit.application)

    def _judge(self, model: Model, unit: Unit) -> None:
        status, text = self.assessor.verdict(model, unit)
        unit.workload = self._parts.store.renewed(unit.workload, status, text)
        remember(unit)
        for relation in relations_of(model, unit.application):
            new = relation.id in unit.joined and relation.id not in unit.published
            if new and relation.life == "alive" and self.assessor.publishes(model, unit, relation):
                unit.published.append(relation.id)
                self.wake(model, relation, unit)

    def wake(self, model: Model, relation: Relation, unit: Unit) -> None:
        """Tells the other side of a relation that there is news."""
        for other in self._parts.relations.providers(model, relation, unit):
            if relation.id in other.joined and not other.stopping:
                self._parts.hooks.add(model, other, f"changed {relation.id}")
