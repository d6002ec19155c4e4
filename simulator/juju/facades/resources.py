"""Resources: files that charms take beside themselves."""

from __future__ import annotations

from typing import Any

from .. import charms, store
from ..errors import ApiError
from ..facade import Call, Facade, each, tags
from ..records import Application
from ..store import charm_for, units_of
from ..wire import tag as make_tag
from ..wire import time, untag
from .charms import store_resource

facade = Facade("Resources", 3)


@facade.reads("ListResources")
def list_resources(call: Call) -> dict[str, Any]:
    """The resources of applications, in use and in the store."""

    def one(tag: str) -> dict[str, Any]:
        app = store.application(call.model, untag(tag, "application"))
        shown = [_wire(app, name, found) for name, found in app.resources.items()]
        known = charm_for(call.model, app).resources
        units = [{"tag": make_tag("unit", unit.name), "resources": shown} for unit in units_of(call.model, app.name)]
        return {
            "resources": shown,
            "charm-store-resources": [store_resource(name, kind) for name, kind in known.items()],
            "unit-resources": units,
        }

    return each(tags(call.params), one)


@facade.writes("AddPendingResources")
def add_pending(call: Call) -> dict[str, Any]:
    """Reserves resources for an application that is about to be deployed."""
    asked = call.params.get("resources") or []
    charm = charms.find(charms.parse_name(call.params.get("url") or ""))
    for resource in asked:
        if resource["name"] not in charm.resources:
            error = ApiError(f'charm resource "{resource["name"]}" not found', "not found")
            return {"error": error.wire(), "pending-ids": []}
    return {"pending-ids": [store.new_uuid() for _ in asked]}


def _wire(app: Application, name: str, found: dict[str, Any]) -> dict[str, Any]:
    shown = store_resource(name, found["type"], int(found["revision"]))
    return shown | {
        "origin": found["origin"],
        "id": f"{app.name}/{name}",
        "application": app.name,
        "pending-id": found.get("pending-id", ""),
        "username": found["username"],
        "timestamp": time(app.created),
        "fingerprint": found.get("fingerprint", []),
        "size": found.get("size", 0),
    }
