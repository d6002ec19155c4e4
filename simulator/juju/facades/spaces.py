"""Spaces and Subnets: MAAS's networks as a model sees them; they are changed in MAAS only."""

from __future__ import annotations

from typing import Any

from ..errors import ApiError, not_found
from ..facade import Call, Facade, each, tags
from ..records import Space
from ..wire import untag

facade = Facade("Spaces", 6)
subnets = Facade("Subnets", 5)
_READ_ONLY = "modifying spaces on provider with provider-sourced spaces is not supported"


@facade.reads("ListSpaces")
def list_spaces(call: Call) -> dict[str, Any]:
    """All spaces."""
    return {"results": [_wire(space) for space in call.model.spaces]}


@facade.reads("ShowSpace")
def show_space(call: Call) -> dict[str, Any]:
    """Spaces with who is in them."""

    def one(tag: str) -> dict[str, Any]:
        name = untag(tag, "space")
        space = next((s for s in call.model.spaces if s.name == name), None)
        if space is None:
            raise not_found("space", name)
        bound = [app.name for app in call.model.applications.values() if name in app.bindings.values()]
        inside = [m for m in call.model.machines.values() if any(nic["space"] == name for nic in m.interfaces.values())]
        return {"space": _wire(space), "applications": bound, "machine-count": len(inside)}

    nothing = {"id": "", "name": "", "subnets": []}
    return each(tags(call.params), one, space=nothing, applications=[], machine_count=0)


@facade.writes("ReloadSpaces")
async def reload(call: Call) -> None:
    """Reads the spaces from MAAS anew."""
    await call.parts.controllers.reload_spaces(call.model)


@facade.writes("CreateSpaces", "admin")
@facade.writes("RenameSpace", "admin")
def change(call: Call) -> dict[str, Any]:
    """Refuses: spaces come from MAAS."""

    def one(asked: dict[str, Any]) -> None:
        raise ApiError(_READ_ONLY, "not supported")

    return each(call.params.get("spaces") or call.params.get("changes") or [], one)


@facade.writes("RemoveSpace", "admin")
def remove(call: Call) -> dict[str, Any]:
    """Refuses: spaces come from MAAS."""

    def one(asked: dict[str, Any]) -> None:
        raise ApiError("removing spaces on provider with provider-sourced spaces is not supported", "not supported")

    return each(call.params["space-param"], one)


@facade.writes("MoveSubnets", "admin")
def move(call: Call) -> dict[str, Any]:
    """Refuses: spaces come from MAAS."""

    def one(asked: dict[str, Any]) -> None:
        raise ApiError(_READ_ONLY, "not supported")

    return each(call.params["args"], one, new_space="")


@subnets.reads("ListSubnets")
def list_subnets(call: Call) -> dict[str, Any]:
    """The subnets of a space, or all."""
    wanted = call.params.get("space-tag")
    found = [subnet for space in call.model.spaces for subnet in space.subnets]
    return {"results": [subnet for subnet in found if wanted in (None, "", subnet["space-tag"])]}


@subnets.reads("SubnetsByCIDR")
def by_cidr(call: Call) -> dict[str, Any]:
    """The subnets of CIDRs."""
    found = [subnet for space in call.model.spaces for subnet in space.subnets]
    return each(call.params["cidrs"], lambda cidr: {"subnets": [subnet for subnet in found if subnet["cidr"] == cidr]})


@subnets.reads("AllZones")
def zones(call: Call) -> dict[str, Any]:
    """The zones in which machines are."""
    names = {"default"} | {machine.zone for machine in call.model.machines.values() if machine.zone}
    return {"results": [{"name": name, "available": True} for name in sorted(names)]}


def _wire(space: Space) -> dict[str, Any]:
    return {"id": space.id, "name": space.name, "subnets": space.subnets}
