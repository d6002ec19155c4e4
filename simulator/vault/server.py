"""One unit's Vault server over the state that the cluster shares: who may speak, and to which part."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from ..openstack.call import Call
from . import rules
from .answers import Refusal
from .state import State, Token


@dataclasses.dataclass(kw_only=True)
class Server:
    """A server as a request meets it.

    Attributes:
        state: what the cluster keeps.
        unit: which of its units this is.
        now: seconds since the epoch.
        storage: "mysql", "file" or "raft", as the seal's status says.
        members: all units that are up, with their addresses, in the order in which they become the active one.
        clustered: whether only one of them works and the others stand by.
        patience: seconds that a token lives at least, for clients whose own time the rack's outruns.
    """

    state: State
    unit: str
    now: float
    storage: str = "mysql"
    members: Sequence[tuple[str, str]] = ()
    clustered: bool = False
    patience: float = 0.0

    @property
    def initialised(self) -> bool:
        """Whether this unit knows of keys; a raft member does once it has joined."""
        return self.state.initialised and (self.storage != "raft" or self.unit in self.state.joined)

    @property
    def sealed(self) -> bool:
        """Whether this unit is sealed."""
        return not self.initialised or self.unit not in self.state.unsealed

    @property
    def active(self) -> bool:
        """Whether this unit does the work."""
        elected = self.now >= self.state.elected and self._active_unit() == self.unit
        return not self.sealed and (not self.clustered or elected)

    @property
    def has_active(self) -> bool:
        """Whether any unit of the cluster is open."""
        return bool(self._active_unit())

    def address_of_active(self) -> str:
        """Where the active unit is."""
        return dict(self.members).get(self._active_unit(), "")

    def asked(self, call: Call) -> dict[str, Any]:
        """The request's body."""
        if not call.body:
            return {}
        try:
            found = json.loads(call.body)
        except ValueError:
            raise Refusal(400, "error parsing JSON") from None
        return found if isinstance(found, dict) else {}

    def must_be_open(self) -> None:
        """Refuses while it is sealed."""
        if self.sealed:
            raise Refusal(503, "Vault is sealed")

    def token_of(self, call: Call) -> tuple[str, Token]:
        """The request's token, which counts as used once more."""
        given = call.headers.get("X-Vault-Token") or call.headers.get("Authorization", "").removeprefix("Bearer ")
        if not given:
            raise Refusal(400, "missing client token")
        found = self.find(given)
        if found is None:
            raise Refusal(403, "permission denied")
        if found.uses == 1:
            del self.state.tokens[given]
        found.uses = max(found.uses - 1, 0)
        return given, found

    def find(self, token: str) -> Token | None:
        """A token that is alive; what has expired leaves."""
        found = self.state.tokens.get(token)
        ends = found.ends() if found else None
        if found and ends is not None and max(ends, found.created + self.patience) <= self.now:
            self.revoke(token)
            return None
        return found

    def revoke(self, token: str) -> None:
        """Ends a token and its children."""
        for child in [name for name, known in self.state.tokens.items() if known.parent == token]:
            self.revoke(child)
        self.state.tokens.pop(token, None)

    def authorise(self, call: Call, path: str) -> tuple[str, Token]:
        """Checks that the request's token may do this to a path (without /v1/)."""
        name, token = self.token_of(call)
        texts = [self.state.policies.get(policy, "") for policy in token.policies]
        if "root" not in token.policies and not rules.allow(texts, path, call.method):
            raise Refusal(403, "1 error occurred:\n\t* permission denied\n\n")
        return name, token

    def _active_unit(self) -> str:
        ready = [unit for unit, _ in self.members if unit in self.state.unsealed]
        return ready[0] if ready else ""
