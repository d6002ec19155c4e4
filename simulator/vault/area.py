"""Vault behind the gateway: the units of the simulated Juju, or a single server where there is no Juju."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..openstack.call import Call, Reply
from . import behind, routes
from .server import Server
from .state import State

if TYPE_CHECKING:
    from ..openstack.cloud import Cloud

_ALONE = "vault/0"


class Area:
    """Answers for the units' Vaults; their state is the application's, in Juju."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._state = State()

    async def answer(self, call: Call) -> Reply:
        """The answer of the Vault at the unit that was called."""
        parts = getattr(self._cloud.facts, "juju", None)
        if parts is None:
            server = Server(state=self._state, unit=_ALONE, now=self._cloud.now(), storage="file")
            return routes.answer(server, call)
        model = self._cloud.facts.model  # type: ignore[attr-defined]
        return behind.answer(parts, model, model.units[call.unit], call)

    def dump(self) -> dict[str, Any]:
        """The single server's state."""
        return self._state.model_dump(mode="json") if self._state.initialised else {}

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back."""
        self._state = State.model_validate(data)
