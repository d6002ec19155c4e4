"""One unit of an application, on one machine; moving or removing it touches no other.

Which machine is the program's to say, or Juju's: without one Juju takes a new machine for the unit, which goes with it.
"""

from __future__ import annotations

import collections
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from clients import juju
from clients.juju import naming

from .._base import Found, Made, Props, Resource
from ._common import MARK, InModel, InModelProvider, unsaid

_locks: dict[tuple[str, str], threading.Lock] = collections.defaultdict(threading.Lock)
"""One an application: two resources must not find the same unit."""

_taken: set[tuple[str, str]] = set()
"""Units that a resource of this run has found or made."""


class UnitInputs(InModel):
    """A unit, on the machine or container of that id.

    Attributes:
        machine: None leaves it to Juju where a new unit goes, and a unit that is there where it is.
        label: tells the application's units that have no machine from each other; kept as an annotation.
    """

    application: str
    machine: str | None = None
    label: str | None = None
    destroy_storage: bool = False


class UnitProvider(InModelProvider[UnitInputs]):
    """Units by application and machine."""

    inputs = UnitInputs
    computed = ("name", "address", "adopted", "machine_id")
    replace_on = frozenset({"model", "application", "machine"})
    delete_first = False  # the new one has another number, and joins before the old one leaves

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        if news.get("machine") is None and news.get("label") is None:
            yield "machine", 'is missing: give the id of a machine, or leave that to Juju with a label, such as label="a"'

    def make(self, inputs: UnitInputs) -> Made:
        model = self.model(inputs)
        with _locks[inputs.model, inputs.application]:
            intent = self._intent(inputs.model_dump())
            noted = intent.recall()
            there = _there(model, inputs) if inputs.machine else _labelled(model, inputs, noted)
            if there is None:
                intent.note(others=[] if inputs.machine else [u.name for u in model.glance().units_of(inputs.application)])
                name = model.units.add(inputs.application, inputs.machine)
            else:
                name = there.name
            _label(model, name, inputs)
            _taken.add((inputs.model, name))
        machine = inputs.machine or model.status().units[name].machine
        outputs = {"name": name, "machine_id": machine, "address": there.address if there else ""}
        return Made(id=name, outputs={**outputs, "adopted": there is not None and noted is None})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        unit = model.glance().units.get(id_)
        if unit is None or unit.dying:
            return None
        inputs = {"application": unit.application, "machine": unit.machine}
        return Found(inputs=inputs, outputs={"name": id_, "address": unit.address, "machine_id": unit.machine})

    def change(self, id_: str, old: Props, inputs: UnitInputs) -> Mapping[str, Any]:
        _label(self.model(inputs), id_, inputs)
        return {}

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """A unit whose machine is Juju's to choose stays where it is."""
        found = super().changed(olds, news) - unsaid(self.inputs, olds, news)
        return found if news.get("machine") is not None else found - {"machine"}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        if not old.get("adopted") and id_ in model.status().units:
            storage = bool(old.get("destroy_storage"))
            model.units.destroy(id_, destroy_storage=storage)
            self.until_gone(
                model,
                lambda s: _left(s, id_),
                f"unit {id_}",
                lambda: model.units.destroy(id_, destroy_storage=storage, force=True),
                machine=old.get("machine") or old.get("machine_id"),
            )
        self._intent(old).forget()

    def _intent(self, inputs: Mapping[str, Any]) -> Any:
        return self.own("unit", inputs, f"{inputs['application']}@{inputs.get('machine') or inputs.get('label')}")


class Unit(Resource, module="juju", name="Unit"):
    """One unit of an application, on one machine."""

    provider_class = UnitProvider

    name: pulumi.Output[str]
    application: pulumi.Output[str]
    machine: pulumi.Output[str | None]
    machine_id: pulumi.Output[str]
    address: pulumi.Output[str]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        application: pulumi.Input[str],
        machine: pulumi.Input[str] | None = None,
        label: pulumi.Input[str] | None = None,
        controller: pulumi.Input[str] | None = None,
        destroy_storage: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "model": model,
            "application": application,
            "machine": machine,
            "label": label,
            "destroy_storage": destroy_storage,
        }
        super().__init__(resource_name, props, opts)


def _there(model: juju.Model, inputs: UnitInputs) -> juju.Unit | None:
    """A unit on the machine that no other resource has."""
    return next((u for u in _free(model, inputs) if u.machine == inputs.machine), None)


def _labelled(model: juju.Model, inputs: UnitInputs, noted: Mapping[str, Any] | None) -> juju.Unit | None:
    """The unit of that label, or the one that an interrupted run added and didn't come to label."""
    units = _free(model, inputs)
    notes = model.annotations(*(naming.unit_tag(u.name) for u in units))
    labels = {u.name: notes.get(naming.unit_tag(u.name), {}).get(MARK) for u in units}
    ours = [u for u in units if labels[u.name] == inputs.label]
    if not ours and noted is not None:
        ours = [u for u in units if labels[u.name] is None and u.name not in noted.get("others", [])]
    return ours[0] if ours else None


def _free(model: juju.Model, inputs: UnitInputs) -> list[juju.Unit]:
    units = model.status().units_of(inputs.application)
    return [u for u in units if not u.dying and u.principal is None and (inputs.model, u.name) not in _taken]


def _label(model: juju.Model, name: str, inputs: UnitInputs) -> None:
    if inputs.label:
        model.annotate(naming.unit_tag(name), {MARK: inputs.label})


def _left(status: juju.Status, name: str) -> str | None:
    unit = status.units.get(name)
    if unit is None:
        return None
    return f"{name} to go; its workload is {unit.workload.current} ({unit.workload.message}), its agent {unit.agent.current}"
