"""For whom a request is carried out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The project of a request, and whether the policy's administrator speaks."""

    project_id: str
    is_admin: bool = False

    def owns(self, project_id: str) -> bool:
        """Whether what belongs to that project is the caller's to change."""
        return self.is_admin or self.project_id == project_id
