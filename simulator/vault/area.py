"""Vault behind the gateway: the units of the simulated Juju, or a single server where there is no Juju."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from ..openstack.call import Call, Reply
from . import behind, routes
from .server import Server
from .state import State

if TYPE_CHECKING:
    from ..openstack.cloud import Cloud


@dataclasses.dataclass(kw_only=True)
class Single:
    """A server without Juju around it, or the one of a cluster that is asked just now."""

    state: State = dataclasses.field(default_factory=State)
    unit: str = "vault/0"
    storage: str = "file"
    members: tuple[tuple[str, str], ...] = ()


class Area:
    """Answers for the units' Vaults; their state is the application's, in Juju."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.single = Single()

    async def answer(self, call: Call) -> Reply:
        """The answer of the Vault at the unit that was called."""
        parts = getattr(self._cloud.facts, "juju", None)
        if parts is None:
            alone = vars(self.single)
            return routes.answer(Server(**alone, now=self._cloud.now(), clustered=self.single.storage == "raft"), call)
        model = self._cloud.facts.model  # type: ignore[attr-defined] # facts with `juju` have it
        return behind.answer(parts, model, model.units[call.unit], call)

    def dump(self) -> dict[str, Any]:
        """The single server's state."""
        state = self.single.state
        return state.model_dump(mode="json") if state.initialised else {}

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back."""
        self.single.state = State.model_validate(data)
