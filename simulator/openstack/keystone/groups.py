"""Groups and who is in them."""

from __future__ import annotations

from ..call import Call, Reply
from . import schemas, views
from .desk import Desk, body_of, done, filtered, many, one
from .errors import absent, conflict, refusal
from .records import Group
from .store import named
from .token import Token


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
