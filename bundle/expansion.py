"""From a bundle to its plan: every unit on its machine or in its container."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

import networkx

from . import catalogue, model, options, plan, problems, validation
from .constraints import Wire
from .placement import Placement

_NO_SPACE = "alpha"
"""Juju's own space for what is in none: no host has a bridge to it."""


def expand(bundle: model.Bundle, facts: catalogue.Catalogue) -> plan.Plan:
    """Returns the plan of a bundle.

    Args:
        bundle: as loaded.
        facts: what the charms are.

    Raises:
        BundleErrors: when the bundle does not fit its charms.
    """
    report = problems.Report()
    report.problems = validation.validate(bundle, facts)
    report.raise_errors()
    charms = validation.Charms(bundle, facts, problems.Report())
    layout = _Layout(bundle)
    for application in _targets_first(bundle):
        if not charms.subordinate(application):
            layout.place(application)
    order = {name: index for index, name in enumerate(bundle.applications)}
    units = sorted(layout.units, key=lambda unit: (order[unit.application], unit.index))
    return plan.Plan(
        machines=tuple(layout.machines.values()),
        containers=tuple(sorted(layout.containers.values(), key=lambda c: _first(units, c.key))),
        applications=tuple(_application(app, charms) for app in bundle.applications.values()),
        units=tuple(units),
        integrations=tuple(validation.resolve_relations(charms)),
        offers=tuple(_offers(bundle)),
        saas=tuple(plan.SaasPlan(name=saas.name, url=saas.url) for saas in bundle.saas.values()),
    )


def _first(units: list[plan.UnitPlan], machine: str) -> int:
    return next(index for index, unit in enumerate(units) if unit.machine == machine)


def _targets_first(bundle: model.Bundle) -> Iterator[model.Application]:
    """Yields the applications in the bundle's order, but those that others are placed beside before these others."""
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    for name, application in bundle.applications.items():
        graph.add_node(name)
        graph.add_edges_from((d.application, name) for d in application.to if d.application is not None)
    order = {name: index for index, name in enumerate(bundle.applications)}
    for name in networkx.lexicographical_topological_sort(graph, key=order.__getitem__):
        yield bundle.applications[name]


class _Layout:
    """Machines, containers and units while they are placed."""

    def __init__(self, bundle: model.Bundle) -> None:
        self._bundle = bundle
        self.machines = {machine.id: _machine(machine, bundle) for machine in bundle.machines.values()}
        self.containers: dict[str, plan.ContainerPlan] = {}
        self.units: list[plan.UnitPlan] = []

    def place(self, application: model.Application) -> None:
        """Places every unit of an application."""
        beside: dict[str, int] = {}
        for index in range(application.num_units or 0):
            directive = self._directive(application, index)
            slug = f"{application.name}-{index}"
            spot = self._spot(application, directive, slug, beside)
            if directive.container:
                spot = self._container(application, directive.container, self._host(spot), slug)
            key = self._unit_key(application, index, spot)
            self.units.append(plan.UnitPlan(key=key, application=application.name, index=index, machine=spot))

    def _directive(self, application: model.Application, index: int) -> Placement:
        if index < len(application.to):
            return application.to[index]
        last = application.to[-1] if application.to else None
        return last if last is not None and last.repeats else Placement(new=True)

    def _spot(self, application: model.Application, directive: Placement, slug: str, beside: dict[str, int]) -> str:
        """Returns the key of the machine or container that the directive names."""
        if directive.machine is not None:
            return self.machines[directive.machine].key
        if directive.application is not None:
            unit = directive.unit
            if unit is None:
                unit = beside.get(directive.application, 0)
                beside[directive.application] = unit + 1
            return next(u.machine for u in self.units if u.application == directive.application and u.index == unit)
        key = f"new-{slug}"
        in_container = directive.container is not None
        self.machines[key] = plan.MachinePlan(
            key=key,
            base=application.base,
            constraints={} if in_container else application.constraints,
            annotations={},
        )
        return key

    def _host(self, spot: str) -> str:
        container = self.containers.get(spot)
        return container.host if container else spot

    def _container(self, application: model.Application, kind: str, host: str, slug: str) -> str:
        key = f"{host}/{kind}/{slug}"
        self.containers[key] = plan.ContainerPlan(
            key=key, host=host, container_type=kind, base=application.base, constraints=_handed_on(application)
        )
        return key

    def _unit_key(self, application: model.Application, index: int, spot: str) -> str:
        named = any(
            application.name in pool.each and self._bundle.machines[id_].member == spot
            for pool in self._bundle.pools.values()
            for id_ in pool.machines
        )
        return f"{application.name}/{spot if named else index}"


def _handed_on(application: model.Application) -> dict[str, Wire]:
    """Returns what Juju hands on to a container: the application's constraints, and the spaces that it is bound to."""
    asked = application.constraints.get("spaces", ())
    named = asked if isinstance(asked, tuple) else ()
    spaces = (*named, *sorted(set(application.bindings.values()) - {*named, _NO_SPACE}))
    return {**application.constraints, **({"spaces": spaces} if spaces else {})}


def _machine(machine: model.Machine, bundle: model.Bundle) -> plan.MachinePlan:
    pool = bundle.pools.get(machine.pool or "")
    return plan.MachinePlan(
        key=machine.key,
        base=machine.base,
        constraints=machine.constraints,
        annotations=machine.annotations,
        pool=machine.pool,
        member=pool.machines.index(machine.id) if pool else None,
    )


def _application(application: model.Application, charms: validation.Charms) -> plan.ApplicationPlan:
    charm = charms.get(application.name)
    shared = {
        field.name: getattr(application, field.name)
        for field in dataclasses.fields(plan.ApplicationPlan)
        if field.name not in {"charm", "local", "options", "subordinate"}
    }
    return plan.ApplicationPlan(
        charm=application.charm.name,
        local=application.charm.local,
        options=_options(application, charm),
        subordinate=charms.subordinate(application),
        **shared,
    )


def _options(application: model.Application, charm: catalogue.Charm | None) -> Mapping[str, plan.OptionValue]:
    declared = charm.options if charm else {}
    typed: dict[str, plan.OptionValue] = {}
    for name, value in application.options.items():
        if value is not None:
            typed[name] = value
            if name in declared:
                typed[name] = _fit(value, declared[name])
    return typed


def _fit(value: plan.OptionValue, option: catalogue.Option) -> plan.OptionValue:
    try:
        return options.fit(value, option)
    except ValueError:
        return value  # a warning was given: another track of the charm may take it


def _offers(bundle: model.Bundle) -> Iterator[plan.OfferPlan]:
    for application in bundle.applications.values():
        for offer in application.offers:
            yield plan.OfferPlan(application=application.name, offer=offer)
