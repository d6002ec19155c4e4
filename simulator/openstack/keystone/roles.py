"""Roles, who has them on what, and the list of all assignments."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, cast

from ..call import Call, Reply
from . import schemas, views
from .desk import Desk, body_of, done, filtered, many, one
from .errors import absent, conflict, refusal
from .records import Assignment, Role
from .store import named
from .token import Token


class Roles:
    """Handlers of /v3/roles and of the inference rules."""

    def __init__(self, desk: Desk) -> None:
        self._store = desk.store
        desk.add("GET", "/roles", "list_roles", self.index)
        desk.add("POST", "/roles", "create_role", self.create)
        desk.add("GET", "/roles/{key}", "get_role", self.show)
        desk.add("PATCH", "/roles/{key}", "update_role", self.update)
        desk.add("DELETE", "/roles/{key}", "delete_role", self.delete)
        desk.add("GET", "/roles/{key}/implies", "list_implied_roles", self.implied)
        desk.add("GET", "/roles/{key}/implies/{other}", "check_implied_role", self.does_imply)
        desk.add("PUT", "/roles/{key}/implies/{other}", "create_implied_role", self.imply)
        desk.add("DELETE", "/roles/{key}/implies/{other}", "delete_implied_role", self.imply_not)
        desk.add("GET", "/role_inferences", "list_role_inference_rules", self.inferences)

    def index(self, call: Call, token: Token) -> Reply:
        """GET /v3/roles."""
        found = [views.role(call, each) for each in self._store.state.roles.values()]
        if "domain_id" not in call.query:
            found = [view for view in found if view["domain_id"] is None]
        return many(call, "roles", filtered(call, found, "name", "domain_id"))

    def create(self, call: Call, token: Token) -> Reply:
        """POST /v3/roles."""
        sent = body_of(call, "role", schemas.CREATE["role"])
        if any(each.domain_id == sent.get("domain_id") for each in named(self._store.state.roles.values(), sent["name"])):
            raise conflict("role", f"Duplicate entry found with name {sent['name']}")
        made = Role(**{key: value for key, value in sent.items() if key in Role.model_fields and key != "id"})
        self._store.state.roles[made.id] = made
        return one("role", views.role(call, made), 201)

    def show(self, call: Call, token: Token, key: str) -> Reply:
        """GET /v3/roles/ID."""
        return one("role", views.role(call, self._find(key)))

    def update(self, call: Call, token: Token, key: str) -> Reply:
        """PATCH /v3/roles/ID."""
        found = self._find(key)
        sent = body_of(call, "role", schemas.UPDATE["role"])
        self._check_mutable(found, "update", sent.get("options"))
        for name in ("name", "description", "options"):
            setattr(found, name, sent.get(name, getattr(found, name)))
        return one("role", views.role(call, found))

    def delete(self, call: Call, token: Token, key: str) -> Reply:
        """DELETE /v3/roles/ID."""
        found = self._find(key)
        self._check_mutable(found, "delete")
        self._store.drop_assignments(role=found.id)
        self._store.state.implied.pop(found.id, None)
        for implied in self._store.state.implied.values():
            implied[:] = [name for name in implied if name != found.id]
        del self._store.state.roles[found.id]
        return done()

    def inferences(self, call: Call, token: Token) -> Reply:
        """GET /v3/role_inferences."""
        return Reply(body={"role_inferences": [self._rule(call, prior) for prior in sorted(self._store.state.implied)]})

    def implied(self, call: Call, token: Token, key: str) -> Reply:
        """GET /v3/roles/ID/implies."""
        return Reply(body={"role_inference": self._rule(call, self._find(key).id), "links": {"self": call.url}})

    def does_imply(self, call: Call, token: Token, key: str, other: str) -> Reply:
        """HEAD /v3/roles/ID/implies/ID."""
        if self._find(other).id not in self._store.state.implied.get(self._find(key).id, []):
            raise refusal(404, f"{key} does not imply {other}")
        return done()

    def imply(self, call: Call, token: Token, key: str, other: str) -> Reply:
        """PUT /v3/roles/ID/implies/ID."""
        prior, role = self._find(key), self._find(other)
        if role.name.lower() == "admin":
            raise refusal(403, f"The role {role.id} may not be implied: it is the administrator's.")
        implied = self._store.state.implied.setdefault(prior.id, [])
        if role.id not in implied:
            implied.append(role.id)
        shown = {"prior_role": self._short(call, prior), "implies": self._short(call, role)}
        return Reply(status=201, body={"role_inference": shown, "links": {"self": call.url}})

    def imply_not(self, call: Call, token: Token, key: str, other: str) -> Reply:
        """DELETE /v3/roles/ID/implies/ID."""
        self.does_imply(call, token, key, other)
        implied = self._store.state.implied[key]
        implied.remove(other)
        if not implied:
            del self._store.state.implied[key]
        return done()

    def _rule(self, call: Call, prior: str) -> dict[str, Any]:
        state = self._store.state
        shown = [self._short(call, state.roles[name]) for name in state.implied.get(prior, [])]
        return {"prior_role": self._short(call, state.roles[prior]), "implies": shown}

    def _short(self, call: Call, role: Role) -> dict[str, Any]:
        return {"id": role.id, "links": views.link(call, "roles", role.id), "name": role.name}

    def _find(self, key: str) -> Role:
        return self._store.get(self._store.state.roles, "role", key)

    def _check_mutable(self, found: Role, what: str, options: dict[str, Any] | None = None) -> None:
        if found.options.get("immutable") and (options or {}).get("immutable") is not False:
            text = f"Cannot {what} immutable resource: {found.id}. Set resource option 'immutable' to false first."
            raise refusal(403, text)


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
