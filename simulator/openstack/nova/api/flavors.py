"""Flavors: list, show, create, describe, delete."""

from __future__ import annotations

from typing import Any

from ...call import Reply
from ...faults import conflict
from ...paging import page
from ...routes import Request
from .. import flavors
from ..compute import Compute
from ..records import Flavor
from ..table import ROUTES

_COUNT = {"type": ["integer", "string"], "pattern": "^[0-9]+$", "minimum": 1, "maximum": 0x7FFFFFFF}
_SIZE = {**_COUNT, "minimum": 0}
_NAME = {"type": "string", "minLength": 1, "maxLength": 255, "format": "name"}
_DESCRIPTION = {"type": ["string", "null"], "minLength": 0, "maxLength": 65535}
_POLICY = "os_compute_api:os-flavor-manage"


def _create_schema(version: int) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "name": _NAME,
        "id": {"type": ["string", "number", "null"], "minLength": 1, "maxLength": 255},
        "ram": _COUNT,
        "vcpus": _COUNT,
        "disk": _SIZE,
        "OS-FLV-EXT-DATA:ephemeral": _SIZE,
        "swap": _SIZE,
        "rxtx_factor": {"type": ["number", "string"], "minimum": 0},
        "os-flavor-access:is_public": {"type": ["boolean", "string"]},
    }
    if version >= 55:
        properties["description"] = _DESCRIPTION
    return _wrapped(properties, ["name", "ram", "vcpus", "disk"])


def _wrapped(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    inner = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"type": "object", "properties": {"flavor": inner}, "required": ["flavor"], "additionalProperties": False}


@ROUTES.on("GET", "/flavors")
def index(compute: Compute, request: Request) -> Reply:
    """Answers the short list."""
    return _listed(compute, request, detail=False)


@ROUTES.on("GET", "/flavors/detail")
def detail(compute: Compute, request: Request) -> Reply:
    """Answers the long list."""
    return _listed(compute, request, detail=True)


def _listed(compute: Compute, request: Request, *, detail: bool) -> Reply:
    chosen = [each for each in compute.store.flavors.values() if _asked_for(each, request)]
    reverse = request.query("sort_dir") == "desc"
    chosen.sort(key=lambda each: str(getattr(each, _sort_key(request))), reverse=reverse)
    shown, following = page(chosen, request, lambda each: each.id, "/v2.1/flavors" + ("/detail" if detail else ""))
    view = flavors.whole if detail else flavors.brief
    body: dict[str, Any] = {"flavors": [view(each, request) for each in shown]}
    return Reply(status=200, body=body | ({"flavors_links": following} if following else {}))


def _sort_key(request: Request) -> str:
    keys = {"flavorid": "id", "memory_mb": "ram", "root_gb": "disk"}
    wanted = request.query("sort_key") or "flavorid"
    wanted = keys.get(wanted, wanted)
    return wanted if wanted in Flavor.model_fields else "id"


def _asked_for(flavor: Flavor, request: Request) -> bool:
    if flavor.ram < int(request.query("minRam") or 0) or flavor.disk < int(request.query("minDisk") or 0):
        return False
    if not request.admin:
        return flavors.visible(flavor, request)
    wanted = request.query("is_public")
    if wanted is None or request.flag("is_public"):
        return flavor.is_public or request.project in flavor.projects
    return wanted.lower() == "none" or not flavor.is_public


@ROUTES.on("POST", "/flavors", policy=f"{_POLICY}:create", admin=True, schema=_create_schema)
def create(compute: Compute, request: Request) -> Reply:
    """Makes a flavor."""
    given = request.body["flavor"]
    row = compute.store.number("flavor")  # a refused row has used up its number too
    flavor_id = str(given.get("id") or compute.new_flavor_id())
    if flavor_id in compute.store.flavors:
        raise conflict(f"Flavor with ID {flavor_id} already exists.")
    if any(each.name == given["name"] for each in compute.store.flavors.values()):
        raise conflict(f"Flavor with name {given['name']} already exists.")
    flavor = Flavor(
        row=row,
        id=flavor_id,
        name=given["name"],
        ram=int(given["ram"]),
        vcpus=int(given["vcpus"]),
        disk=int(given["disk"]),
        ephemeral=int(given.get("OS-FLV-EXT-DATA:ephemeral", 0)),
        swap=int(given.get("swap", 0)),
        rxtx_factor=float(given.get("rxtx_factor", 1.0)),
        is_public=str(given.get("os-flavor-access:is_public", True)).lower() in ("true", "1", "yes"),
        description=given.get("description"),
    )
    compute.store.flavors[flavor_id] = flavor
    return Reply(status=200, body={"flavor": flavors.whole(flavor, request)})


@ROUTES.on("GET", "/flavors/{flavor_id}")
def show(compute: Compute, request: Request) -> Reply:
    """Answers one flavor."""
    return Reply(status=200, body={"flavor": flavors.whole(compute.flavor(request.params["flavor_id"], request), request)})


@ROUTES.on(
    "PUT",
    "/flavors/{flavor_id}",
    policy=f"{_POLICY}:update",
    admin=True,
    since=55,
    schema=_wrapped({"description": _DESCRIPTION}, ["description"]),
)
def update(compute: Compute, request: Request) -> Reply:
    """Changes the description: nothing else of a flavor can be."""
    flavor = compute.flavor(request.params["flavor_id"], request)
    flavor.description = request.body["flavor"]["description"]
    return Reply(status=200, body={"flavor": flavors.whole(flavor, request)})


@ROUTES.on("DELETE", "/flavors/{flavor_id}", policy=f"{_POLICY}:delete", admin=True)
def delete(compute: Compute, request: Request) -> Reply:
    """Deletes a flavor; servers keep what they were made with."""
    flavor = compute.flavor(request.params["flavor_id"], request)
    del compute.store.flavors[flavor.id]
    return Reply(status=202)
