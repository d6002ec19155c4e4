"""Which projects may use a private flavor."""

from __future__ import annotations

from typing import Any

from ...call import Reply
from ...faults import bad_request, conflict, not_found
from ...routes import Request
from ..compute import Compute
from ..records import Flavor
from ..table import ROUTES

_POLICY = "os_compute_api:os-flavor-access"
_TENANT = {"type": "object", "properties": {"tenant": {"type": "string"}}, "required": ["tenant"], "additionalProperties": False}
_ACTION = {
    "type": "object",
    "properties": {"addTenantAccess": _TENANT, "removeTenantAccess": _TENANT},
    "additionalProperties": False,
}


@ROUTES.on("GET", "/flavors/{flavor_id}/os-flavor-access", policy=_POLICY, admin=True)
def index(compute: Compute, request: Request) -> Reply:
    """Answers who may."""
    flavor = compute.flavor(request.params["flavor_id"], request)
    if flavor.is_public:
        raise not_found("Access list not available for public flavors.")
    return _answer(flavor)


@ROUTES.on("POST", "/flavors/{flavor_id}/action", policy=f"{_POLICY}:add_tenant_access", admin=True, schema=_ACTION)
def action(compute: Compute, request: Request) -> Reply:
    """Lets a project in, or out again."""
    flavor = compute.flavor(request.params["flavor_id"], request)
    for name, given in request.body.items():
        compute.require_project(given["tenant"])
        (_add if name == "addTenantAccess" else _remove)(flavor, given["tenant"])
        return _answer(flavor)
    raise bad_request("There is no such action")


def _add(flavor: Flavor, project: str) -> None:
    if flavor.is_public:
        raise conflict("Can not add access to a public flavor.")
    if project in flavor.projects:
        raise conflict(f"Flavor access already exists for flavor {flavor.row} and project {project} combination.")
    flavor.projects.append(project)


def _remove(flavor: Flavor, project: str) -> None:
    if project not in flavor.projects:
        raise not_found(f"Flavor access not found for {flavor.row} / {project} combination.")
    flavor.projects.remove(project)


def _answer(flavor: Flavor) -> Reply:
    access: list[dict[str, Any]] = [{"flavor_id": flavor.id, "tenant_id": project} for project in flavor.projects]
    return Reply(status=200, body={"flavor_access": access})
