"""What a validated token says of who asks."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, kw_only=True)
class Token:
    """A user with a scope: a project, a domain, the system, or none.

    `roles` are names in lower case with those that they imply; `expires_at` is virtual POSIX seconds.
    """

    id: str
    user_id: str
    user_name: str
    user_domain_id: str
    project_id: str | None = None
    project_name: str | None = None
    project_domain_id: str | None = None
    domain_id: str | None = None
    system: bool = False
    roles: tuple[str, ...] = ()
    expires_at: float = 0.0

    @property
    def is_admin(self) -> bool:
        """Whether the services' policies let it do everything."""
        return "admin" in self.roles

    @property
    def scoped(self) -> bool:
        """Whether it has a scope."""
        return bool(self.project_id or self.domain_id or self.system)
