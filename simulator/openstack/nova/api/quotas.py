"""Quota sets, and the limits that a project sees of them."""

from __future__ import annotations

from typing import Any

from ...call import Reply
from ...faults import bad_request, denied
from ...routes import Request
from .. import quotas
from ..compute import Compute
from ..table import ROUTES

_POLICY = "os_compute_api:os-quota-sets"
_NUMBER = {"type": ["integer", "string"], "pattern": r"^-?\d+$", "minimum": -1, "maximum": 0x7FFFFFFF}
_PATH = "/os-quota-sets/{project_id}"


def _schema(version: int) -> dict[str, Any]:
    properties = dict.fromkeys(quotas.names(version), _NUMBER)
    extra = {"force": {"type": ["boolean", "string"]}, "tenant_id": {"type": "string"}}
    inner = {"type": "object", "properties": properties | extra, "additionalProperties": False}
    return {"type": "object", "properties": {"quota_set": inner}, "required": ["quota_set"], "additionalProperties": False}


@ROUTES.on("GET", _PATH)
def show(compute: Compute, request: Request) -> Reply:
    """Answers a project's limits."""
    project = _readable(compute, request)
    return _answer(request, quotas.limits(compute, project), project)


@ROUTES.on("GET", _PATH + "/defaults")
def defaults(compute: Compute, request: Request) -> Reply:
    """Answers what holds for a project that has no limits of its own."""
    return _answer(request, quotas.defaults(compute), request.params["project_id"])


@ROUTES.on("GET", _PATH + "/detail")
def detail(compute: Compute, request: Request) -> Reply:
    """Answers limits and use."""
    project = _readable(compute, request)
    limit, use = quotas.limits(compute, project), quotas.used(compute, project)
    every = {name: {"limit": limit[name], "in_use": use[name], "reserved": 0} for name in limit}
    return _answer(request, every, project)


@ROUTES.on("PUT", _PATH, policy=f"{_POLICY}:update", admin=True, schema=_schema)
def update(compute: Compute, request: Request) -> Reply:
    """Sets limits; those below what is used only by force."""
    project, given = request.params["project_id"], request.body["quota_set"]
    compute.require_project(project)
    force = str(given.get("force", False)).lower() in ("true", "1", "yes")
    wanted = {name: int(value) for name, value in given.items() if name in quotas.DEFAULTS}
    use = quotas.used(compute, project)
    for name, value in wanted.items():
        if not force and 0 <= value < use[name]:
            text = f"Quota limit {value} for {name} must be greater than or equal to already used and reserved {use[name]}."
            raise bad_request(text)
    compute.store.quotas[project] = compute.store.quotas.get(project, {}) | wanted
    return _answer(request, quotas.limits(compute, project))


@ROUTES.on("DELETE", _PATH, policy=f"{_POLICY}:delete", admin=True)
def delete(compute: Compute, request: Request) -> Reply:
    """Puts a project back to the defaults."""
    compute.store.quotas.pop(request.params["project_id"], None)
    return Reply(status=202)


_CLASS_PATH = f"/os-quota-class-sets/{quotas.CLASS}"


def _class_schema(version: int) -> dict[str, Any]:
    inner = {"type": "object", "properties": dict.fromkeys(quotas.names(version), _NUMBER), "additionalProperties": False}
    return {"type": "object", "properties": {"quota_class_set": inner}, "required": ["quota_class_set"]}


@ROUTES.on("GET", _CLASS_PATH, policy="os_compute_api:os-quota-class-sets:show", admin=True)
def show_class(compute: Compute, request: Request) -> Reply:
    """Answers the limits of projects that have none of their own."""
    values = quotas.defaults(compute)
    return Reply(
        status=200, body={"quota_class_set": {"id": quotas.CLASS, **{n: values[n] for n in quotas.names(request.version)}}}
    )


@ROUTES.on("PUT", _CLASS_PATH, policy="os_compute_api:os-quota-class-sets:update", admin=True, schema=_class_schema)
def update_class(compute: Compute, request: Request) -> Reply:
    """Sets the limits of projects that have none of their own."""
    wanted = {name: int(value) for name, value in request.body["quota_class_set"].items()}
    compute.store.quotas[quotas.CLASS] = compute.store.quotas.get(quotas.CLASS, {}) | wanted
    values = quotas.defaults(compute)
    return Reply(status=200, body={"quota_class_set": {name: values[name] for name in quotas.names(request.version)}})


def _readable(compute: Compute, request: Request) -> str:
    project = request.params["project_id"]
    if not request.admin and project != request.project:
        raise denied(f"{_POLICY}:show")
    compute.require_project(project)
    return project


def _answer(request: Request, values: dict[str, Any], project: str | None = None) -> Reply:
    shown: dict[str, Any] = {"id": project} if project else {}
    return Reply(status=200, body={"quota_set": shown | {name: values[name] for name in quotas.names(request.version)}})


_LIMITS = {
    "maxTotalInstances": "instances",
    "maxTotalCores": "cores",
    "maxTotalRAMSize": "ram",
    "maxServerMeta": "metadata_items",
    "maxTotalKeypairs": "key_pairs",
    "maxServerGroups": "server_groups",
    "maxServerGroupMembers": "server_group_members",
}
_NETWORK_LIMITS = {
    "maxTotalFloatingIps": "floating_ips",
    "maxSecurityGroups": "security_groups",
    "maxSecurityGroupRules": "security_group_rules",
}
_INJECTED_LIMITS = {"maxPersonality": "injected_files", "maxPersonalitySize": "injected_file_content_bytes"}
_USED = {
    "totalRAMUsed": "ram",
    "totalCoresUsed": "cores",
    "totalInstancesUsed": "instances",
    "totalServerGroupsUsed": "server_groups",
}
_LIMITS_QUERY = {"type": "object", "properties": {"tenant_id": {"type": "string"}}}


def _limits_query(version: int) -> dict[str, Any]:
    return _LIMITS_QUERY | ({"additionalProperties": False} if version >= 75 else {})


@ROUTES.on("GET", "/limits", query_schema=_limits_query)
def show_limits(compute: Compute, request: Request) -> Reply:
    """Answers the limits and use of the caller's project, or for an administrator of another."""
    project = request.query("tenant_id") or request.project
    if project != request.project and not request.admin:
        raise denied("os_compute_api:limits:other_project")
    limit, use = quotas.limits(compute, project), quotas.used(compute, project)
    known = dict(_LIMITS)
    if request.version <= quotas.INJECTED_UNTIL:
        known |= _INJECTED_LIMITS
    shown = {name: limit[key] for name, key in known.items()} | {name: use[key] for name, key in _USED.items()}
    if request.version <= quotas.NETWORK_UNTIL:
        shown |= {name: limit[key] for name, key in _NETWORK_LIMITS.items()}
        shown |= {"maxImageMeta": limit["metadata_items"], "totalFloatingIpsUsed": 0, "totalSecurityGroupsUsed": 0}
    return Reply(status=200, body={"limits": {"rate": [], "absolute": shown}})
