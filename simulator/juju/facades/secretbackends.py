"""SecretBackends: where the controller's models keep their secrets: with it, or in a Vault, which is not asked."""

from __future__ import annotations

from typing import Any

from ..errors import ApiError, not_found
from ..facade import Call, Facade, each
from ..records import Controller, Model, SecretBackend
from ..store import new_uuid

facade = Facade("SecretBackends", 1, scopes=("controller",))
INTERNAL = "internal"
_RESERVED = (INTERNAL, "auto")
_HIDDEN = ("token", "client-key")


@facade.reads("ListSecretBackends", "login")
def list_backends(call: Call) -> dict[str, Any]:
    """The controller's own store of secrets, and those that were added; tokens for superusers that ask."""
    names, reveal = call.params.get("names") or [], bool(call.params.get("reveal"))
    if reveal and not call.superuser:
        raise ApiError("permission denied", "unauthorized access")
    own = SecretBackend(id=call.controller.uuid, name=INTERNAL, kind="controller")
    found = [own, *call.controller.backends.values()]
    return {"results": [_wire(call.controller, backend, reveal) for backend in found if not names or backend.name in names]}


@facade.writes("AddSecretBackends", "superuser")
def add(call: Call) -> dict[str, Any]:
    """Takes Vaults up."""

    def one(asked: dict[str, Any]) -> None:
        name, kind = _name(asked), asked.get("backend-type") or ""
        if kind != "vault":
            text = f'creating backend provider type "{kind}": no registered provider for "{kind}"'
            raise ApiError(text, "not found")
        if name in call.controller.backends:
            raise ApiError(f'secret backend "{name}" already exists', "already exists")
        config = dict(asked.get("config") or {})
        _check(config)
        call.controller.backends[name] = SecretBackend(id=new_uuid(), name=name, kind=kind, config=config)

    return each(call.params["args"], one)


@facade.writes("UpdateSecretBackends", "superuser")
def update(call: Call) -> dict[str, Any]:
    """Changes some settings of backends."""

    def one(asked: dict[str, Any]) -> None:
        known = _find(call, _name(asked))
        config = {**known.config, **(asked.get("config") or {})}
        config = {key: value for key, value in config.items() if key not in (asked.get("reset") or [])}
        _check(config)
        known.config = config

    return each(call.params["args"], one)


@facade.writes("RemoveSecretBackends", "superuser")
def remove(call: Call) -> dict[str, Any]:
    """Forgets backends; those that hold secrets only with force."""

    def one(asked: dict[str, Any]) -> None:
        known = _find(call, _name(asked))
        if (held := _held(call.controller, known.name)) and not asked.get("force"):
            raise ApiError(f"removing backend with {held} stored secret revisions not supported", "not supported")
        del call.controller.backends[known.name]

    return each(call.params["args"], one)


def backend_of(controller: Controller, model: Model) -> str:
    """The name of the backend that holds a model's secrets; they move with the model's setting."""
    named = str(model.config.get("secret-backend") or "auto")
    return named if named in controller.backends else INTERNAL


def _name(asked: dict[str, Any]) -> str:
    name = str(asked.get("name") or "")
    if not name:
        raise ApiError("missing backend name not valid", "not valid")
    if name in _RESERVED:
        raise ApiError(f'backend "{name}" not valid', "not valid")
    return name


def _find(call: Call, name: str) -> SecretBackend:
    if name not in call.controller.backends:
        raise not_found("secret backend", name)
    return call.controller.backends[name]


def _check(config: dict[str, Any]) -> None:
    if not config.get("endpoint"):
        raise ApiError('invalid config for provider "vault": endpoint: expected string, got nothing', "")


def _held(controller: Controller, name: str) -> int:
    models = [model for model in controller.models.values() if backend_of(controller, model) == name]
    return sum(len(secret.revisions) for model in models for secret in model.secrets.values())


def _wire(controller: Controller, backend: SecretBackend, reveal: bool) -> dict[str, Any]:
    config = {key: value for key, value in backend.config.items() if reveal or key not in _HIDDEN}
    result = {"name": backend.name, "backend-type": backend.kind, "config": config}
    held = _held(controller, backend.name)
    return {"result": result, "id": backend.id, "num-secrets": held, "status": "active", "message": ""}
