"""Who has which role on what, and the list of all assignments."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, cast

from ..call import Call, Reply
from . import views
from .desk import Desk, done, many
from .errors import absent, refusal
from .records import Assignment
from .token import Token


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Place:
    """An actor and a scope, as a path names them."""

    actor: str
    actor_id: str
    scope: str
    scope_id: str


class Grants:
    """Handlers of …/users/ID/roles/ID and …/groups/ID/roles/ID on projects, domains and the system."""

    def __init__(self, desk: Desk) -> None:
        self._store = desk.store
        for scope, prefix in {"project": "/projects/{scope_id}", "domain": "/domains/{scope_id}", "system": "/system"}.items():
            for actor in ("user", "group"):
                self._routes(desk, scope, actor, f"{prefix}/{actor}s/{{actor_id}}/roles")

    def _routes(self, desk: Desk, scope: str, actor: str, path: str) -> None:
        def place(parts: dict[str, str]) -> tuple[_Place, str]:
            found = _Place(actor=actor, actor_id=parts["actor_id"], scope=scope, scope_id=parts.get("scope_id", "all"))
            self._check(found)
            return found, parts.get("role_id", "")

        desk.add("GET", path, "list_grants", lambda call, token, **parts: self._list(call, *place(parts)))
        desk.add("GET", path + "/{role_id}", "check_grant", lambda call, token, **parts: self._test(*place(parts)))
        desk.add("PUT", path + "/{role_id}", "create_grant", lambda call, token, **parts: self._grant(*place(parts)))
        desk.add("DELETE", path + "/{role_id}", "revoke_grant", lambda call, token, **parts: self._revoke(*place(parts)))

    def _list(self, call: Call, place: _Place, role_id: str) -> Reply:
        roles = [self._store.state.roles[found.role] for found in self._at(place)]
        return many(call, "roles", [views.role(call, role) for role in roles])

    def _test(self, place: _Place, role_id: str) -> Reply:
        self._one(place, role_id)
        return done()

    def _grant(self, place: _Place, role_id: str) -> Reply:
        self._store.get(self._store.state.roles, "role", role_id)
        if all(found.role != role_id for found in self._at(place)):
            made = Assignment.model_validate({"role": role_id, **dataclasses.asdict(place)})
            self._store.state.assignments.append(made)
        return done()

    def _revoke(self, place: _Place, role_id: str) -> Reply:
        found = self._one(place, role_id)
        self._store.state.assignments.remove(found)
        self._store.revoke_assignments([found])
        return done()

    def _one(self, place: _Place, role_id: str) -> Assignment:
        self._store.get(self._store.state.roles, "role", role_id)
        found = next((each for each in self._at(place) if each.role == role_id), None)
        if not found:
            where = "system" if place.scope == "system" else place.scope_id
            text = f"Could not find role assignment with role: {role_id}, user or group: {place.actor_id}, project, domain, or"
            raise refusal(404, f"{text} system: {where}.")
        return found

    def _at(self, place: _Place) -> Iterator[Assignment]:
        wanted = dataclasses.asdict(place)
        for found in self._store.state.assignments:
            if found.model_dump(exclude={"role"}) == wanted:
                yield found

    def _check(self, place: _Place) -> None:
        state = self._store.state
        actors = state.users if place.actor == "user" else state.groups
        scopes: dict[str, dict[str, Any]] = {"project": dict(state.projects), "domain": dict(state.domains)}
        if place.actor_id not in actors:
            raise absent(place.actor, place.actor_id)
        if place.scope != "system" and place.scope_id not in scopes[place.scope]:
            raise absent(place.scope, place.scope_id)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Line:
    """One assignment to show; `direct` is where it stands, `prior` the role that implies it, "" when it is its own."""

    role: str
    actor: str
    actor_id: str
    scope: str
    scope_id: str
    direct: Assignment
    prior: str = ""


class Assignments:
    """The handler of /v3/role_assignments."""

    def __init__(self, desk: Desk) -> None:
        self._store = desk.store
        desk.add("GET", "/role_assignments", "list_role_assignments", self.index)

    def index(self, call: Call, token: Token) -> Reply:
        """GET /v3/role_assignments."""
        lines = self._lines("effective" in call.query and call.query["effective"].lower() not in ("false", "0"))
        names = "include_names" in call.query and call.query["include_names"].lower() not in ("false", "0")
        return many(call, "role_assignments", [self._view(call, line, names) for line in lines if _matches(call, line)])

    def _lines(self, effective: bool) -> Iterator[_Line]:
        for found in self._store.state.assignments:
            if not effective:
                yield _Line(**found.model_dump(), direct=found)
                continue
            group = self._store.state.groups.get(found.actor_id)
            users = group.users if found.actor == "group" and group else [found.actor_id]
            for user in users:
                place = {"actor": "user", "actor_id": user, "scope": found.scope, "scope_id": found.scope_id}
                for role in self._store.with_implied([found.role]):
                    yield _Line(role=role, **place, direct=found, prior="" if role == found.role else found.role)

    def _view(self, call: Call, line: _Line, names: bool) -> dict[str, Any]:
        direct = line.direct
        scope = ["system"] if direct.scope == "system" else [f"{direct.scope}s", direct.scope_id]
        href = views.link(call, *scope, f"{direct.actor}s", direct.actor_id, "roles", direct.role)["self"]
        links = {"assignment": href}
        if line.prior:
            links["prior_role"] = views.link(call, "prior_role", line.role, "implies", line.prior)["self"]
        shown: dict[str, Any] = {"system": {"all": True}}
        if line.scope != "system":
            shown = {line.scope: self._thing(line.scope, line.scope_id, names)}
        actor = {line.actor: self._thing(line.actor, line.actor_id, names)}
        return {"links": links, "scope": shown, **actor, "role": self._thing("role", line.role, names)}

    def _thing(self, kind: str, key: str, names: bool) -> dict[str, Any]:
        if not names:
            return {"id": key}
        state = self._store.state
        tables: dict[str, Any] = {
            "project": state.projects,
            "domain": state.domains,
            "user": state.users,
            "group": state.groups,
            "role": state.roles,
        }
        found = tables[kind][key]
        domain = state.domains.get(cast(str, getattr(found, "domain_id", None) or ""))
        return {"id": key, "name": found.name} | ({"domain": {"id": domain.id, "name": domain.name}} if domain else {})


def _matches(call: Call, line: _Line) -> bool:
    query = call.query
    wanted = {
        "user.id": line.actor_id if line.actor == "user" else None,
        "group.id": line.actor_id if line.actor == "group" else None,
        "role.id": line.role,
        "scope.project.id": line.scope_id if line.scope == "project" else None,
        "scope.domain.id": line.scope_id if line.scope == "domain" else None,
    }
    if "scope.system" in query and line.scope != "system":
        return False
    return all(query[name] == value for name, value in wanted.items() if name in query)
