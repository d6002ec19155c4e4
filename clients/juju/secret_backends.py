"""Where a controller's models keep their secrets."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from . import errors, replies


@dataclasses.dataclass(frozen=True, kw_only=True)
class SecretBackend:
    """A backend; `config` holds its token too."""

    id: str
    name: str
    backend_type: str
    config: Mapping[str, Any] = dataclasses.field(repr=False)


class SecretBackends:
    """Lists, adds, changes and removes backends."""

    def __init__(self, call: replies.Call) -> None:
        self._call = call

    def find(self, name: str) -> SecretBackend | None:
        """A backend by its name."""
        reply = self._call("SecretBackends", "ListSecretBackends", {"names": [name], "reveal": True})
        for found in reply.get("results") or []:
            errors.raise_first([found], "listing the secret backends")
            about = found["result"]
            if about["name"] == name:
                config = dict(about.get("config") or {})
                return SecretBackend(id=found["id"], name=name, backend_type=about["backend-type"], config=config)
        return None

    def add(self, name: str, backend_type: str, config: Mapping[str, Any]) -> None:
        """Adds a backend, which must answer."""
        backend = {"name": name, "backend-type": backend_type, "config": dict(config)}
        self._change("AddSecretBackends", backend, f"the secret backend {name}")

    def update(self, name: str, config: Mapping[str, Any], reset: Sequence[str]) -> None:
        """Changes some settings, and puts others back to their defaults."""
        change = {"name": name, "config": dict(config), "reset": list(reset)}
        self._change("UpdateSecretBackends", change, f"the change of the secret backend {name}")

    def remove(self, name: str, *, force: bool = False) -> None:
        """Removes a backend; without force it must hold no secrets."""
        self._change("RemoveSecretBackends", {"name": name, "force": force}, f"the removal of the secret backend {name}")

    def _change(self, method: str, argument: Mapping[str, Any], what: str) -> None:
        replies.first(self._call("SecretBackends", method, {"args": [dict(argument)]}), what)
