"""A bundle against what its charms are: options, relations, storage, resources, bindings, subordinates."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from . import catalogue, ceph, channels, charmfiles, model, options, plan, problems, relating, releases

_OLDEST = "22.04"
"""Facts in the catalogue are of charms for this Ubuntu and later ones."""


_OF_LAYERS = frozenset({"snapd_refresh"})
"""Options that building a charm adds from a layer (snap's), so that its own source, where facts come from, lacks them."""

_LEAST_UNITS = {"mysql-innodb-cluster": 3, "ovn-central": 3}


class Charms:
    """The facts of a bundle's applications.

    What contradicts facts of another track of a charm may be right there, so it is reported as a warning.
    """

    def __init__(self, bundle: model.Bundle, facts: catalogue.Catalogue, report: problems.Report) -> None:
        self.bundle, self.report, self._facts = bundle, report, facts
        self._local = {
            app.name: charmfiles.local(Path(app.charm.name)) for app in bundle.applications.values() if app.charm.local
        }

    def get(self, application: str) -> catalogue.Charm | None:
        """Returns the facts of an application's charm; None for unknown charms and for SAAS."""
        found = self.bundle.applications.get(application)
        if found is None or found.charm.local:
            return self._local.get(application)
        facts, lacks = self._facts.get(found.charm.name), channels.lacks(found.charm.name, found.channel)
        return facts.without(lacks) if facts and lacks else facts

    def subordinate(self, application: model.Application) -> bool:
        """Tells whether an application is a subordinate; of an unknown charm, whether it is written like one."""
        charm = self.get(application.name)
        if charm is not None:
            return charm.subordinate
        return not application.num_units and not application.to

    def complain(self, place: problems.Place, message: str, *applications: str) -> None:
        """Reports an error, or a warning when the facts are of another channel than the application's."""
        foreign = [name for name in applications if not self.covers(name)]
        if foreign:
            self.report.warn(place, f"{message} ({self._reason(foreign[0])})")
        else:
            self.report.error(place, message)

    def covers(self, name: str) -> bool:
        """Tells whether the facts hold for an application: its charm, channel and base are those of the facts."""
        application, charm = self.bundle.applications.get(name), self.get(name)
        if application is None or charm is None:
            return True
        version = (application.base or "").partition("@")[2].partition("/")[0]
        recent = not version or version >= _OLDEST
        return recent and not application.charm.legacy and charm.covers(application.channel)

    def _reason(self, name: str) -> str:
        application, charm = self.bundle.applications[name], self.get(name)
        tracks = ", ".join(charm.tracks) if charm else ""
        asked = " ".join(filter(None, (application.channel, application.base)))
        return f"going by {application.charm} of track {tracks}; the bundle asks for {asked or 'an older one'}"


def validate(
    bundle: model.Bundle, facts: catalogue.Catalogue, *, spaces: Collection[str] | None = None
) -> list[problems.Problem]:
    """Checks a bundle against charm metadata.

    Args:
        bundle: as loaded.
        facts: what the charms are.
        spaces: the spaces that the site's networks provide; None leaves the names of spaces unchecked.

    Returns:
        Errors and warnings; empty when all is well.
    """
    report = problems.Report()
    charms = Charms(bundle, facts, report)
    for application in bundle.applications.values():
        charm = charms.get(application.name)
        if charm is None:
            _unknown(application, facts, report)
        _units(application, charms)
        if charm is not None:
            for check in _CHECKS:
                check(application, charm, charms)
    if spaces is not None:
        _spaces(bundle, spaces, report)
    integrations = resolve_relations(charms)
    _attachments(charms, integrations)
    ceph.check(bundle, charms.complain, report)
    return report.problems


def resolve_relations(charms: Charms) -> list[plan.IntegrationPlan]:
    """Returns the relations that can be resolved; reports the others."""
    found: dict[str, plan.IntegrationPlan] = {}
    for relation in charms.bundle.relations:
        try:
            integration = relating.resolve(relation, charms.get)
        except ValueError as error:
            foreign = [end.application for end in relation.ends if not charms.covers(end.application)]
            if not foreign or not relation.explicit:
                charms.report.error(relation.place, str(error))
                continue
            charms.complain(relation.place, str(error), *foreign)
            integration = relating.unchecked(relation)
        if integration.key in found:
            message = f"relation {relation} is defined more than once, as {integration.key}; remove one"
            charms.report.error(relation.place, message)
        found[integration.key] = integration
    return list(found.values())


def _unknown(application: model.Application, facts: catalogue.Catalogue, report: problems.Report) -> None:
    if application.charm.local:
        return
    near = problems.did_you_mean(application.charm.name, facts.names, cutoff=0.85)
    report.warn(
        application.where("charm"),
        f'charm "{application.charm}" of application "{application.name}" is not in the catalogue: its options and '
        f"endpoints go unchecked{near or '; add it with: python -m bundle catalogue ' + application.charm.name}",
    )


def _units(application: model.Application, charms: Charms) -> None:
    name, report = application.name, charms.report
    if charms.subordinate(application):
        if application.num_units:
            report.error(
                application.where("num_units"),
                f'application "{name}" is subordinate but has non-zero num_units; remove num_units: its units come with '
                "its principals",
            )
        if application.to:
            report.error(
                application.where("to"), f'application "{name}" is subordinate but specifies unit placement; remove "to"'
            )
    elif application.num_units is None:
        report.error(
            application.place,
            f'application "{name}" has no num_units and would have no units; set num_units (0, if that is meant)',
        )
    elif application.num_units > len(application.to) and (not application.to or application.to[-1].new):
        extra = application.num_units - len(application.to)
        report.warn(application.place, f'application "{name}" takes {extra} machine(s) of its own for units without placement')


def _options(application: model.Application, charm: catalogue.Charm, charms: Charms) -> None:
    for name, value in application.options.items():
        place = application.where("options", name)
        if name not in charm.options and (charm.partial or name in _OF_LAYERS):
            continue
        if name not in charm.options:
            near = problems.did_you_mean(name, charm.options)
            message = (
                f'cannot validate application "{application.name}": configuration option "{name}" not found in charm '
                f'"{charm.name}"{near or "; remove it"}'
            )
            charms.complain(place, message, application.name)
            continue
        try:
            options.fit(value, charm.options[name])
        except ValueError as error:
            message = f'cannot validate application "{application.name}": option "{name}" {error}'
            charms.complain(place, message, application.name)


def _declared(application: model.Application, charm: catalogue.Charm, charms: Charms) -> None:
    """Checks that what the bundle names is declared by the charm."""
    named = (
        ("storage", "storage", application.storage, charm.storage),
        ("resources", "resource", application.resources, charm.resources),
        ("bindings", "endpoint or extra binding", application.bindings, {"", *charm.bindable}),
        ("exposed-endpoints", "endpoint", application.expose or {}, {"", *charm.bindable}),
    )
    for section, kind, given, known in named:
        for name in given:
            if name not in known and not charm.partial:
                near = problems.did_you_mean(name, known) or f"; it has {', '.join(sorted(filter(None, known))) or 'none'}"
                message = f'charm "{charm.name}" of application "{application.name}" has no {kind} "{name}"{near}'
                charms.complain(application.where(section, name), message, application.name)


def _offered(application: model.Application, charm: catalogue.Charm, charms: Charms) -> None:
    names = {name for name, _, _ in charm.endpoints()}
    for offer in application.offers:
        for endpoint in offer.endpoints:
            if endpoint not in names:
                near = problems.did_you_mean(endpoint, names) or f"; it has {', '.join(sorted(names))}"
                message = f'invalid endpoint name "{endpoint}" for offer "{offer.name}" in application "{application.name}"{near}'
                charms.complain(application.where("offers", offer.name), message, application.name)


def _stored(application: model.Application, charm: catalogue.Charm, charms: Charms) -> None:
    """Refuses storage for units with placement: Juju cannot give it to an existing machine or a container."""
    if application.storage and application.to:
        charms.report.warn(
            application.where("storage"),
            f'application "{application.name}" asks for storage and places its units: MAAS machines that exist and LXD '
            f"containers take none; name the disks in an option of {charm.name} instead",
        )


def _released(application: model.Application, charm: catalogue.Charm, charms: Charms) -> None:
    releases.check(application, charm if charms.covers(application.name) else None, charms.report)


def _clustered(application: model.Application, charm: catalogue.Charm, charms: Charms) -> None:
    least = _LEAST_UNITS.get(charm.name, 0)
    if 0 < (application.num_units or 0) < least:
        charms.report.warn(
            application.where("num_units"),
            f'application "{application.name}" has {application.num_units} unit(s); {charm.name} forms its cluster with '
            f"{least} or more and waits until then",
        )


def _constrained(application: model.Application, charm: catalogue.Charm, charms: Charms) -> None:
    """Says when constraints do something else than choose a machine: on one that is named nothing, in a container they limit."""
    placed = application.to and not any(directive.new for directive in application.to)
    place, named = application.where("constraints"), f'constraints of application "{application.name}"'
    if not application.constraints or not placed or charm.subordinate:
        return
    if any(not directive.container for directive in application.to):
        charms.report.warn(place, f"{named} have no effect on units with placement; constrain the machines")
    elif set(application.constraints) - {"spaces"}:
        charms.report.warn(place, f"{named} limit its containers and choose no machine; constrain the machines for that")


def _spaces(bundle: model.Bundle, spaces: Collection[str], report: problems.Report) -> None:
    """Checks every space that bindings, exposures and constraints name."""
    for application in bundle.applications.values():
        what = f'application "{application.name}"'
        for endpoint, space in application.bindings.items():
            _space(space, f'{what} binds "{endpoint}" to', application.where("bindings", endpoint), spaces, report)
        for endpoint, exposure in (application.expose or {}).items():
            for space in exposure.spaces:
                place = application.where("exposed-endpoints", endpoint)
                _space(space, f'{what} exposes "{endpoint}" to', place, spaces, report)
    owners: list[model.Application | model.Machine] = [*bundle.applications.values(), *bundle.machines.values()]
    for owner in owners:
        wanted = owner.constraints.get("spaces", ())
        for space in wanted if isinstance(wanted, tuple) else ():
            _space(space.removeprefix("^"), "the constraints name", owner.where("constraints"), spaces, report)


def _space(space: str, what: str, place: problems.Place, spaces: Collection[str], report: problems.Report) -> None:
    if space not in spaces:
        near = problems.did_you_mean(space, spaces) or f"; there are {', '.join(sorted(spaces))}"
        report.error(place, f'{what} space "{space}", which no network provides{near}')


def _attachments(charms: Charms, integrations: list[plan.IntegrationPlan]) -> None:
    """Checks each subordinate: that a relation attaches it, and that its spaces are its principals' too."""
    bundle = charms.bundle
    principals: dict[str, set[str]] = {}
    for integration in integrations:
        if integration.scope == "container":
            first, second = (end.application for end in integration.endpoints)
            principals.setdefault(first, set()).add(second)
            principals.setdefault(second, set()).add(first)
    for application in bundle.applications.values():
        charm = charms.get(application.name)
        if charm is None or not charm.subordinate:
            continue
        if application.name not in principals:
            charms.report.warn(
                application.place,
                f'subordinate application "{application.name}" is attached to no principal and will have no units; relate it',
            )
        for name in sorted(principals.get(application.name, ())):
            _subset(application, bundle.applications.get(name), charms)


def _subset(application: model.Application, principal: model.Application | None, charms: Charms) -> None:
    """Checks that a subordinate finds its spaces where its principal is.

    A container has an address in those spaces alone that its unit is bound to or constrained to; a machine may have more.
    """
    if principal is None or "" not in principal.bindings or charms.subordinate(principal):
        return
    asked = principal.constraints.get("spaces", ())
    there = {*principal.bindings.values(), *(asked if isinstance(asked, tuple) else ())}
    foreign = sorted(set(application.bindings.values()) - there)
    if not foreign:
        return
    contained = any(directive.container for directive in principal.to)
    tell = charms.report.error if contained else charms.report.warn
    mend = "bind both alike" if contained else "bind both alike, or see that its machines have an address there"
    tell(
        application.where("bindings"),
        f'subordinate application "{application.name}" is bound to space {", ".join(foreign)}, which its principal '
        f'"{principal.name}" is not; {mend}',
    )


_CHECKS: tuple[Callable[[model.Application, catalogue.Charm, Charms], None], ...] = (
    _options,
    _declared,
    _offered,
    _stored,
    _released,
    _clustered,
    _constrained,
)
