"""The rules that need no charm metadata: machines, placements, relations, offers of the merged bundle."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import networkx

from . import model, placement, problems

_MACHINE = re.compile(r"^(?:0|[1-9][0-9]*)$")
_APPLICATION = re.compile(r"^[a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*$")
_OFFER_URL = re.compile(r"^(?:[a-zA-Z0-9_-]+:)?(?:[a-zA-Z0-9.@+-]+/)?[a-z0-9-]+\.[a-z][a-z0-9-]*$")


def verify(bundle: model.Bundle, report: problems.Report) -> None:
    """Runs every check over the bundle; each reports for itself."""
    for check in _CHECKS:
        check(bundle, report)


def _names(bundle: model.Bundle, report: problems.Report) -> None:
    for application in bundle.applications.values():
        if not _APPLICATION.match(application.name):
            report.error(
                application.place,
                f'invalid application name "{application.name}"; use a-z, 0-9 and hyphens, no part of digits alone',
            )
    for machine in bundle.machines.values():
        if not _MACHINE.match(machine.id):
            report.error(machine.place, f'invalid machine id "{machine.id}" found in machines; number machines 0, 1, …')


def _used(bundle: model.Bundle, report: problems.Report) -> None:
    named = {directive.machine for app in bundle.applications.values() for directive in app.to}
    for machine in bundle.machines.values():
        if machine.id in named or not _MACHINE.match(machine.id):
            continue
        if machine.pool:
            report.warn(machine.place, f'nothing is placed on machine "{machine.key}" of pool "{machine.pool}"')
        else:
            report.error(
                machine.place,
                f'machine "{machine.id}" is not referred to by a placement directive; place a unit on it or remove it',
            )


def _directives(bundle: model.Bundle) -> Iterator[tuple[model.Application, int, placement.Placement]]:
    for application in bundle.applications.values():
        for index, directive in enumerate(application.to):
            yield application, index, directive


def _targets(bundle: model.Bundle, report: problems.Report) -> None:
    for application, _, directive in _directives(bundle):
        place = application.where("to")
        if directive.machine is not None and directive.machine not in bundle.machines:
            report.error(
                place,
                f'placement "{directive}" of application "{application.name}" refers to a machine not defined in this '
                f"bundle; define machine \"{directive.machine}\" (an overlay's machines replace all of the base's)",
            )
        if directive.application is not None:
            _target(bundle, application, directive, report)


def _target(
    bundle: model.Bundle, application: model.Application, directive: placement.Placement, report: problems.Report
) -> None:
    place, target = application.where("to"), bundle.applications.get(directive.application or "")
    if target is None:
        hint = problems.did_you_mean(directive.application or "", bundle.applications)
        if directive.application in {"lxd", "kvm"}:
            hint = '; for a container write "lxd:MACHINE" or "lxd:new"'
        report.error(
            place,
            f'placement "{directive}" of application "{application.name}" refers to an application not defined in this '
            f"bundle{hint}",
        )
        return
    count = target.num_units or 0
    if directive.unit is not None and directive.unit >= count:
        report.error(
            place,
            f'placement "{directive}" of application "{application.name}" specifies a unit greater than the {count} '
            f"unit(s) started by the target application; units count from 0",
        )


def _counts(bundle: model.Bundle, report: problems.Report) -> None:
    for application in bundle.applications.values():
        wanted, placed = application.num_units, len(application.to)
        if wanted is None or not placed or placed == wanted:
            continue
        if placed > wanted:
            report.error(
                application.where("to"),
                f'too many units specified in unit placement for application "{application.name}": {placed} placements '
                f"for {wanted} unit(s); remove placements or raise num_units",
            )
        elif not application.to[-1].repeats:
            report.error(
                application.where("to"),
                f'application "{application.name}" places {placed} of its {wanted} units; Juju would take new machines '
                'for the rest: place every unit, or end the list with "new" to want that',
            )


def _beside(bundle: model.Bundle, report: problems.Report) -> None:
    """Refuses more units beside an application than it has; Juju would take new machines for them."""
    for application in bundle.applications.values():
        to, wanted = application.to, application.num_units or 0
        for name in {d.application for d in to if d.application is not None and d.unit is None}:
            target = bundle.applications.get(name)
            repeats = wanted - len(to) if to[-1].application == name and to[-1].unit is None else 0
            beside = repeats + sum(1 for d in to if d.application == name and d.unit is None)
            if target and beside > (target.num_units or 0):
                report.error(
                    application.where("to"),
                    f'application "{application.name}" puts {beside} unit(s) beside "{name}", which has '
                    f"{target.num_units or 0}; lower num_units or place the rest",
                )


def _cycles(bundle: model.Bundle, report: problems.Report) -> None:
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    for application, _, directive in _directives(bundle):
        if directive.application is not None and directive.application in bundle.applications:
            graph.add_edge(application.name, directive.application)
    for group in networkx.strongly_connected_components(graph):
        if len(group) > 1 or any(graph.has_edge(name, name) for name in group):
            names = sorted(group)
            report.error(
                bundle.applications[names[0]].where("to"),
                f"cycle in placement directives for: {', '.join(names)}; place one of them on a machine",
            )


def _bases(bundle: model.Bundle, report: problems.Report) -> None:
    for application, _, directive in _directives(bundle):
        machine = bundle.machines.get(directive.machine or "")
        if directive.container or not machine or not machine.base or not application.base:
            continue
        if machine.base != application.base:
            report.error(
                application.where("to"),
                f'application "{application.name}" runs on {application.base}, machine "{machine.id}" on {machine.base}; '
                f'use one base for both, or a container ("lxd:{machine.id}")',
            )


def _kept_off(bundle: model.Bundle, report: problems.Report) -> None:
    """Refuses bindings to a space that the constraints of the unit's machine exclude; a container has its host's spaces."""
    for application, _, directive in _directives(bundle):
        machine = bundle.machines.get(directive.machine or "")
        spaces = machine.constraints.get("spaces", ()) if machine else ()
        for endpoint, space in application.bindings.items():
            if machine and isinstance(spaces, tuple) and f"^{space}" in spaces:
                report.error(
                    application.where("bindings", endpoint),
                    f'application "{application.name}" binds "{endpoint}" to space "{space}", which machine "{machine.id}" is '
                    f'kept off by its constraints; drop "^{space}" there or place the unit elsewhere',
                )


def _relations(bundle: model.Bundle, report: problems.Report) -> None:
    known = [*bundle.applications, *bundle.saas]
    seen: dict[frozenset[str], problems.Place] = {}
    for relation in bundle.relations:
        for end in relation.ends:
            if end.application not in known:
                report.error(
                    relation.place,
                    f'relation {relation} refers to application "{end.application}" not defined in this bundle'
                    + (problems.did_you_mean(end.application, known) or "; add the overlay that defines it"),
                )
        first, second = relation.ends
        if first.application == second.application:
            report.error(relation.place, f"relation {relation} relates an application to itself; remove it")
        key = frozenset((str(first), str(second)))
        if key in seen and first.application != second.application:
            report.error(relation.place, f"relation {relation} is defined more than once, first at {seen[key]}; remove one")
        seen.setdefault(key, relation.place)


def _saas(bundle: model.Bundle, report: problems.Report) -> None:
    for saas in bundle.saas.values():
        if not _APPLICATION.match(saas.name):
            report.error(saas.place, f'invalid SAAS name "{saas.name}" found; use a-z, 0-9 and hyphens')
        if saas.name in bundle.applications:
            report.error(saas.place, f'application "{saas.name}" already exists with SAAS "{saas.name}" name; rename one of them')
        if not _OFFER_URL.match(saas.url):
            report.error(
                saas.where("url"),
                f'invalid offer URL "{saas.url}" for SAAS {saas.name}; write "[controller:][user/]model.offer"',
            )


def _images(bundle: model.Bundle, report: problems.Report) -> None:
    owners: list[model.Application | model.Machine] = [*bundle.applications.values(), *bundle.machines.values()]
    for owner in owners:
        place = owner.where("constraints")
        if "image-id" in owner.constraints and place.file == bundle.file:
            report.error(place, '"image-id" is forbidden in a base bundle; set it in an overlay')


_CHECKS: tuple[Callable[[model.Bundle, problems.Report], None], ...] = (
    _names,
    _used,
    _targets,
    _counts,
    _beside,
    _cycles,
    _bases,
    _kept_off,
    _relations,
    _saas,
    _images,
)
