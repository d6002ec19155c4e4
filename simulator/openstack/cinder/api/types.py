"""Volume types, their extra specs and who may use the private ones."""

from __future__ import annotations

from typing import Any

from ...call import Reply
from ...faults import bad_request, conflict, not_found
from ...routes import Request
from .. import views
from ..records import VolumeType
from ..storage import Storage, new_id
from ..table import ROUTES

_POLICY = "volume_extension:types_manage"
_SPECS = {"type": "object", "additionalProperties": {"type": "string", "maxLength": 255}}
_TYPE: dict[str, Any] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": {"type": ["string", "null"], "maxLength": 255},
    "extra_specs": {"anyOf": [_SPECS, {"type": "null"}]},
    "os-volume-type-access:is_public": {"type": ["boolean", "string"]},
    "is_public": {"type": ["boolean", "string"]},
}


def _schema(required: list[str]) -> dict[str, Any]:
    inner = {"type": "object", "properties": _TYPE, "required": required, "additionalProperties": False}
    return {"type": "object", "properties": {"volume_type": inner}, "required": ["volume_type"], "additionalProperties": False}


@ROUTES.on("GET", "/types")
def index(storage: Storage, request: Request) -> Reply:
    """Answers those that the caller may use."""
    shown = [each for each in reversed(storage.store.types.values()) if _visible(each, request)]
    return Reply(status=200, body={"volume_types": [views.volume_type(each, request) | _qos(request) for each in shown]})


def _qos(request: Request) -> dict[str, Any]:
    return {"qos_specs_id": None} if request.admin else {}


def _visible(kind: VolumeType, request: Request) -> bool:
    if not request.admin:
        return kind.is_public or request.project in kind.projects
    wanted = (request.query("is_public") or "none").lower()
    return wanted == "none" or kind.is_public == (wanted in ("true", "1"))


@ROUTES.on("GET", "/types/default")
def default(storage: Storage, request: Request) -> Reply:
    """Answers the type of volumes that ask for none."""
    return Reply(
        status=200, body={"volume_type": views.volume_type(storage.default_type(), request, access=False) | _qos(request)}
    )


@ROUTES.on("POST", "/types", policy=f"{_POLICY}:create", admin=True, schema=_schema(["name"]))
def create(storage: Storage, request: Request) -> Reply:
    """Makes one."""
    given = request.body["volume_type"]
    _require_free(storage, given["name"])
    public = given.get("os-volume-type-access:is_public", given.get("is_public", True))
    kind = VolumeType(
        id=new_id(),
        name=given["name"],
        description=given.get("description"),
        is_public=str(public).lower() in ("true", "1"),
        extra_specs=given.get("extra_specs") or {},
    )
    storage.store.types[kind.id] = kind
    return Reply(status=200, body={"volume_type": views.volume_type(kind, request)})


@ROUTES.on("GET", "/types/{type_id}")
def show(storage: Storage, request: Request) -> Reply:
    """Answers one."""
    return Reply(status=200, body={"volume_type": views.volume_type(_find(storage, request), request) | _qos(request)})


@ROUTES.on("PUT", "/types/{type_id}", policy=f"{_POLICY}:update", admin=True, schema=_schema([]))
def update(storage: Storage, request: Request) -> Reply:
    """Changes name, description or whether all may use it."""
    kind, given = _find(storage, request), request.body["volume_type"]
    if given.get("name", kind.name) != kind.name:
        _require_free(storage, given["name"])
        kind.name = given["name"]
    kind.description = given.get("description", kind.description)
    if "is_public" in given:
        kind.is_public = str(given["is_public"]).lower() in ("true", "1")
    return Reply(status=200, body={"volume_type": views.volume_type(kind, request)})


@ROUTES.on("DELETE", "/types/{type_id}", policy=f"{_POLICY}:delete", admin=True)
def delete(storage: Storage, request: Request) -> Reply:
    """Deletes one that no volume has and that isn't the default."""
    kind = _find(storage, request)
    if kind.id == storage.default_type().id:
        raise bad_request(f"The volume type {kind.id} is a default volume type and cannot be deleted.")
    if any(each.type_id == kind.id for each in storage.store.volumes.values()):
        raise bad_request("Target volume type is still in use.")
    del storage.store.types[kind.id]
    return Reply(status=202, body="")


def _require_free(storage: Storage, name: str) -> None:
    if any(each.name == name for each in storage.store.types.values()):
        raise conflict(f"Volume Type {name} already exists.")


def _find(storage: Storage, request: Request) -> VolumeType:
    wanted = request.params["type_id"]
    found = storage.store.types.get(wanted)
    if found is None or not (request.admin or found.is_public or request.project in found.projects):
        raise not_found(f"Volume type {wanted} could not be found.")
    return found


_SPECS_PATH = "/types/{type_id}/extra_specs"
_SPECS_BODY = {"type": "object", "properties": {"extra_specs": _SPECS}, "required": ["extra_specs"]}


@ROUTES.on("GET", _SPECS_PATH)
def extra_specs(storage: Storage, request: Request) -> Reply:
    """Answers a type's extra specs."""
    shown = views.volume_type(_find(storage, request), request)["extra_specs"]
    return Reply(status=200, body={"extra_specs": shown})


@ROUTES.on("POST", _SPECS_PATH, policy="volume_extension:types_extra_specs:create", admin=True, schema=_SPECS_BODY)
def add_extra_specs(storage: Storage, request: Request) -> Reply:
    """Adds to them."""
    _find(storage, request).extra_specs |= request.body["extra_specs"]
    return Reply(status=200, body={"extra_specs": request.body["extra_specs"]})


@ROUTES.on("DELETE", _SPECS_PATH + "/{name}", policy="volume_extension:types_extra_specs:delete", admin=True)
def delete_extra_spec(storage: Storage, request: Request) -> Reply:
    """Takes one away."""
    kind, name = _find(storage, request), request.params["name"]
    if name not in kind.extra_specs:
        raise not_found(f"Volume Type {kind.id} has no extra specs with key {name}.")
    del kind.extra_specs[name]
    return Reply(status=202, body="")


@ROUTES.on("GET", "/types/{type_id}/os-volume-type-access", policy="volume_extension:volume_type_access", admin=True)
def access(storage: Storage, request: Request) -> Reply:
    """Answers which projects may use a private type."""
    kind = _find(storage, request)
    if kind.is_public:
        raise not_found("Access list not available for public volume types.")
    shown = [{"volume_type_id": kind.id, "project_id": project} for project in kind.projects]
    return Reply(status=200, body={"volume_type_access": shown})


_PROJECT = {"type": "object", "properties": {"project": {"type": "string"}}, "required": ["project"]}
_ACCESS = {
    "type": "object",
    "properties": {"addProjectAccess": _PROJECT, "removeProjectAccess": _PROJECT},
    "additionalProperties": False,
}


@ROUTES.on(
    "POST",
    "/types/{type_id}/action",
    policy="volume_extension:volume_type_access:addProjectAccess",
    admin=True,
    schema=_ACCESS,
)
def change_access(storage: Storage, request: Request) -> Reply:
    """Lets a project use a private type, or no more."""
    kind = _find(storage, request)
    if len(request.body) != 1:
        raise bad_request("Malformed request body")
    [(name, given)] = request.body.items()
    project = given["project"]
    if name == "addProjectAccess":
        if project in kind.projects:
            raise conflict(f"Volume type access for {kind.id} / {project} combination already exists.")
        kind.projects.append(project)
    elif project not in kind.projects:
        raise not_found(f"Volume type access not found for {kind.id} / {project} combination.")
    else:
        kind.projects.remove(project)
    return Reply(status=202, body="")
