"""Hooks: what a unit's agent runs, one at a time on each machine, each taking its time.

A queue entry is a hook's name, for a relation's hooks with its id ("joined 12"), for an action with the action's ("action 3").
"""

from __future__ import annotations

from . import software, timing
from .parts import Parts
from .records import Machine, Model, Unit
from .store import remember, units_on

INSTALLATION = ("install", "leader-elected", "config-changed", "start")
_SHOWN = {
    "joined": "relation-joined",
    "changed": "relation-changed",
    "departed": "relation-departed",
    "broken": "relation-broken",
}


class Hooks:
    """Runs the queues of all units."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        parts.clock.on("juju.hook", self._finish)
        parts.clock.on("juju.hook-retry", self._retry)

    def add(self, model: Model, unit: Unit, *entries: str) -> None:
        """Puts hooks at the end of a unit's queue, each once."""
        unit.queue.extend(entry for entry in entries if entry not in unit.queue)
        self.kick(model, unit.machine)

    def replace(self, model: Model, unit: Unit, *entries: str) -> None:
        """Lets a unit run these hooks and nothing else."""
        unit.queue = unit.queue[:1] if unit.running or unit.failed else []
        self.add(model, unit, *entries)

    def resolve(self, model: Model, unit: Unit, *, retry: bool) -> None:
        """Ends a hook error: the hook runs again, or counts as done."""
        failed, unit.failed, unit.attempts = unit.failed, "", 0
        if failed and not retry and unit.queue:
            self._done(model, unit, unit.queue.pop(0))
        self.kick(model, unit.machine)

    def kick(self, model: Model, machine: str) -> None:
        """Starts the next hook on a machine that is free."""
        found = model.machines.get(machine)
        if found is None or found.holder or not self._runs(model, found):
            return
        waiting = [u for u in units_on(model, machine) if u.queue and not u.failed]
        if waiting:
            self._start(model, found, min(waiting, key=lambda u: u.agent.since))

    def drop(self, model: Model, unit: Unit) -> None:
        """Forgets what a unit runs, since the unit is gone."""
        found = model.machines.get(unit.machine)
        if found and found.holder == unit.name:
            found.holder = ""
            self.kick(model, found.id)

    def name(self, model: Model, unit: Unit, entry: str) -> str:
        """A queue entry as people know the hook."""
        kind, _, number = entry.partition(" ")
        if kind == "action":
            return str(model.actions[number].name) if number in model.actions else kind
        relation = model.relations.get(int(number)) if number else None
        end = relation.end_of(unit.application) if relation else None
        return f"{end.name}-{_SHOWN[kind]}" if end else _SHOWN.get(kind, kind)

    def _runs(self, model: Model, machine: Machine) -> bool:
        host = model.machines.get(machine.parent, machine)
        controllers, controller = self._parts.controllers, self._parts.store.controller_of(model)
        return machine.started and machine.present and host.present and (model.is_controller or controllers.answers(controller))

    def _start(self, model: Model, machine: Machine, unit: Unit) -> None:
        entry = unit.queue[0]
        kind = entry.partition(" ")[0]
        machine.holder, unit.running = unit.name, entry
        store, name = self._parts.store, self.name(model, unit, entry)
        what = f"running action {name}" if kind == "action" else f"running {name} hook"
        unit.agent = store.status("executing", what)
        if kind == "install":
            unit.workload = store.status("maintenance", "installing charm software")
        remember(unit)
        self._parts.clock.after(self._seconds(model, unit, entry), "juju.hook", model=model.uuid, unit=unit.name, entry=entry)
        if kind == "action":
            self._parts.actions.begin(model, entry.partition(" ")[2])

    def _seconds(self, model: Model, unit: Unit, entry: str) -> float:
        kind = entry.partition(" ")[0]
        if kind == "action":
            return timing.ACTIONS.get(self.name(model, unit, entry), timing.ACTION)
        upgrade = timing.ACTIONS["openstack-upgrade"] if kind == "config-changed" and software.due_by_itself(model, unit) else 0
        return timing.hook_seconds(kind, bool(unit.principal)) + upgrade

    def _finish(self, model: str, unit: str, entry: str) -> None:
        where = self._parts.store.find_model(model)
        who = where.units.get(unit) if where else None
        if where is None or who is None or who.running != entry:
            return
        who.running = ""
        machine = where.machines[who.machine]
        machine.holder = ""
        if not self._runs(where, machine):
            return  # the machine was switched off meanwhile: the hook runs anew when it is back
        name = self.name(where, who, entry)
        if not entry.startswith("action ") and not who.force and self._goes_wrong(where, who, name):
            self._fail(where, who, name)
        else:
            self._succeed(where, who, entry)
        remember(who)
        self.kick(where, machine.id)
        self._parts.store.changed()

    def _goes_wrong(self, model: Model, unit: Unit, hook: str) -> bool:
        configures = hook in ("install", "config-changed") and software.impossible(model, unit)
        return configures or self._parts.faults.hook_fails(unit.application, unit.name, hook)

    def _fail(self, model: Model, unit: Unit, name: str) -> None:
        unit.failed, unit.agent = name, self._parts.store.status("idle")
        wait = min(timing.HOOK_RETRY_FIRST * 2**unit.attempts, timing.HOOK_RETRY_MOST)
        unit.attempts += 1
        if model.config.get("automatically-retry-hooks", True):
            self._parts.clock.after(wait, "juju.hook-retry", model=model.uuid, unit=unit.name)

    def _retry(self, model: str, unit: str) -> None:
        where = self._parts.store.find_model(model)
        who = where.units.get(unit) if where else None
        if where and who and who.failed:
            who.failed = ""
            self.kick(where, who.machine)

    def _succeed(self, model: Model, unit: Unit, entry: str) -> None:
        unit.attempts = 0
        if unit.queue[:1] == [entry]:
            unit.queue.pop(0)
        self._done(model, unit, entry)
        if unit.name in model.units and not unit.queue:
            unit.agent = self._parts.store.status("idle")

    def _done(self, model: Model, unit: Unit, entry: str) -> None:
        kind, _, number = entry.partition(" ")
        parts = self._parts
        if kind == "action":
            parts.actions.end(model, number)
        elif kind == "install":
            unit.workload = parts.store.status("waiting", "agent initialising")
            unit.charm = model.applications[unit.application].url
            software.install(model, unit)
        elif kind == "upgrade-charm":
            unit.charm = model.applications[unit.application].url
        elif kind == "config-changed" and software.due_by_itself(model, unit):
            software.install(model, unit)
        elif kind == "start":
            unit.started = True
            parts.relations.enter(model, unit)
        elif kind in ("joined", "broken"):
            parts.relations.hook_ran(model, unit, kind, int(number))
        elif kind == "remove":
            parts.lifecycle.remove_unit(model, unit)
            return
        parts.settle.after_hook(model, unit)
        if kind == "config-changed":
            parts.settle.reconfigured(model, unit)
