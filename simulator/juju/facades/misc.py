"""Small facades: Block, Bundle, HighAvailability."""

from __future__ import annotations

from typing import Any

import yaml

from .. import bundlechanges
from ..errors import ApiError
from ..facade import Call, Facade, each
from ..wire import constraint_text

block = Facade("Block", 2)
bundle = Facade("Bundle", 6)
availability = Facade("HighAvailability", 2, scopes=("controller", "model"))
_KINDS = ("BlockDestroy", "BlockRemove", "BlockChange")


@block.reads("List")
def list_blocks(call: Call) -> dict[str, Any]:
    """What is forbidden in the model."""
    tag = f"model-{call.model.uuid}"
    shown = [
        {"id": str(index), "tag": tag, "type": kind, "message": text}
        for index, (kind, text) in enumerate(call.model.blocks.items())
    ]
    return {"results": [{"result": found} for found in shown]}


@block.writes("SwitchBlockOn")
def block_on(call: Call) -> dict[str, Any]:
    """Forbids something."""
    kind = call.params["type"]
    if kind not in _KINDS:
        raise ApiError(f'unknown block type "{kind}"', "bad request")
    if kind in call.model.blocks:
        return {"error": ApiError(f"block {kind} is already ON", "").wire()}
    call.model.blocks[kind] = call.params.get("message") or ""
    return {}


@block.writes("SwitchBlockOff")
def block_off(call: Call) -> dict[str, Any]:
    """Allows it again."""
    kind = call.params["type"]
    if kind not in call.model.blocks:
        return {"error": ApiError(f"block {kind} is already OFF", "").wire()}
    del call.model.blocks[kind]
    return {}


@bundle.reads("ExportBundle")
def export(call: Call) -> dict[str, Any]:
    """The model as a bundle."""
    model = call.model
    applications = {}
    for app in model.applications.values():
        units = [unit for unit in model.units.values() if unit.application == app.name and not unit.principal]
        shown: dict[str, Any] = {"charm": app.charm, "channel": app.channel, "revision": app.origin.get("revision")}
        shown |= {"num_units": len(units), "to": [unit.machine for unit in units]} if units else {}
        shown |= {"options": app.options} if app.options else {}
        shown |= {"constraints": constraint_text(app.constraints)} if app.constraints else {}
        applications[app.name] = shown
    relations = [[end.key for end in r.endpoints] for r in model.relations.values() if len(r.endpoints) == 2]
    top = {m.id: {"base": f"{m.base}/stable"} for m in model.machines.values() if not m.parent}
    content: dict[str, Any] = {"applications": applications}
    content |= {"machines": top} if top else {}
    content |= {"relations": relations} if relations else {}
    return {"result": yaml.safe_dump(content, sort_keys=False)}


@bundle.reads("GetChangesMapArgs")
def changes(call: Call) -> dict[str, Any]:
    """What a client has to do for a bundle, with arguments by name."""
    return bundlechanges.changes(call.params.get("yaml") or "")


@availability.writes("EnableHA", "superuser")
def enable_ha(call: Call) -> dict[str, Any]:
    """Gives the controller more machines, up to an odd number; it takes none away."""

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        added, kept = call.parts.controllers.enlarge(call.controller, asked)
        tags = {"added": added, "maintained": kept}
        return {"result": {what: [f"machine-{number}" for number in numbers] for what, numbers in tags.items()}}

    return each(call.params.get("specs") or [], one)


@availability.reads("ControllerDetails", "login")
def controller_details(call: Call) -> dict[str, Any]:
    """The controller's machines."""
    host, _, _ = call.parts.address(call.controller).rpartition(":")
    home = next(model for model in call.controller.models.values() if model.is_controller)
    return {"results": [{"controller-id": number, "api-addresses": [host]} for number in home.machines]}
