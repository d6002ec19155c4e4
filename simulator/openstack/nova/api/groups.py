"""Server groups."""

from __future__ import annotations

from typing import Any

from ...call import Reply
from ...faults import not_found
from ...paging import page
from ...routes import Request
from .. import quotas
from ..compute import Compute
from ..identifiers import new_id
from ..records import Group
from ..table import ROUTES

_POLICIES = ["anti-affinity", "affinity", "soft-anti-affinity", "soft-affinity"]
ONE_POLICY_SINCE = 64


def _schema(version: int) -> dict[str, Any]:
    properties: dict[str, Any] = {"name": {"type": "string", "minLength": 1, "maxLength": 255, "format": "name"}}
    known = {"type": "string", "enum": _POLICIES if version >= 15 else _POLICIES[:2]}
    if version >= ONE_POLICY_SINCE:
        properties |= {"policy": known, "rules": {"type": "object"}}
        required = ["name", "policy"]
    else:
        properties["policies"] = {"type": "array", "items": known, "minItems": 1}
        required = ["name", "policies"]
    inner = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"type": "object", "properties": {"server_group": inner}, "required": ["server_group"], "additionalProperties": False}


@ROUTES.on("GET", "/os-server-groups")
def index(compute: Compute, request: Request) -> Reply:
    """Answers those of the caller's project, or for an administrator of all."""
    everywhere = request.admin and request.query("all_projects") is not None
    found = [each for each in compute.store.groups.values() if everywhere or each.project_id == request.project]
    shown, _ = page(found, request, lambda each: each.id, "/v2.1/os-server-groups")
    return Reply(status=200, body={"server_groups": [_view(compute, each, request) for each in shown]})


@ROUTES.on("POST", "/os-server-groups", schema=_schema)
def create(compute: Compute, request: Request) -> Reply:
    """Makes one."""
    given = request.body["server_group"]
    quotas.require_room(compute, request.project, {"server_groups": 1})
    group = Group(
        id=new_id(),
        name=given["name"],
        policy=given.get("policy") or given["policies"][0],
        rules={name: int(value) for name, value in given.get("rules", {}).items()},
        project_id=request.project,
        user_id=request.caller.user_id,
    )
    compute.store.groups[group.id] = group
    return Reply(status=200, body={"server_group": _view(compute, group, request)})


@ROUTES.on("GET", "/os-server-groups/{group_id}")
def show(compute: Compute, request: Request) -> Reply:
    """Answers one."""
    return Reply(status=200, body={"server_group": _view(compute, _find(compute, request), request)})


@ROUTES.on("DELETE", "/os-server-groups/{group_id}")
def delete(compute: Compute, request: Request) -> Reply:
    """Deletes one; its servers stay."""
    group = _find(compute, request)
    for server in compute.store.servers.values():
        if server.group_id == group.id:
            server.group_id = None
    del compute.store.groups[group.id]
    return Reply(status=204)


def _find(compute: Compute, request: Request) -> Group:
    wanted = request.params["group_id"]
    found = compute.store.groups.get(wanted)
    if found is None or not (request.admin or found.project_id == request.project):
        raise not_found(f"Instance group {wanted} could not be found.")
    return found


def _view(compute: Compute, group: Group, request: Request) -> dict[str, Any]:
    members = [each.id for each in compute.store.servers.values() if each.group_id == group.id]
    shown: dict[str, Any] = {"id": group.id, "name": group.name, "members": members}
    if request.version >= 13:
        shown |= {"project_id": group.project_id, "user_id": group.user_id}
    if request.version >= ONE_POLICY_SINCE:
        return shown | {"policy": group.policy, "rules": dict(group.rules)}
    return shown | {"policies": [group.policy], "metadata": {}}
