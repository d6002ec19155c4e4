"""Tokens: made, recognised, ended.

A token lives an hour of the caller's time: on a fast clock its virtual life is longer, or no client could finish anything.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from ...clock import Clock
from ...world import Fault
from ..call import Call
from .errors import unauthorized
from .records import Issued, digest
from .store import Store
from .token import Token

LIFETIME = 3600.0
ENDS = "token-ends"


class Tokens:
    """Issues and validates."""

    def __init__(self, store: Store, clock: Clock, fault: Callable[..., Fault | None]) -> None:
        self._store = store
        self._clock = clock
        self._fault = fault

    def issue(self, issued: Issued) -> str:
        """Keeps a token; returns its id, which is not kept."""
        tokens = self._store.state.tokens
        now = self._clock.now()
        for key in [key for key, old in tokens.items() if old.expires < now]:
            del tokens[key]
        token = f"gAAAAAB{secrets.token_urlsafe(132)}"
        tokens[digest(token)] = issued
        return token

    def new(self, user_id: str, methods: list[str], parent: Issued | None = None) -> Issued:
        """An unscoped token of a user; one that is made from another ends with it and names it."""
        now = self._clock.now()
        audit = [secrets.token_urlsafe(16)] + (parent.audit_ids[-1:] if parent else [])
        expires = parent.expires if parent else now + LIFETIME * max(1.0, self._clock.factor)
        return Issued(user_id=user_id, methods=methods, audit_ids=audit, issued=now, expires=expires)

    def find(self, token: str) -> Issued | None:
        """The token of an id, None when it is not valid (any more)."""
        issued = self._store.state.tokens.get(digest(token)) if token else None
        if not issued or issued.expires <= self._clock.now():
            return None
        user = self._store.state.users.get(issued.user_id)
        if not user or not self._store.usable(user) or not self._store.open_scope(issued):
            return None
        if issued.credential and issued.credential not in self._store.state.credentials:
            return None
        if self._store.scope_of(issued) and not self._store.token_roles(issued):
            return None
        return issued

    def end(self, token: str) -> None:
        """Ends a token."""
        self._store.state.tokens.pop(digest(token), None)

    def describe(self, token: str) -> Token | None:
        """What a token says, None when it is not valid."""
        issued = self.find(token)
        if not issued:
            return None
        state = self._store.state
        user, project = state.users[issued.user_id], state.projects.get(issued.project_id or "")
        if self._fault(ENDS, user.name):
            self.end(token)
            return None
        return Token(
            id=token,
            user_id=user.id,
            user_name=user.name,
            user_domain_id=user.domain_id,
            project_id=issued.project_id,
            project_name=project.name if project else None,
            project_domain_id=project.domain_id if project else None,
            domain_id=issued.domain_id,
            system=issued.system,
            roles=tuple(role.name.lower() for role in self._store.token_roles(issued)),
            expires_at=issued.expires,
        )

    def authorise(self, call: Call) -> Token:
        """What the caller's token says.

        Raises:
            Refusal: 401.
        """
        found = self.describe(call.token)
        if not found:
            raise unauthorized(call)
        return found
