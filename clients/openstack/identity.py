"""What Keystone does beyond keeping fields: who has which role where, who is in which group."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from . import types
from ._collection import only
from .errors import ForbiddenError, NotFoundError

if TYPE_CHECKING:
    from .cloud import Cloud


@dataclasses.dataclass(frozen=True, kw_only=True)
class Grant:
    """A role of a user or a group, on a project, a domain or the whole system; ids all of them.

    Exactly one of `user` and `group` is given; without a project or a domain the role is on the system.
    """

    role: str
    user: str | None = None
    group: str | None = None
    project: str | None = None
    domain: str | None = None

    @property
    def path(self) -> str:
        """Where Keystone has it."""
        who = f"users/{self.user}" if self.user else f"groups/{self.group}"
        if self.project:
            return f"/projects/{self.project}/{who}/roles/{self.role}"
        return f"/domains/{self.domain}/{who}/roles/{self.role}" if self.domain else f"/system/{who}/roles/{self.role}"


class Identity:
    """Keystone's operations."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def granted(self, grant: Grant) -> bool:
        """Whether a role is granted."""
        try:
            self._cloud.raw("identity", "get", grant.path, f"look for the role {grant.path}")
        except NotFoundError:
            return False
        return True

    def grant(self, grant: Grant) -> None:
        """Grants a role; granting twice is granting once."""
        self._cloud.raw("identity", "put", grant.path, f"grant the role {grant.path}")

    def revoke(self, grant: Grant) -> None:
        """Revokes a role; one that isn't granted is as good as revoked. The holder's tokens end at once."""
        try:
            self._cloud.raw("identity", "delete", grant.path, f"revoke the role {grant.path}")
        except NotFoundError:
            return

    def members(self, group_id: str) -> list[str]:
        """The ids of a group's users."""
        reply = self._cloud.raw("identity", "get", f"/groups/{group_id}/users", f"list the users of the group {group_id}")
        return sorted(str(user["id"]) for user in reply["users"])

    def join(self, group_id: str, user_id: str) -> None:
        """Puts a user into a group."""
        self._cloud.raw("identity", "put", f"/groups/{group_id}/users/{user_id}", f"put the user {user_id} into {group_id}")

    def leave(self, group_id: str, user_id: str) -> None:
        """Takes a user out of a group."""
        what = f"take the user {user_id} out of {group_id}"
        try:
            self._cloud.raw("identity", "delete", f"/groups/{group_id}/users/{user_id}", what)
        except NotFoundError:
            return

    def domain(self, name: str) -> types.Domain:
        """A domain by its name or id.

        Raises:
            NotFoundError: when there is none.
        """
        try:
            by_id = self._cloud.domains.read(name)
        except ForbiddenError:
            by_id = None
        found = by_id or only(self._cloud.domains.list(name=name), f"domains {name!r}", self._cloud.where)
        if found is None:
            raise NotFoundError(f"{self._cloud.where}: there is no domain {name!r}")
        return found
