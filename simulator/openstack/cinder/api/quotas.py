"""Quota sets, and the limits that a project sees of them."""

from __future__ import annotations

from typing import Any

from ...call import Reply
from ...faults import bad_request, denied
from ...routes import Request
from .. import quotas
from ..storage import Storage
from ..table import ROUTES

_PATH = "/os-quota-sets/{project_id}"
_CONTROL = frozenset({"skip_validation", "tenant_id"})


@ROUTES.on("GET", _PATH)
def show(storage: Storage, request: Request) -> Reply:
    """Answers a project's limits, with their use where the query asks."""
    project = request.params["project_id"]
    if project != request.project and not request.admin:
        raise denied("volume_extension:quotas:show")
    limit, use = quotas.limits(storage, project), quotas.used(storage, project)
    shown: dict[str, Any] = dict(limit)
    if request.flag("usage"):
        shown = {name: {"limit": value, "in_use": use[name], "reserved": 0} for name, value in limit.items()}
    return Reply(status=200, body={"quota_set": shown | {"id": project}})


@ROUTES.on("GET", _PATH + "/defaults")
def defaults(storage: Storage, request: Request) -> Reply:
    """Answers what holds for a project that has no limits of its own."""
    return Reply(status=200, body={"quota_set": {**quotas.defaults(storage), "id": request.params["project_id"]}})


@ROUTES.on(
    "PUT",
    _PATH,
    policy="volume_extension:quotas:update",
    admin=True,
    schema={"type": "object", "properties": {"quota_set": {"type": "object"}}, "required": ["quota_set"]},
)
def update(storage: Storage, request: Request) -> Reply:
    """Sets limits."""
    project, given = request.params["project_id"], request.body["quota_set"]
    known = quotas.defaults(storage)
    bad = sorted(name for name in given if name not in known and name not in _CONTROL)
    if bad:
        raise bad_request(f"Invalid input received: Bad key(s) in quota set: {', '.join(bad)}")
    wanted = {name: _number(name, value) for name, value in given.items() if name in known}
    storage.store.quotas[project] = storage.store.quotas.get(project, {}) | wanted
    return Reply(status=200, body={"quota_set": quotas.limits(storage, project)})


def _number(name: str, value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise bad_request(f"Invalid input for field/attribute {name}. Value: {value}. It is not a number") from None
    if number < -1:
        text = f"{number} is less than the minimum of -1"
        raise bad_request(f"Invalid input for field/attribute {name}. Value: {value}. {text}")
    return number


@ROUTES.on("DELETE", _PATH, policy="volume_extension:quotas:delete", admin=True)
def delete(storage: Storage, request: Request) -> Reply:
    """Puts a project back to the defaults."""
    storage.store.quotas.pop(request.params["project_id"], None)
    return Reply(status=200, body="")


_CLASS_PATH = f"/os-quota-class-sets/{quotas.CLASS}"


@ROUTES.on("GET", _CLASS_PATH, policy="volume_extension:quota_classes:get", admin=True)
def show_class(storage: Storage, request: Request) -> Reply:
    """Answers the limits of projects that have none of their own."""
    return Reply(status=200, body={"quota_class_set": quotas.defaults(storage) | {"id": quotas.CLASS}})


@ROUTES.on(
    "PUT",
    _CLASS_PATH,
    policy="volume_extension:quota_classes:update",
    admin=True,
    schema={"type": "object", "properties": {"quota_class_set": {"type": "object"}}, "required": ["quota_class_set"]},
)
def update_class(storage: Storage, request: Request) -> Reply:
    """Sets the limits of projects that have none of their own."""
    known = quotas.defaults(storage)
    wanted = {name: _number(name, value) for name, value in request.body["quota_class_set"].items() if name in known}
    storage.store.quotas[quotas.CLASS] = storage.store.quotas.get(quotas.CLASS, {}) | wanted
    return Reply(status=200, body={"quota_class_set": quotas.defaults(storage)})


_MOST = {
    "maxTotalVolumes": "volumes",
    "maxTotalSnapshots": "snapshots",
    "maxTotalVolumeGigabytes": "gigabytes",
    "maxTotalBackups": "backups",
    "maxTotalBackupGigabytes": "backup_gigabytes",
}
_USED = {
    "totalVolumesUsed": "volumes",
    "totalGigabytesUsed": "gigabytes",
    "totalSnapshotsUsed": "snapshots",
    "totalBackupsUsed": "backups",
    "totalBackupGigabytesUsed": "backup_gigabytes",
}


@ROUTES.on("GET", "/limits")
def limits(storage: Storage, request: Request) -> Reply:
    """Answers the limits and use of the caller's project, or for an administrator of another."""
    project = (request.query("project_id") if request.admin else None) or request.project
    limit, use = quotas.limits(storage, project), quotas.used(storage, project)
    shown = {name: limit[key] for name, key in _MOST.items()} | {name: use[key] for name, key in _USED.items()}
    return Reply(status=200, body={"limits": {"rate": [], "absolute": shown}})
