"""Look-ups in Keystone's records: by id, by name as its database compares them, and what follows from assignments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from .errors import absent
from .records import Assignment, Issued, Role, State, User


class _Named(Protocol):
    @property
    def name(self) -> str | None: ...


T = TypeVar("T")
N = TypeVar("N", bound=_Named)


class Store:
    """The state with what is asked of it."""

    def __init__(self) -> None:
        self.state = State()

    def get(self, table: Mapping[str, T], kind: str, key: str) -> T:
        """The record of an id; refused with 404 when there is none."""
        if key not in table:
            raise absent(kind, key)
        return table[key]

    def roles_of(self, user: str, scope: str, scope_id: str) -> list[Role]:
        """The roles that a user has on something, directly, through groups, and implied, in the order of implication."""
        groups = {group.id for group in self.state.groups.values() if user in group.users}
        direct = [
            found.role
            for found in self.state.assignments
            if (found.scope, found.scope_id) == (scope, scope_id)
            and ((found.actor == "user" and found.actor_id == user) or (found.actor == "group" and found.actor_id in groups))
        ]
        return [self.state.roles[name] for name in self.with_implied(direct)]

    def with_implied(self, roles: Iterable[str]) -> list[str]:
        """Role ids with those that they imply."""
        found: list[str] = []
        waiting = list(roles)
        while waiting:
            role = waiting.pop(0)
            if role not in found:
                found.append(role)
                waiting += self.state.implied.get(role, [])
        return found

    def token_roles(self, issued: Issued) -> list[Role]:
        """The roles that a token has now."""
        scope = self.scope_of(issued)
        roles = self.roles_of(issued.user_id, *scope) if scope else []
        credential = self.state.credentials.get(issued.credential or "")
        if credential:
            return [role for role in roles if role.id in credential.roles]
        return roles

    def scope_of(self, issued: Issued) -> tuple[str, str] | None:
        """The kind and id of what a token is for."""
        if issued.project_id:
            return "project", issued.project_id
        if issued.domain_id:
            return "domain", issued.domain_id
        return ("system", "all") if issued.system else None

    def usable(self, user: User) -> bool:
        """Whether a user may be anybody: enabled, in an enabled domain."""
        return user.enabled and self.state.domains[user.domain_id].enabled

    def open_scope(self, issued: Issued) -> bool:
        """Whether what a token is for is there and enabled."""
        if issued.project_id:
            project = self.state.projects.get(issued.project_id)
            return bool(project and project.enabled and self.state.domains[project.domain_id].enabled)
        if issued.domain_id:
            domain = self.state.domains.get(issued.domain_id)
            return bool(domain and domain.enabled)
        return True

    def revoke(self, users: Iterable[str], scope: tuple[str, str] | None = None) -> None:
        """Ends the users' tokens: all of them, or those for one scope."""
        gone = set(users)
        self.state.tokens = {
            key: issued
            for key, issued in self.state.tokens.items()
            if issued.user_id not in gone or (scope and self.scope_of(issued) != scope)
        }

    def revoke_assignments(self, ended: Iterable[Assignment]) -> None:
        """Ends the tokens that stood on assignments."""
        for found in ended:
            group = self.state.groups.get(found.actor_id)
            users = group.users if found.actor == "group" and group else [found.actor_id]
            self.revoke(users, (found.scope, found.scope_id))

    def drop_assignments(self, **fields: str) -> None:
        """Takes away the assignments that have all these fields, with the tokens on them."""
        ended = [a for a in self.state.assignments if all(getattr(a, key) == value for key, value in fields.items())]
        self.state.assignments = [found for found in self.state.assignments if found not in ended]
        self.revoke_assignments(ended)


def named(table: Iterable[N], name: str) -> list[N]:
    """Records of a name, in whatever case: the database compares names so."""
    return [record for record in table if (record.name or "").lower() == name.lower()]
