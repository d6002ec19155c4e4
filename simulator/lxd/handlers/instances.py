"""Instances: /1.0/instances and its old names, /1.0/containers and /1.0/virtual-machines."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import web

from .. import answers, instances, limits, machines, power, restrictions, views
from ..call import Call
from ..errors import LxdError, bad_request, internal, not_found
from ..operations import Effect, Outcome, Resources
from ..records import Image, Instance
from ..store import url
from . import images

_FIELDS = {
    "name": "string",
    "type": "string",
    "architecture": "string",
    "description": "string",
    "ephemeral": "bool",
    "stateful": "bool",
    "config": "config",
    "devices": "devices",
    "profiles": "list",
}
TYPES = ("container", "virtual-machine")
_ADJECTIVES = ("able", "brave", "calm", "eager", "fair", "glad", "keen", "lasting", "proud", "smart", "tidy", "wise")
_ANIMALS = ("badger", "crane", "dingo", "falcon", "gecko", "heron", "lemur", "marten", "otter", "parakeet", "robin", "seal")


def listing(call: Call) -> web.Response:
    """GET /1.0/instances."""
    kind = _kind_of_path(call)
    found = list(call.store.all_instances())
    records = [i for i in found if (call.all_projects or i.project == call.project) and kind in (None, i.type)]
    records = [i for i in records if call.caller.may_use(i.project)]
    if call.recursion:
        return answers.sync([views.instance(call.daemon, i, full=call.recursion > 1) for i in records])
    return answers.sync([url(f"{_collection(call)}/{i.name}", i.project) for i in records])


def show(call: Call) -> web.Response:
    """GET /1.0/instances/NAME."""
    record = find(call)
    return answers.sync(views.instance(call.daemon, record, full=call.recursion > 0), etag=views.etag(call.daemon, record))


def create(call: Call) -> web.Response:
    """POST /1.0/instances: what the request itself gets wrong is refused at once, the rest fails in the operation."""
    if call.request.query.get("target"):
        raise bad_request("Target only allowed when clustered")
    wanted = call.body("InstancesPost", **_FIELDS)
    call.store.project(call.project, "Failed loading project: ")
    record = _draft(call, wanted)
    limits.check_new(call.daemon, record)
    restrictions.check_instance(call.daemon, record, "creation")
    effect = _effect(call, record, wanted.get("source") or {})
    return call.run("Creating instance", effect, resources=resources(record))


def replace(call: Call) -> web.Response:
    """PUT /1.0/instances/NAME: a background operation; `restore` goes back to a snapshot."""
    record = find(call)
    call.match(views.etag(call.daemon, record))
    wanted = call.body("InstancePut", **_FIELDS)
    if wanted.get("restore"):
        return _restore(call, record, wanted["restore"])
    full = {"config": {}, "devices": {}, "profiles": [], "description": "", "ephemeral": False, **wanted}
    _check_profiles(call, full["profiles"])
    return call.run("Updating instance", lambda: instances.update(call.daemon, record, full), resources=resources(record))


def patch(call: Call) -> web.Response:
    """PATCH /1.0/instances/NAME: at once; adds to configuration and devices."""
    record = find(call)
    call.match(views.etag(call.daemon, record))
    wanted = call.body("InstancePut", **_FIELDS)
    _check_profiles(call, wanted.get("profiles", []))
    merged = {
        "description": "",  # 5.0.2 empties what isn't sent
        **wanted,
        "config": record.config | wanted.get("config", {}),
        "devices": record.devices | wanted.get("devices", {}),
    }
    try:
        instances.update(call.daemon, record, merged)
    except LxdError as exc:
        raise LxdError(500 if exc.status == 400 else exc.status, str(exc)) from exc
    return answers.done()


def rename(call: Call) -> web.Response:
    """POST /1.0/instances/NAME: another name; moves between pools, projects and servers are not modelled."""
    record = find(call)
    wanted = call.body("InstancePost", **_FIELDS)
    if wanted.get("migration") or wanted.get("pool") or wanted.get("project"):
        raise LxdError(501, "simulator: POST /1.0/instances/NAME that moves an instance is not modelled")
    name = wanted.get("name") or record.name
    instances.check_name(call.daemon, record.project, name)
    return call.run("Renaming instance", lambda: instances.rename(call.daemon, record, name), resources=resources(record))


def remove(call: Call) -> web.Response:
    """DELETE /1.0/instances/NAME."""
    record = find(call)
    if machines.is_running(call.daemon, record):
        raise bad_request("Instance is running")
    return call.run("Deleting instance", lambda: instances.delete(call.daemon, record), resources=resources(record))


def state(call: Call) -> web.Response:
    """GET /1.0/instances/NAME/state."""
    return answers.sync(views.state(call.daemon, find(call)))


def change_state(call: Call) -> web.Response:
    """PUT /1.0/instances/NAME/state."""
    record = find(call)
    wanted = call.body("InstanceStatePut", action="string", force="bool", stateful="bool")
    action = wanted.get("action", "")
    if action not in power.ACTIONS:
        raise bad_request(f"Unknown action: '{action}'")
    description, deed = power.ACTIONS[action]
    force, timeout = bool(wanted.get("force")), float(wanted.get("timeout", -1) or -1)
    about = {"instances": [f"/1.0/instances/{record.name}"]}
    return call.run(description, lambda: deed(call.daemon, record, force, timeout), resources=about)


def change_states(call: Call) -> web.Response:
    """PUT /1.0/instances: one action for all instances of a project that it applies to."""
    wanted = call.body("InstancesPut").get("state") or {}
    action = str(wanted.get("action", ""))
    if action not in power.ACTIONS:
        raise bad_request(f"Unknown action: '{action}'")
    description, deed = power.ACTIONS[action]
    status = {"start": "Stopped", "unfreeze": "Frozen"}.get(action, "Running")
    records = [i for i in call.store.instances(call.project).values() if views.status_of(call.daemon, i)[0] == status]
    force, timeout = bool(wanted.get("force")), float(wanted.get("timeout", -1) or -1)

    def effect() -> Outcome:
        outcomes = [deed(call.daemon, record, force, timeout) or Outcome() for record in records]
        failed = next((outcome.err for outcome in outcomes if outcome.err), "")
        return Outcome(seconds=max((outcome.seconds for outcome in outcomes), default=0.0), err=failed)

    return call.run(description, effect, resources={"instances": [f"/1.0/instances/{i.name}" for i in records] or None})


def find(call: Call) -> Instance:
    """The instance of this path."""
    record = call.store.instance(call.project, call.param("name"))
    if _kind_of_path(call) not in (None, record.type):
        raise not_found("Instance not found")
    return record


def resources(record: Instance, suffix: str = "") -> Resources:
    """What an operation is about; containers have their old URL too."""
    return resources_of(record, f"{record.name}{suffix}")


def resources_of(record: Instance, name: str) -> Resources:
    """The same under another name, as LXD does for snapshots."""
    both: dict[str, list[str] | None] = {} if record.is_vm else {"containers": [f"/1.0/containers/{name}"]}
    return {**both, "instances": [f"/1.0/instances/{name}"]}


def _collection(call: Call) -> str:
    return call.request.path.split("/")[2]


def _kind_of_path(call: Call) -> str | None:
    return {"containers": "container", "virtual-machines": "virtual-machine"}.get(_collection(call))


def _draft(call: Call, wanted: dict[str, Any]) -> Instance:
    name = wanted.get("name") or f"{secrets.choice(_ADJECTIVES)}-{secrets.choice(_ANIMALS)}"
    instances.validate_name(name)
    kind = wanted.get("type") or _kind_of_path(call) or "container"
    if kind not in TYPES:
        raise bad_request("Invalid instance type")
    profiles = wanted.get("profiles", ["default"])
    missing = _missing_profiles(call, profiles)
    if missing:
        raise internal(f'Requested profile "{missing[0]}" doesn\'t exist')
    return Instance(
        name=name,
        project=call.project,
        type=kind,
        description=wanted.get("description", ""),
        config=wanted.get("config", {}),
        devices=wanted.get("devices", {}),
        profiles=profiles,
        ephemeral=wanted.get("ephemeral", False),
        created_at=call.daemon.now(),
    )


def _check_profiles(call: Call, names: list[str]) -> None:
    if _missing_profiles(call, names):
        raise not_found("Profile not found")


def _missing_profiles(call: Call, names: list[str]) -> list[str]:
    known = call.store.profiles(call.project)
    return [name for name in names if name not in known]


def _effect(call: Call, record: Instance, source: dict[str, Any]) -> Effect:
    kind = source.get("type", "")
    if kind == "none":
        return lambda: instances.create(call.daemon, record, None)
    if kind == "image":
        image = images.resolve(call, source, record.type)
        return lambda: _from_image(call, record, image)
    if kind == "copy":
        project = source.get("project") or call.project
        name, _, snapshot = str(source.get("source", "")).partition("/")
        if not name:
            raise bad_request("Must specify a source instance")
        try:
            original = call.store.instance(project, name)
        except LxdError as exc:
            raise exc.within(f'Failed to fetch instance "{name}" in project "{project}"') from exc
        if snapshot:
            raise LxdError(501, "simulator: an instance copied from a snapshot is not modelled")
        return lambda: instances.copy(call.daemon, record, original)
    if kind == "migration":
        raise LxdError(501, "simulator: an instance migrated from another server is not modelled")
    raise bad_request(f"Unknown source type {kind}")


def _from_image(call: Call, record: Instance, image: Image | None) -> Outcome:
    if image is None:
        raise bad_request("Image not provided for instance creation")
    if image.type != record.type:
        raise bad_request(f'Requested image\'s type "{image.type}" doesn\'t match instance type "{record.type}"')
    return instances.create(call.daemon, record, image)


def _restore(call: Call, record: Instance, name: str) -> web.Response:
    def effect() -> None:
        if name not in record.snapshots:
            raise not_found(f"Snapshot {record.name}/{name} does not exist")
        saved = record.snapshots[name]
        record.files = {path: file.model_copy() for path, file in saved.files.items()}
        wanted = {"config": dict(saved.config), "devices": dict(saved.devices), "profiles": list(saved.profiles)}
        instances.update(call.daemon, record, wanted)

    return call.run("Restoring snapshot", effect, resources=resources(record))
