"""One unit of an application, on one machine; moving or removing it touches no other."""

from __future__ import annotations

import collections
import threading
from collections.abc import Mapping
from typing import Any

import pulumi

from clients import juju

from .._base import Found, Made, Props, Resource
from ._common import InModel, InModelProvider

_locks: dict[tuple[str, str], threading.Lock] = collections.defaultdict(threading.Lock)
"""One an application: two resources must not find the same unit."""

_taken: set[tuple[str, str]] = set()
"""Units that a resource of this run has found or made."""


class UnitInputs(InModel):
    """A unit, on the machine or container of that id."""

    application: str
    machine: str
    destroy_storage: bool = False


class UnitProvider(InModelProvider[UnitInputs]):
    """Units by application and machine."""

    inputs = UnitInputs
    computed = ("name", "address", "adopted")
    replace_on = frozenset({"model", "application", "machine"})
    delete_first = False  # the new one has another number, and joins before the old one leaves

    def make(self, inputs: UnitInputs) -> Made:
        model = self.model(inputs)
        with _locks[inputs.model, inputs.application]:
            intent = self._intent(inputs.model_dump())
            there = next((u for u in _there(model, inputs) if (inputs.model, u.name) not in _taken), None)
            adopted = there is not None and intent.recall() is None
            if there is None:
                intent.note()
                name = model.units.add(inputs.application, inputs.machine)
            else:
                name = there.name
            _taken.add((inputs.model, name))
        return Made(id=name, outputs={"name": name, "address": there.address if there else "", "adopted": adopted})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        unit = model.glance().units.get(id_)
        if unit is None or unit.dying:
            return None
        inputs = {"application": unit.application, "machine": unit.machine}
        return Found(inputs=inputs, outputs={"name": id_, "address": unit.address})

    def change(self, id_: str, old: Props, inputs: UnitInputs) -> Mapping[str, Any]:
        return {}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        if not old.get("adopted") and id_ in model.status().units:
            storage = bool(old.get("destroy_storage"))
            model.units.destroy(id_, destroy_storage=storage)
            self.until_gone(
                model,
                lambda s: _left(s, id_),
                f"unit {id_}",
                lambda: model.units.destroy(id_, destroy_storage=storage, force=True),
                machine=old["machine"],
            )
        self._intent(old).forget()

    def _intent(self, inputs: Mapping[str, Any]) -> Any:
        return self.own("unit", inputs, f"{inputs['application']}@{inputs['machine']}")


class Unit(Resource, module="juju", name="Unit"):
    """One unit of an application, on one machine."""

    provider_class = UnitProvider

    name: pulumi.Output[str]
    application: pulumi.Output[str]
    machine: pulumi.Output[str]
    address: pulumi.Output[str]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        application: pulumi.Input[str],
        machine: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        destroy_storage: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "model": model,
            "application": application,
            "machine": machine,
            "destroy_storage": destroy_storage,
        }
        super().__init__(resource_name, props, opts)


def _there(model: juju.Model, inputs: UnitInputs) -> list[juju.Unit]:
    units = model.status().units_of(inputs.application)
    return [u for u in units if u.machine == inputs.machine and not u.dying and u.principal is None]


def _left(status: juju.Status, name: str) -> str | None:
    unit = status.units.get(name)
    if unit is None:
        return None
    return f"{name} to go; its workload is {unit.workload.current} ({unit.workload.message}), its agent {unit.agent.current}"
