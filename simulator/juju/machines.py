"""Machines and containers of a model: added, placed, taken away again.

Owns: records, placement, the rules of removal. Does not own: how MAAS or LXD makes them (provisioner, containers).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from . import timing
from .errors import ApiError
from .manual import RUNNING
from .parts import Parts
from .records import Machine, Model
from .store import containers_of, machine, next_number, units_on

CONTAINERS = ("lxd",)


class Machines:
    """Makes and removes machines."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        parts.clock.on("juju.machine-dead", self._dead)

    def place(
        self, model: Model, base: str, constraints: dict[str, Any], placement: tuple[str, str], *, spaces: Sequence[str] = ()
    ) -> Machine:
        """A new machine or container as a placement (scope, directive) asks.

        Raises:
            ApiError: the scope is neither a container type nor the model, or the parent is not there.
        """
        scope, directive = placement
        if scope in CONTAINERS:
            parent = machine(model, directive) if directive else self.add(model, base, constraints, spaces=spaces)
            return self.add_container(model, parent, scope, base, constraints, spaces=spaces)
        if scope != model.uuid:
            raise ApiError(f'cannot add a new machine: invalid model id "{scope}"')
        _check_directive(directive)
        return self.add(model, base, constraints, placement=directive, spaces=spaces)

    def add(
        self, model: Model, base: str, constraints: dict[str, Any], placement: str = "", *, spaces: Sequence[str] = ()
    ) -> Machine:
        """A new machine, which MAAS is asked for at once."""
        found = self._record(model, str(next_number(model, "machine")), base, constraints, spaces)
        found.placement = placement
        self._parts.provisioner.wake(model, found)
        return found

    def add_manual(self, model: Model, base: str, asked: dict[str, Any]) -> Machine:
        """A machine that is there already: the client has looked at it and will start the agent."""
        found = self._record(model, str(next_number(model, "machine")), base, asked.get("constraints") or {}, ())
        found.nonce, found.instance_id, found.deployed = asked["nonce"], asked["instance-id"], True
        found.hardware = dict(asked.get("hardware-characteristics") or {})
        found.addresses = [{key: str(value) for key, value in each.items()} for each in asked.get("addresses") or []]
        found.instance = self._parts.store.status("running", RUNNING)
        return found

    def add_container(
        self,
        model: Model,
        parent: Machine,
        kind: str,
        base: str,
        constraints: dict[str, Any],
        *,
        spaces: Sequence[str] = (),
    ) -> Machine:
        """A new container, made when its host is up and the containers before it are there.

        Raises:
            ApiError: the host cannot have it.
        """
        if parent.parent:
            raise ApiError(f"cannot add a new machine: machine {parent.id} cannot host {kind} containers", "bad request")
        if parent.life != "alive":
            raise ApiError(f"cannot add a new machine: machine {parent.id} is not alive", "")
        number = next_number(model, f"machine{parent.id}{kind}Container")
        found = self._record(model, f"{parent.id}/{kind}/{number}", base, constraints, spaces)
        found.parent, found.container_type = parent.id, kind
        self._parts.provisioner.wake(model, found)
        return found

    def destroy(self, model: Model, found: Machine, *, force: bool = False, keep: bool = False) -> None:
        """Begins to remove a machine; with `force` also what is on it.

        Raises:
            ApiError: something is on it, or it is the controller's own.
        """
        if "JobManageModel" in found.jobs:
            raise ApiError(f"machine {found.id} is required by the model", "")
        found.keep = found.keep or keep
        if force:
            self._empty(model, found)
        else:
            self._check_empty(model, found)
        if found.life == "alive" or force:
            self.end(model, found, force=force)

    def end(self, model: Model, found: Machine, *, force: bool = False) -> None:
        """Lets a machine die: its agent stops, or nothing has to stop."""
        if found.life == "dead":
            return
        found.life, found.force = "dying", found.force or force
        stops = found.started and found.present
        wait = timing.MACHINE_STOP if stops else timing.FORCE_WAIT if found.started and not force else 0.0
        if found.started and not found.present and not force:
            return  # a lost agent cannot say that it stopped
        self._parts.clock.after(wait, "juju.machine-dead", model=model.uuid, machine=found.id)

    def end_when_empty(self, model: Model, name: str) -> None:
        """Removes a machine that its last unit has left, as Juju does."""
        found = model.machines.get(name)
        if found is None or "JobManageModel" in found.jobs or units_on(model, name) or containers_of(model, name):
            return
        self.end(model, found)

    def _empty(self, model: Model, found: Machine) -> None:
        for container in containers_of(model, found.id):
            self.destroy(model, container, force=True)
        for unit in [u for u in units_on(model, found.id) if not u.principal]:
            self._parts.lifecycle.destroy_unit(model, unit, force=True, wait=0.0)

    def _check_empty(self, model: Model, found: Machine) -> None:
        names = sorted(u.name for u in units_on(model, found.id) if not u.principal)
        if names:
            shown = ", ".join(f'"{name}"' for name in names)
            raise ApiError(f"machine {found.id} has unit(s) {shown} assigned", "machine has assigned units")
        inside = sorted(c.id for c in containers_of(model, found.id))
        if inside:
            shown = ", ".join(f'"{name}"' for name in inside)
            raise ApiError(f"machine {found.id} is hosting containers {shown}", "machine is hosting containers")

    def _record(self, model: Model, name: str, base: str, constraints: dict[str, Any], spaces: Sequence[str]) -> Machine:
        store = self._parts.store
        wanted = [*constraints.get("spaces", []), *(s for s in spaces if s not in constraints.get("spaces", []))]
        found = Machine(
            id=name,
            base=base,
            constraints=constraints | ({"spaces": wanted} if wanted else {}),
            nonce=f"machine-{name}:{secrets.token_hex(16)}",
            instance=store.status("pending"),
            agent=store.status("pending"),
        )
        model.machines[name] = found
        return found

    def _dead(self, model: str, machine: str) -> None:
        where = self._parts.store.find_model(model)
        found = where.machines.get(machine) if where else None
        if where is None or found is None or found.life != "dying":
            return
        if (units_on(where, machine) or containers_of(where, machine)) and not found.force:
            return
        if containers_of(where, machine):
            self._parts.clock.after(timing.MACHINE_STOP, "juju.machine-dead", model=model, machine=machine)
            return
        found.life = "dead"
        found.agent = self._parts.store.status("stopped")
        self._parts.provisioner.wake(where, found)
        self._parts.store.changed()


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Constraints of a model with those of an application or machine over them."""
    return first | {key: value for key, value in second.items() if value not in (None, "", [])}


def _check_directive(directive: str) -> None:
    key, equals, _ = directive.partition("=")
    if equals and key not in ("zone", "system-id", "subnet"):
        raise ApiError(f'cannot add a new machine: unrecognised placement directive "{directive}"', "bad request")
