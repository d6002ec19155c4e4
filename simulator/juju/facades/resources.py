"""Resources: files that charms take beside themselves."""

from __future__ import annotations

from typing import Any

from .. import charms, store
from ..charmresources import released, reserve
from ..charms import Charm, charm_of
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
        charm, revision = charm_for(call.model, app), int(app.origin.get("revision") or 0)
        units = [
            {"tag": make_tag("unit", unit.name), "resources": shown, "download-progress": {}}
            for unit in units_of(call.model, app.name)
        ]
        return {
            "resources": shown,
            "charm-store-resources": [
                store_resource(name, kind, released(charm, name, revision)) for name, kind in charm.resources.items()
            ],
            "unit-resources": units,
        }

    return each(tags(call.params), one)


@facade.writes("AddPendingResources")
def add_pending(call: Call) -> dict[str, Any]:
    """Reserves resources for an application that is about to be deployed or to get another charm."""
    url = call.params.get("url") or ""
    application = untag(call.params["tag"], "application")
    try:
        charm, revision = _charm(call, url)
        ids = [reserve(call.model, charm, revision, application, asked) for asked in call.params.get("resources") or []]
    except ApiError as exc:
        return {"error": exc.wire(), "pending-ids": []}
    return {"pending-ids": ids}


def _charm(call: Call, url: str) -> tuple[Charm, int]:
    """The charm that a URL names, and its revision."""
    if url in call.model.local_charms:
        facts = call.model.local_charms[url]
        return charm_of(facts["name"], facts), 0
    charm = charms.find(charms.parse_name(url))
    asked = (call.params.get("charm-origin") or {}).get("revision")
    last = url.rpartition("-")[2]
    return charm, int(last) if last.isdigit() else int(asked or charm.release("").revision)


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
