"""ModelConfig: settings and constraints of a model."""

from __future__ import annotations

from typing import Any

from .. import config
from ..errors import ApiError, not_found
from ..facade import Call, Facade
from ..store import space_named
from .secretbackends import INTERNAL

facade = Facade("ModelConfig", 3)


@facade.reads("ModelGet")
def model_get(call: Call) -> dict[str, Any]:
    """Every setting with its source."""
    shown = {key: {"value": v, "source": s} for key, (v, s) in config.effective(call.controller, call.model).items()}
    fixed = {
        "name": call.model.name,
        "uuid": call.model.uuid,
        "type": call.controller.clouds[call.model.cloud]["type"],
        "agent-version": call.model.version,
        "authorized-keys": "\n".join(call.model.keys),
    }
    return {"config": shown | {key: {"value": value, "source": "model"} for key, value in fixed.items()}}


@facade.writes("ModelSet")
def model_set(call: Call) -> None:
    """Changes settings."""
    new = {}
    for key, value in call.params["config"].items():
        config.check_settable(key, value)
        new[key] = config.convert(key, value)
    if new.get("default-space"):
        space_named(call.model, str(new["default-space"]))
    backend = str(new.get("secret-backend") or "auto")
    if backend not in ("auto", INTERNAL, *call.controller.backends):
        raise not_found("secret backend", backend)
    call.model.config |= new


@facade.writes("ModelUnset")
def model_unset(call: Call) -> None:
    """Puts settings back to their defaults."""
    for key in call.params["keys"]:
        if key in config.FIXED:
            raise ApiError(f'unable to reset "{key}": cannot be unset', "bad request")
        call.model.config.pop(key, None)


@facade.reads("GetModelConstraints")
def constraints(call: Call) -> dict[str, Any]:
    """The model's constraints."""
    return {"constraints": call.model.constraints}


@facade.writes("SetModelConstraints")
def set_constraints(call: Call) -> None:
    """Replaces the model's constraints."""
    call.model.constraints = {
        key: value for key, value in (call.params.get("constraints") or {}).items() if value not in ("", [])
    }


@facade.reads("Sequences")
def sequences(call: Call) -> dict[str, Any]:
    """The numbers given out so far."""
    return {"sequences": dict(call.model.sequences)}


@facade.reads("SLALevel")
def sla(call: Call) -> dict[str, Any]:
    """There is no service level."""
    return {"result": "unsupported"}
