"""Relations: made between endpoints that fit, entered by units, left again.

Owns: which endpoints fit, keys, who has joined, subordinates that a relation brings. Does not own: what the data on a relation
makes of a unit (settle).
"""

from __future__ import annotations

from .charms import JUJU_INFO
from .errors import ApiError, not_found
from .parts import Parts
from .records import Application, Endpoint, Model, Relation, Unit
from .store import (
    application,
    charm_for,
    next_number,
    relations_of,
    subordinates_of,
    units_of,
)

_COUNTERPART = {"provider": "requirer", "requirer": "provider"}
_ORDER = ("requirer", "provider", "peer")


class Relations:
    """Makes and ends relations."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def add(self, model: Model, first: str, second: str) -> Relation:
        """Relates two endpoints given as APPLICATION or APPLICATION:ENDPOINT.

        Raises:
            ApiError: nothing fits, several things do, or the relation is there.
        """
        ends = sorted(self._infer(model, first, second), key=lambda end: _ORDER.index(end.role))
        key = " ".join(end.key for end in ends)
        if any(relation.key == key and relation.life == "alive" for relation in model.relations.values()):
            raise ApiError(f'cannot add relation "{key}": relation {key} already exists', "already exists")
        for end in ends:
            _check_alive(model, end.application, key)
        if "container" in (ends[0].scope, ends[1].scope):
            ends = [end.model_copy(update={"scope": "container"}) for end in ends]
            self._check_subordinate(model, ends, key)
        return self._make(model, key, ends)

    def add_peers(self, model: Model, name: str) -> None:
        """Makes an application's peer relations."""
        charm = charm_for(model, model.applications[name])
        for found in charm.endpoints.values():
            if found.role == "peer":
                end = Endpoint(application=name, name=found.name, role="peer", interface=found.interface)
                self._make(model, end.key, [end])

    def find(self, model: Model, endpoints: list[str]) -> Relation:
        """The living relation between two endpoints.

        Raises:
            ApiError: there is none.
        """
        wanted = self._infer(model, *endpoints) if len(endpoints) == 2 else []
        keys = {end.key for end in wanted}
        for relation in model.relations.values():
            if keys and {end.key for end in relation.endpoints} == keys:
                return relation
        shown = " ".join(end.key for end in sorted(wanted, key=lambda end: _ORDER.index(end.role))) or " ".join(endpoints)
        raise ApiError(f'relation "{shown}" not found', "not found")

    def enter(self, model: Model, unit: Unit) -> None:
        """Lets a unit that has started meet the units on the other side of its application's relations."""
        for relation in relations_of(model, unit.application):
            if relation.life == "alive":
                self._meet(model, relation, unit)

    def hook_ran(self, model: Model, unit: Unit, kind: str, relation_id: int) -> None:
        """Notes that a unit's relation-joined or relation-broken hook ran."""
        relation = model.relations.get(relation_id)
        if relation is None:
            return
        if kind == "joined" and relation_id not in unit.joined:
            unit.joined.append(relation_id)
            self._parts.hooks.add(model, unit, f"changed {relation_id}")
            if self._both_joined(model, relation):
                relation.status = self._parts.store.renewed(relation.status, "joined")
        if kind == "broken":
            forget(unit, relation_id)
            self._gone_when_empty(model, relation)

    def destroy(self, model: Model, relation: Relation, *, force: bool = False) -> None:
        """Ends a relation: units run their hooks, subordinates that came with it leave, then it is gone."""
        if relation.life != "alive" and not force:
            return
        relation.life = "dying"
        if relation.container_scoped:
            self._drop_subordinates(model, relation)
        for unit in self._members(model, relation):
            if force:
                forget(unit, relation.id)
            elif relation.id in unit.joined and not unit.stopping:
                self._parts.hooks.add(model, unit, f"broken {relation.id}")
        self._gone_when_empty(model, relation)

    def left(self, model: Model, unit: Unit) -> None:
        """Tells the other side that a unit is gone, and ends relations that waited for it."""
        for relation in relations_of(model, unit.application):
            for other in self._opposite(model, relation, unit):
                if relation.id in other.joined and not other.stopping:
                    self._parts.hooks.add(model, other, f"departed {relation.id}")
            if relation.life != "alive":
                self._gone_when_empty(model, relation)

    def providers(self, model: Model, relation: Relation, unit: Unit) -> list[Unit]:
        """The units whose data a unit sees on a relation."""
        return self._opposite(model, relation, unit)

    def _make(self, model: Model, key: str, ends: list[Endpoint]) -> Relation:
        number = next_number(model, "relation")
        relation = Relation(id=number, key=key, endpoints=ends, status=self._parts.store.status("joining"))
        model.relations[number] = relation
        for unit in self._members(model, relation):
            if unit.started and not unit.stopping:
                self._meet(model, relation, unit)
        for end in ends:
            self._parts.settle.refresh(model, end.application)
        return relation

    def _meet(self, model: Model, relation: Relation, unit: Unit) -> None:
        if self._parts.faults.holds("relation-never-joins", relation.key, *(end.key for end in relation.endpoints)):
            return
        if relation.container_scoped:
            self._parts.units.add_subordinate(model, relation, unit)
        if relation.endpoints[0].role == "peer":
            self._join(model, relation, unit)
            return
        if relation.other_end(unit.application).application in model.remotes:
            self._join(model, relation, unit)
        for other in self._opposite(model, relation, unit):
            if other.started and not other.stopping:
                self._join(model, relation, unit)
                self._join(model, relation, other)

    def _join(self, model: Model, relation: Relation, unit: Unit) -> None:
        if relation.id not in unit.joined:
            self._parts.hooks.add(model, unit, f"joined {relation.id}")

    def _opposite(self, model: Model, relation: Relation, unit: Unit) -> list[Unit]:
        other = relation.other_end(unit.application)
        found = [u for u in units_of(model, other.application) if u.name != unit.name]
        if relation.container_scoped:
            pair = {unit.principal, unit.name}
            return [u for u in found if pair & {u.principal, u.name} - {""}]
        return found

    def _members(self, model: Model, relation: Relation) -> list[Unit]:
        return [unit for end in relation.endpoints for unit in units_of(model, end.application)]

    def _both_joined(self, model: Model, relation: Relation) -> bool:
        return all(
            end.application in model.remotes or any(relation.id in unit.joined for unit in units_of(model, end.application))
            for end in relation.endpoints
        )

    def _gone_when_empty(self, model: Model, relation: Relation) -> None:
        if relation.life == "alive" or any(relation.id in unit.joined for unit in self._members(model, relation)):
            return
        model.relations.pop(relation.id, None)
        for unit in self._members(model, relation):
            unit.queue = [entry for entry in unit.queue if entry == unit.running or not entry.endswith(f" {relation.id}")]
            self._parts.settle.after_hook(model, unit)
        for end in relation.endpoints:
            self._parts.lifecycle.check_application(model, end.application)

    def _drop_subordinates(self, model: Model, relation: Relation) -> None:
        names = {end.application for end in relation.endpoints}
        for unit in self._members(model, relation):
            if unit.principal and unit.principal.rpartition("/")[0] in names and not self._tied(model, relation, unit):
                self._parts.lifecycle.destroy_unit(model, unit)

    def _tied(self, model: Model, ending: Relation, unit: Unit) -> bool:
        principal = unit.principal.rpartition("/")[0]
        return any(
            relation.life == "alive" and relation.container_scoped and relation.id != ending.id and relation.end_of(principal)
            for relation in relations_of(model, unit.application)
        )

    def _infer(self, model: Model, first: str, second: str) -> list[Endpoint]:
        pairs = [
            [one, two]
            for one in self._ends(model, first)
            for two in self._ends(model, second)
            if one.interface == two.interface and _COUNTERPART.get(one.role) == two.role
        ]
        pairs = pairs or self._guess(model, first, second)
        explicit = [pair for pair in pairs if all(end.name != JUJU_INFO or end.role != "provider" for end in pair)]
        pairs = explicit or pairs
        if not pairs:
            raise ApiError("no relations found", "not found")
        if len(pairs) > 1:
            shown = "; ".join(f'"{" ".join(sorted(end.key for end in pair))}"' for pair in pairs)
            raise ApiError(f'ambiguous relation: "{first} {second}" could refer to {shown}', "bad request")
        return pairs[0]

    def _guess(self, model: Model, first: str, second: str) -> list[list[Endpoint]]:
        """Ends of which one is of a charm that little is known of: it is taken to fit the other."""
        for here, there in ((first, second), (second, first)):
            name, _, wanted = here.partition(":")
            app = model.applications.get(name)
            charm = charm_for(model, app) if app else None
            if wanted and app and charm and charm.lenient(app.channel) and charm.endpoint(wanted) is None:
                known = [end for end in self._ends(model, there) if end.role in _COUNTERPART and ":" in there]
                return [
                    [Endpoint(application=name, name=wanted, role=_COUNTERPART[e.role], interface=e.interface), e] for e in known
                ] or self._guess_both(model, first, second)
        return []

    def _guess_both(self, model: Model, first: str, second: str) -> list[list[Endpoint]]:
        """Two named ends of charms that little is known of: they are taken to fit each other."""
        names = [end.partition(":") for end in (first, second)]
        if any(name not in model.applications for name, _, _ in names):
            return []
        charms = [charm_for(model, application(model, name)) for name, _, _ in names]
        if not all(wanted and charm.endpoint(wanted) is None for (_, _, wanted), charm in zip(names, charms, strict=True)):
            return []
        (one, _, needs), (other, _, gives) = names
        return [
            [
                Endpoint(application=one, name=needs, role="requirer", interface=gives),
                Endpoint(application=other, name=gives, role="provider", interface=gives),
            ]
        ]

    def _ends(self, model: Model, reference: str) -> list[Endpoint]:
        name, _, wanted = reference.partition(":")
        if name in model.remotes:
            found = [Endpoint(application=name, **_remote_end(end)) for end in model.remotes[name].endpoints]
            return [end for end in found if wanted in ("", end.name)]
        app = application(model, name)
        charm = charm_for(model, app)
        names = [wanted] if wanted else [*charm.endpoints, JUJU_INFO]
        ends = [charm.endpoint(end) for end in names]
        if ends == [None] and charm.lenient(app.channel):
            return []
        if ends == [None]:
            raise ApiError(f'application "{name}" has no "{wanted}" relation', "not found")
        return [
            Endpoint(application=name, name=end.name, role=end.role, interface=end.interface, scope=end.scope, limit=end.limit)
            for end in ends
            if end
        ]

    def _check_subordinate(self, model: Model, ends: list[Endpoint], key: str) -> None:
        if not any(model.applications[end.application].subordinate for end in ends if end.application in model.applications):
            raise ApiError(
                f'cannot add relation "{key}": container scoped relation requires at least one subordinate application',
                "bad request",
            )
        principals = [model.applications[end.application] for end in ends if not model.applications[end.application].subordinate]
        subordinate = next(model.applications[end.application] for end in ends if model.applications[end.application].subordinate)
        for principal in principals:
            if not _bases_of(model, principal) & _bases_of(model, subordinate):
                raise ApiError(
                    f'cannot add relation "{key}": principal and subordinate applications\' bases must match', "incompatible base"
                )


def _bases_of(model: Model, app: Application) -> set[str]:
    """The bases that an application's charm supports, of which it runs on one."""
    charm = charm_for(model, app)
    if app.url in model.local_charms:
        return set(charm.bases or (app.base,))
    return {app.base, *charm.release(app.channel).bases}


def forget(unit: Unit, relation: int) -> None:
    """Takes a unit out of a relation."""
    unit.joined = [number for number in unit.joined if number != relation]
    unit.published = [number for number in unit.published if number != relation]


def has_subordinate(model: Model, principal: Unit, name: str) -> bool:
    """Whether a principal unit has its unit of a subordinate application."""
    return any(unit.application == name for unit in subordinates_of(model, principal.name))


def _remote_end(end: dict[str, str]) -> dict[str, str]:
    return {"name": end["name"], "role": end["role"], "interface": end["interface"]}


def _check_alive(model: Model, name: str, key: str) -> None:
    found = model.applications.get(name)
    if found is None and name not in model.remotes:
        raise not_found("application", name)
    if found and found.life != "alive":
        raise ApiError(f'cannot add relation "{key}": application "{name}" is not alive', "")
