"""Users and their passwords."""

from __future__ import annotations

from ..call import Call, Reply
from . import schemas, views
from .desk import Desk, body_of, done, filtered, many, mine, one
from .errors import absent, conflict, refusal, unauthorized
from .records import Secret, User
from .store import named
from .token import Token

_FIELDS = {"name", "domain_id", "enabled", "default_project_id", "options"}


class Users:
    """Handlers of /v3/users."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.store
        desk.add("GET", "/users", "list_users", self.index)
        desk.add("POST", "/users", "create_user", self.create)
        desk.add("GET", "/users/{user_id}", "get_user", self.show, own=mine)
        desk.add("PATCH", "/users/{user_id}", "update_user", self.update)
        desk.add("DELETE", "/users/{user_id}", "delete_user", self.delete)
        desk.add("GET", "/users/{user_id}/groups", "list_groups_for_user", self.groups, own=mine)
        desk.router.add("POST", "/v3/users/{user_id}/password", self.password)

    def index(self, call: Call, token: Token) -> Reply:
        """GET /v3/users."""
        found = (views.user(call, each) for each in self._store.state.users.values())
        return many(call, "users", filtered(call, found, "name", "domain_id", "enabled"))

    def create(self, call: Call, token: Token) -> Reply:
        """POST /v3/users; without a domain the user is in the token's."""
        sent = body_of(call, "user", schemas.CREATE["user"])
        known = {key: value for key, value in sent.items() if key in _FIELDS and value is not None}
        known.setdefault("domain_id", token.domain_id or token.project_domain_id or "default")
        self._check_domain(known["domain_id"])
        made = User(**known, extra={key: value for key, value in sent.items() if key not in _FIELDS | {"password", "id"}})
        self._check_name(made)
        if sent.get("password"):
            made.password = Secret.of(sent["password"])
        self._store.state.users[made.id] = made
        return one("user", views.user(call, made), 201)

    def show(self, call: Call, token: Token, user_id: str) -> Reply:
        """GET /v3/users/ID."""
        return one("user", views.user(call, self._find(user_id)))

    def update(self, call: Call, token: Token, user_id: str) -> Reply:
        """PATCH /v3/users/ID; a new password and a disabled user end the user's tokens."""
        found = self._find(user_id)
        sent = body_of(call, "user", schemas.UPDATE["user"])
        if sent.get("domain_id", found.domain_id) != found.domain_id:
            raise refusal(400, "Cannot change Domain ID")
        self._check_name(found.model_copy(update={"name": sent.get("name", found.name)}))
        for name, value in sent.items():
            if name in _FIELDS:
                setattr(found, name, value)
            elif name not in ("password", "id"):
                found.extra[name] = value
        if sent.get("password"):
            found.password = Secret.of(sent["password"])
        if sent.get("password") or sent.get("enabled") is False:
            self._store.revoke([found.id])
        return one("user", views.user(call, found) | {"extra": found.extra})

    def delete(self, call: Call, token: Token, user_id: str) -> Reply:
        """DELETE /v3/users/ID."""
        found, state = self._find(user_id), self._store.state
        self._store.drop_assignments(actor="user", actor_id=found.id)
        self._store.revoke([found.id])
        for group in state.groups.values():
            group.users = [name for name in group.users if name != found.id]
        state.credentials = {key: each for key, each in state.credentials.items() if each.user_id != found.id}
        del state.users[found.id]
        return done()

    def groups(self, call: Call, token: Token, user_id: str) -> Reply:
        """GET /v3/users/ID/groups."""
        self._find(user_id)
        found = [views.group(call, each) for each in self._store.state.groups.values() if user_id in each.users]
        return many(call, "groups", filtered(call, found, "name"))

    def password(self, call: Call, user_id: str) -> Reply:
        """POST /v3/users/ID/password, without a token."""
        sent = body_of(call, "user")
        found = self._store.state.users.get(user_id)
        if not found or not found.password.holds(str(sent.get("original_password", ""))):
            raise unauthorized(call)
        found.password = Secret.of(str(sent.get("password", "")))
        self._store.revoke([found.id])
        return done()

    def _find(self, key: str) -> User:
        return self._store.get(self._store.state.users, "user", key)

    def _check_domain(self, key: str) -> None:
        if key not in self._store.state.domains:
            raise absent("domain", key)

    def _check_name(self, wanted: User) -> None:
        others = [each for each in self._store.state.users.values() if each.id != wanted.id]
        if any(each.domain_id == wanted.domain_id for each in named(others, wanted.name)):
            raise conflict("user", f"Duplicate entry found with name {wanted.name} at domain ID {wanted.domain_id}")
