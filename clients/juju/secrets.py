"""User secrets of a model."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from . import errors, replies


@dataclasses.dataclass(frozen=True, kw_only=True)
class Secret:
    """A secret of the model; `uri` is `secret:ID`; `value` is there when it was asked for, `access` when the controller says."""

    uri: str
    label: str
    description: str
    revision: int
    access: tuple[str, ...] | None = None
    value: Mapping[str, str] | None = dataclasses.field(repr=False, default=None)

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> Secret:
        content = (data.get("value") or {}).get("data")
        decoded = {k: base64.b64decode(v).decode() for k, v in content.items()} if content is not None else None
        return cls(
            uri=data["uri"],
            label=data.get("label") or "",
            description=data.get("description") or "",
            revision=int(data.get("latest-revision") or 0),
            access=_readers(data["access"]) if "access" in data else None,
            value=decoded,
        )


class Secrets:
    """Creates, changes, grants and removes secrets."""

    def __init__(self, call: replies.Call) -> None:
        self._call = call

    def list(self, *, show: bool = False) -> list[Secret]:
        """The model's secrets; with `show` their values too."""
        reply = self._call("Secrets", "ListSecrets", {"filter": {}, "show-secrets": show})
        return [Secret._from_dict(r) for r in reply.get("results") or []]

    def create(self, label: str, value: Mapping[str, str], description: str = "") -> str:
        """Makes a secret and returns its URI."""
        argument = {"owner-tag": "", "label": label, "description": description, "content": {"data": _encoded(value)}}
        return str(replies.first(self._call("Secrets", "CreateSecrets", {"args": [argument]}), f"the secret {label}")["result"])

    def update(self, uri: str, value: Mapping[str, str], description: str = "") -> None:
        """Gives a secret a new revision."""
        argument = {"uri": uri, "existing-label": "", "description": description, "content": {"data": _encoded(value)}}
        replies.first(self._call("Secrets", "UpdateSecrets", {"args": [argument]}), f"the change of {uri}")

    def remove(self, uri: str) -> None:
        """Removes a secret with all its revisions; absence is fine."""
        try:
            replies.first(self._call("Secrets", "RemoveSecrets", {"args": [{"uri": uri, "label": ""}]}), f"the removal of {uri}")
        except errors.NotFound:
            return

    def grant(self, uri: str, applications: Sequence[str]) -> None:
        """Lets applications read a secret."""
        self._access("GrantSecret", uri, applications)

    def revoke(self, uri: str, applications: Sequence[str]) -> None:
        """Takes that right away."""
        self._access("RevokeSecret", uri, applications)

    def _access(self, method: str, uri: str, applications: Sequence[str]) -> None:
        if applications:
            params = {"uri": uri, "label": "", "applications": list(applications)}
            replies.checked(self._call("Secrets", method, params), f"{method} of {uri}")


def _readers(access: Sequence[Mapping[str, Any]] | None) -> tuple[str, ...]:
    tags = (str(grant.get("target-tag") or "") for grant in access or ())
    return tuple(sorted(tag.removeprefix("application-") for tag in tags if tag.startswith("application-")))


def _encoded(value: Mapping[str, str]) -> dict[str, str]:
    return {k: base64.b64encode(v.encode()).decode() for k, v in value.items()}
