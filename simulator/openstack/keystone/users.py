"""Users, groups and application credentials."""

from __future__ import annotations

import secrets
from typing import Any

from ..call import Call, Reply
from . import schemas, views
from .desk import Desk, body_of, done, filtered, many, mine, one
from .errors import absent, conflict, forbidden, refusal, unauthorized
from .records import Credential, Group, Secret, User
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


class Groups:
    """Handlers of /v3/groups."""

    def __init__(self, desk: Desk) -> None:
        self._store = desk.store
        desk.add("GET", "/groups", "list_groups", self.index)
        desk.add("POST", "/groups", "create_group", self.create)
        desk.add("GET", "/groups/{key}", "get_group", self.show)
        desk.add("PATCH", "/groups/{key}", "update_group", self.update)
        desk.add("DELETE", "/groups/{key}", "delete_group", self.delete)
        desk.add("GET", "/groups/{key}/users", "list_users_in_group", self.users)
        desk.add("PUT", "/groups/{key}/users/{user_id}", "add_user_to_group", self.join)
        desk.add("GET", "/groups/{key}/users/{user_id}", "check_user_in_group", self.check)
        desk.add("DELETE", "/groups/{key}/users/{user_id}", "remove_user_from_group", self.leave)

    def index(self, call: Call, token: Token) -> Reply:
        """GET /v3/groups."""
        found = (views.group(call, each) for each in self._store.state.groups.values())
        return many(call, "groups", filtered(call, found, "name", "domain_id"))

    def create(self, call: Call, token: Token) -> Reply:
        """POST /v3/groups."""
        sent = body_of(call, "group", schemas.CREATE["group"])
        domain = sent.get("domain_id") or token.domain_id or token.project_domain_id or "default"
        if domain not in self._store.state.domains:
            raise absent("domain", domain)
        same = named(self._store.state.groups.values(), sent["name"])
        if any(each.domain_id == domain for each in same):
            raise conflict("group", f"Duplicate entry found with name {sent['name']} at domain ID {domain}")
        made = Group(name=sent["name"], domain_id=domain, description=sent.get("description") or "")
        self._store.state.groups[made.id] = made
        return one("group", views.group(call, made), 201)

    def show(self, call: Call, token: Token, key: str) -> Reply:
        """GET /v3/groups/ID."""
        return one("group", views.group(call, self._find(key)))

    def update(self, call: Call, token: Token, key: str) -> Reply:
        """PATCH /v3/groups/ID."""
        found = self._find(key)
        sent = body_of(call, "group", schemas.UPDATE["group"])
        found.name, found.description = sent.get("name", found.name), sent.get("description", found.description) or ""
        return one("group", views.group(call, found) | {"extra": found.extra})

    def delete(self, call: Call, token: Token, key: str) -> Reply:
        """DELETE /v3/groups/ID; the tokens of its users end."""
        found = self._find(key)
        self._store.drop_assignments(actor="group", actor_id=found.id)
        self._store.revoke(found.users)
        del self._store.state.groups[found.id]
        return done()

    def users(self, call: Call, token: Token, key: str) -> Reply:
        """GET /v3/groups/ID/users."""
        found = [views.user(call, self._store.state.users[name]) for name in self._find(key).users]
        return many(call, "users", filtered(call, found, "name", "enabled"))

    def join(self, call: Call, token: Token, key: str, user_id: str) -> Reply:
        """PUT /v3/groups/ID/users/ID."""
        found = self._find(key)
        user = self._store.get(self._store.state.users, "user", user_id)
        if user.id not in found.users:
            found.users.append(user.id)
        return done()

    def check(self, call: Call, token: Token, key: str, user_id: str) -> Reply:
        """HEAD /v3/groups/ID/users/ID."""
        self._member(key, user_id)
        return done()

    def leave(self, call: Call, token: Token, key: str, user_id: str) -> Reply:
        """DELETE /v3/groups/ID/users/ID; the user's tokens end."""
        self._member(key, user_id).users.remove(user_id)
        self._store.revoke([user_id])
        return done()

    def _find(self, key: str) -> Group:
        return self._store.get(self._store.state.groups, "group", key)

    def _member(self, key: str, user_id: str) -> Group:
        found = self._find(key)
        self._store.get(self._store.state.users, "user", user_id)
        if user_id not in found.users:
            raise refusal(404, f"User '{user_id}' not found in group '{key}'.")
        return found


class Credentials:
    """Handlers of application credentials: users make them for themselves only."""

    def __init__(self, desk: Desk) -> None:
        self._store = desk.store
        path = "/users/{user_id}/application_credentials"
        desk.add("GET", path, "list_application_credentials", self.index, own=mine)
        desk.add("POST", path, "create_application_credential", self.create, own=mine)
        desk.add("GET", path + "/{key}", "get_application_credential", self.show, own=mine)
        desk.add("DELETE", path + "/{key}", "delete_application_credential", self.delete, own=mine)

    def index(self, call: Call, token: Token, user_id: str) -> Reply:
        """GET …/application_credentials."""
        mine = [each for each in self._store.state.credentials.values() if each.user_id == user_id]
        shown = (views.credential(call, self._store.state, each) for each in mine)
        return many(call, "application_credentials", filtered(call, shown, "name"))

    def create(self, call: Call, token: Token, user_id: str) -> Reply:
        """POST …/application_credentials: the secret is shown this once."""
        if user_id != token.user_id or not token.project_id:
            raise forbidden("identity:create_application_credential")
        sent = body_of(call, "application_credential", schemas.CREATE["application_credential"])
        mine = [each for each in self._store.state.credentials.values() if each.user_id == user_id]
        if named(mine, sent["name"]):
            raise conflict("application_credential", f"Duplicate entry found with name {sent['name']}")
        secret = sent.get("secret") or secrets.token_urlsafe(64)
        made = Credential(
            name=sent["name"],
            description=sent.get("description"),
            user_id=user_id,
            project_id=token.project_id,
            roles=self._roles(token, sent.get("roles")),
            secret=Secret.of(secret),
            expires_at=sent.get("expires_at"),
            unrestricted=sent.get("unrestricted"),
        )
        self._store.state.credentials[made.id] = made
        return one("application_credential", views.credential(call, self._store.state, made) | {"secret": secret}, 201)

    def show(self, call: Call, token: Token, user_id: str, key: str) -> Reply:
        """GET …/application_credentials/ID."""
        return one("application_credential", views.credential(call, self._store.state, self._find(user_id, key)))

    def delete(self, call: Call, token: Token, user_id: str, key: str) -> Reply:
        """DELETE …/application_credentials/ID."""
        del self._store.state.credentials[self._find(user_id, key).id]
        return done()

    def _find(self, user_id: str, key: str) -> Credential:
        found = self._store.state.credentials.get(key)
        if not found or found.user_id != user_id:
            raise absent("application_credential", key)
        return found

    def _roles(self, token: Token, sent: list[dict[str, Any]] | None) -> list[str]:
        """Ids of the roles that are asked for, all of the token's when none are."""
        mine = self._store.roles_of(token.user_id, "project", str(token.project_id))
        if not sent:
            return [role.id for role in mine]
        found = [role.id for role in mine if any(each.get("id") == role.id or each.get("name") == role.name for each in sent)]
        if len(found) != len(sent):
            raise refusal(400, "Invalid application credential: could not find role assignment.")
        return found
