"""ModelUpgrader: models' agents follow their controller's version."""

from __future__ import annotations

from typing import Any

from ..errors import ApiError
from ..facade import Call, Facade
from ..version import VERSION, parsed
from . import modelmanager

facade = Facade("ModelUpgrader", 1, scopes=("controller",))
_NEWEST = "0.0.0"


@facade.writes("UpgradeModel", "login")
def upgrade(call: Call) -> dict[str, Any]:
    """Brings a model's agents to a version; the agents are there at once."""
    model = modelmanager.find(call, call.params["model-tag"], "admin")
    target = call.params.get("target-version") or _NEWEST
    target = VERSION if target == _NEWEST else target
    if parsed(target) > parsed(VERSION):
        raise ApiError(f'cannot upgrade to a version "{target}" greater than that of the controller "{VERSION}"')
    if target != VERSION and parsed(target) <= parsed(model.version):
        return {"chosen-version": _NEWEST, "error": ApiError("available agents: no upgrades available", "already exists").wire()}
    if not call.params.get("dry-run"):
        model.version = target
    return {"chosen-version": target}


@facade.writes("AbortModelUpgrade", "login")
def abort(call: Call) -> None:
    """Ends nothing: no upgrade is under way."""
    modelmanager.find(call, call.params["model-tag"], "admin")
