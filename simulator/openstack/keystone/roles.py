"""Roles, and which of them imply others."""

from __future__ import annotations

from typing import Any

from ..call import Call, Reply
from . import schemas, views
from .desk import Desk, body_of, done, filtered, many, one
from .errors import conflict, refusal
from .records import Role
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
