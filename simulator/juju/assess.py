"""What a unit says of itself, from the state of its model alone: relations, peers, certificates, checks, in the charms' words."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from .computeactions import REMOVED
from .records import Application, Model, Relation, Unit
from .rules import Rule, rules
from .store import charm_for, relations_of, units_of

if TYPE_CHECKING:
    from .checks import Checks
    from .relations import Relations

Verdict = tuple[str, str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Need:
    """An endpoint whose data a unit needs; `problem` is "", "missing" or "incomplete"."""

    endpoint: str
    label: str
    problem: str


class Assessor:
    """Judges units."""

    def __init__(self, relations: Relations, checks: Checks) -> None:
        self._relations = relations
        self._checks = checks

    def verdict(self, model: Model, unit: Unit) -> Verdict:
        """Workload status and message of a unit that has started."""
        app = model.applications[unit.application]
        rule = rules().of(app.charm)
        if unit.paused:
            return "maintenance", "Paused. Use 'resume' action to resume normal service."
        if unit.state.get("removed-from-cloud"):
            return "blocked", REMOVED
        needs = self._needs(model, app, unit, rule)
        reactive = rule.reactive or charm_for(model, app).reactive
        found = self._reactive(model, unit, rule, needs) if reactive else self._classic(rule, needs)
        found = found or self._lacks_peers(model, app, rule)
        if not found and rule.check:
            found = self._checks.run(rule.check, model, unit)
        if found:
            return found
        ready = self._checks.ready_text(rule.check, model, unit) if rule.check else None
        leads = rule.ready_leader if app.leader == unit.name else None
        return "active", ready or leads or rule.ready

    def publishes(self, model: Model, unit: Unit, relation: Relation) -> bool:
        """Whether the other side of a relation finds this unit's data there."""
        app = model.applications[unit.application]
        end = relation.end_of(app.name)
        condition = rules().of(app.charm).publishes.get(end.name if end else "", "ready")
        if condition == "started":
            return unit.started
        if condition == "ready":
            return self.verdict(model, unit)[0] == "active"
        return self._checks.holds(condition, model, unit)

    def complete(self, model: Model, unit: Unit, relation: Relation) -> bool:
        """Whether a unit has all it needs from a relation."""
        if relation.life != "alive" or relation.id not in unit.joined:
            return False
        if relation.other_end(unit.application).application in model.remotes:
            return True
        return any(relation.id in other.published for other in self._relations.providers(model, relation, unit))

    def has_certificate(self, model: Model, unit: Unit) -> bool | None:
        """Whether a unit got its server certificate; None when it is related to nobody who would issue one."""
        related = [r for r in relations_of(model, unit.application) if _name_of(r, unit) == "certificates"]
        return any(self.complete(model, unit, relation) for relation in related) if related else None

    def _needs(self, model: Model, app: Application, unit: Unit, rule: Rule) -> list[Need]:
        charm, found = charm_for(model, app), []
        track = app.channel.partition("/")[0]
        for name, end in charm.endpoints.items():
            related = self._related(model, unit, name) or self._related(model, unit, rule.instead.get(name, ""))
            wanted = name in rule.requires and track not in rule.spared.get(name, ())
            if not wanted and not (related and end.role == "requirer" and end.interface in rules().needed_when_related):
                continue
            done = any(self.complete(model, unit, relation) for relation in related)
            problem = "" if done else "incomplete" if related else "missing"
            found.append(Need(endpoint=name, label=rules().labels.get(end.interface, name), problem=problem))
        order = {name: index for index, name in enumerate(rule.requires)}
        return sorted(found, key=lambda need: order.get(need.endpoint, len(order)))

    def _related(self, model: Model, unit: Unit, endpoint: str) -> list[Relation]:
        return [r for r in relations_of(model, unit.application) if _name_of(r, unit) == endpoint and r.life == "alive"]

    def _classic(self, rule: Rule, needs: list[Need]) -> Verdict | None:
        plural = "" if rule.singular else "s"
        for problem, status in (("missing", "blocked"), ("incomplete", "waiting")):
            labels = list(dict.fromkeys(need.label for need in needs if need.problem == problem))
            if labels:
                return status, f"{problem.capitalize()} relation{plural}: {', '.join(labels)}"
        return None

    def _reactive(self, model: Model, unit: Unit, rule: Rule, needs: list[Need]) -> Verdict | None:
        missing = [need for need in needs if need.problem == "missing"]
        if rule.incomplete and not missing and any(need.problem for need in needs):
            return "waiting", rule.incomplete
        parts = [f"'{need.endpoint}' {need.problem}" for need in needs if need.problem]
        certificate = self.has_certificate(model, unit) if rule.certificates else True
        if rule.quorum_peer and not certificate:
            parts.append(f"'{rule.quorum_peer}' incomplete")
        if certificate is None:
            parts.append("'certificates' missing")
        elif not certificate:
            parts.append("'certificates' awaiting server certificate data")
        if not parts:
            return None
        return "blocked" if missing or certificate is None else "waiting", ", ".join(parts)

    def _lacks_peers(self, model: Model, app: Application, rule: Rule) -> Verdict | None:
        if rule.peers is None:
            return None
        least = self._checks.least(model, app, rule.peers)
        there = [unit for unit in units_of(model, app.name) if unit.started and not unit.stopping]
        if len(there) >= least or app.state.get("clustered"):
            app.state["clustered"] = True
            return None
        return rule.peers.status, rule.peers.text.format(least=least)


def _name_of(relation: Relation, unit: Unit) -> str:
    end = relation.end_of(unit.application)
    return end.name if end else ""
