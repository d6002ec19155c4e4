"""Application credentials: users make them for themselves only."""

from __future__ import annotations

import secrets
from typing import Any

from ..call import Call, Reply
from . import schemas, views
from .desk import Desk, body_of, done, filtered, many, mine, one
from .errors import absent, conflict, forbidden, refusal
from .records import Credential, Secret
from .store import named
from .token import Token


class Credentials:
    """Handlers of /v3/users/ID/application_credentials."""

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
