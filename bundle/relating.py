"""Relations against charm metadata: endpoints left out are inferred as Juju infers them, given ones are checked."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable

from . import catalogue, model, plan, problems

Lookup = Callable[[str], catalogue.Charm | None]
"""Gives the facts of an application's charm; None for unknown charms and for SAAS."""

_OPPOSITE = {("provides", "requires"), ("requires", "provides")}


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Candidate:
    end: plan.Endpoint
    role: catalogue.Role
    facts: catalogue.Endpoint
    implicit: bool
    subordinate: bool

    def fits(self, other: _Candidate) -> bool:
        return (self.role, other.role) in _OPPOSITE and self.facts.interface == other.facts.interface

    def attaches(self, other: _Candidate) -> bool:
        """Tells whether the scope is possible: within a container only with a subordinate."""
        contained = "container" in (self.facts.scope, other.facts.scope)
        return not contained or self.subordinate or other.subordinate


def resolve(relation: model.Relation, lookup: Lookup) -> plan.IntegrationPlan:
    """Returns the relation with both endpoints known.

    Args:
        relation: as written.
        lookup: the charms' facts.

    Raises:
        ValueError: with Juju's reason, and the mend.
    """
    sides = [_candidates(end, lookup) for end in relation.ends]
    if sides[0] is None or sides[1] is None:
        return _half_known(relation, sides[0] or sides[1])
    pairs = [(one, other) for one, other in itertools.product(sides[0], sides[1]) if one.fits(other)]
    if pairs and not any(one.attaches(other) for one, other in pairs):
        raise ValueError(
            f'relation "{relation.ends[0]}" to "{relation.ends[1]}" attaches a subordinate to its principal, and neither '
            "application is a subordinate; choose other endpoints"
        )
    pairs = [(one, other) for one, other in pairs if one.attaches(other)]
    if len(pairs) > 1:
        # an implicit juju-info gives way to what the charms declare
        pairs = [pair for pair in pairs if not pair[0].implicit and not pair[1].implicit] or pairs
    if len(pairs) == 1:
        return _integration(*pairs[0])
    raise ValueError(_ambiguous(relation, pairs) if pairs else _misfit(relation, sides[0], sides[1]))


def _candidates(end: model.End, lookup: Lookup) -> list[_Candidate] | None:
    """Returns the endpoints that an end can mean; None when the charm is not known."""
    charm = lookup(end.application)
    if charm is None:
        return None
    found = [
        _Candidate(
            end=plan.Endpoint(application=end.application, endpoint=name),
            role=role,
            facts=facts,
            implicit=facts is catalogue.JUJU_INFO,
            subordinate=charm.subordinate,
        )
        for name, role, facts in charm.endpoints()
        if end.endpoint in (None, name)
    ]
    if not found and charm.partial:
        return None
    if not found:
        names = [name for name, _, _ in charm.endpoints()]
        near = problems.did_you_mean(end.endpoint or "", names) or f"; it has {', '.join(sorted(names))}"
        raise ValueError(
            f'charm "{charm.name}" used by application "{end.application}" does not define relation "{end.endpoint}"{near}'
        )
    return found


def _integration(one: _Candidate, other: _Candidate) -> plan.IntegrationPlan:
    ends = sorted((one.end, other.end))
    container = "container" in (one.facts.scope, other.facts.scope)
    return plan.IntegrationPlan(
        key=f"{ends[0]} {ends[1]}",
        endpoints=(ends[0], ends[1]),
        interface=one.facts.interface,
        scope="container" if container else "global",
    )


def unchecked(relation: model.Relation, facts: catalogue.Endpoint | None = None) -> plan.IntegrationPlan:
    """Returns a relation with both endpoints written as it stands.

    Args:
        relation: the relation.
        facts: of one of its endpoints, when they are known.
    """
    ends = sorted(plan.Endpoint(application=e.application, endpoint=e.endpoint or "") for e in relation.ends)
    contained = any(end.endpoint == "juju-info" for end in ends) or (facts is not None and facts.scope == "container")
    return plan.IntegrationPlan(
        key=f"{ends[0]} {ends[1]}",
        endpoints=(ends[0], ends[1]),
        interface=facts.interface if facts else "",
        scope="container" if contained else "global",
    )


def _half_known(relation: model.Relation, known: list[_Candidate] | None) -> plan.IntegrationPlan:
    if not relation.explicit:
        raise ValueError(
            f"cannot infer endpoint between {relation.ends[0]} and {relation.ends[1]}: the catalogue does not know both "
            'charms; write both as "application:endpoint"'
        )
    return unchecked(relation, known[0].facts if known else None)


def _ambiguous(relation: model.Relation, pairs: list[tuple[_Candidate, _Candidate]]) -> str:
    first, second = relation.ends
    choices = "; ".join(sorted(f'"{one.end} {other.end}"' for one, other in pairs))
    return (
        f"cannot infer endpoint between {first} and {second}: ambiguous relation: {first} {second} could refer to "
        f"{choices}; write one of these"
    )


def _misfit(relation: model.Relation, one: list[_Candidate], other: list[_Candidate]) -> str:
    first, second = relation.ends
    if first.endpoint is None or second.endpoint is None:
        return f"cannot infer endpoint between {first} and {second}: no relations found: these charms do not fit; remove it"
    a, b = one[0], other[0]
    if a.role == b.role:
        role = {"provides": "provider", "requires": "requirer", "peers": "peer"}[a.role]
        return f'relation "{first}" to "{second}" relates {role} to {role}; one end must provide what the other requires'
    return (
        f'mismatched interface between "{first}" and "{second}" ("{a.facts.interface}" vs "{b.facts.interface}"); '
        "choose endpoints of one interface"
    )
