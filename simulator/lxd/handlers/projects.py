"""Projects: created, changed, renamed and removed as LXD 5.0.2 does, oddities included."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .. import answers, limits, restrictions, usage, values
from ..call import Call
from ..errors import LxdError, bad_request, conflict, forbidden, internal, not_found
from ..operations import Outcome
from ..records import Config, Profile, Project
from ..store import DEFAULT, FEATURES

_FIELDS = {"name": "string", "description": "string", "config": "config"}
_ON_BY_DEFAULT = ("features.images", "features.profiles", "features.storage.volumes")
_EMPTY_ONLY = ("features.storage.volumes", "features.images", "features.networks", "features.profiles")
_NUMBERS = ("limits.containers", "limits.instances", "limits.networks", "limits.processes", "limits.virtual-machines")
_KEYS: dict[str, values.Check] = {
    **dict.fromkeys(FEATURES, values.is_boolean),
    **dict.fromkeys(_NUMBERS, values.is_unsigned),
    **restrictions.KEYS,
    "backups.compression_algorithm": values.any_text,
    "images.auto_update_cached": values.is_boolean,
    "images.auto_update_interval": values.is_integer,
    "images.compression_algorithm": values.any_text,
    "images.default_architecture": values.any_text,
    "images.remote_cache_expiry": values.is_integer,
    "limits.cpu": values.is_integer,
    "limits.disk": values.is_size,
    "limits.memory": values.is_size,
    "restricted": values.is_boolean,
}


def listing(call: Call) -> web.Response:
    """GET /1.0/projects: a restricted client sees its own."""
    names = [name for name in sorted(call.store.state.projects) if call.caller.may_use(name)]
    if call.recursion:
        return answers.sync([_view(call, call.store.project(name)) for name in names])
    return answers.sync([f"/1.0/projects/{name}" for name in names])


def show(call: Call) -> web.Response:
    """GET /1.0/projects/NAME."""
    record = call.store.project(call.param("name"))
    if not call.caller.may_use(record.name):
        raise forbidden()
    return answers.sync(_view(call, record), etag=_etag(record))


def state(call: Call) -> web.Response:
    """GET /1.0/projects/NAME/state: what is used of each limit."""
    record = call.store.project(call.param("name"), "Fetch project database object: ")
    instances = list(call.store.instances(record.name).values())
    used = {"instances": len(instances)}
    for key, kind in (("containers", "container"), ("virtual-machines", "virtual-machine")):
        used[key] = sum(i.type == kind for i in instances)
    for key, number in (("cpu", values.cpus), ("memory", values.size)):
        used[key] = sum(number(call.store.expanded(i)[0].get(f"limits.{key}") or "0") for i in instances)
    used |= dict.fromkeys(("disk", "processes"), 0)
    used["networks"] = len(call.store.state.networks.get(record.name, {}))
    limit = {key: record.config.get(f"limits.{key}") for key in used}
    resources = {key: {"Limit": values.size(text) if (text := limit[key]) else -1, "Usage": count} for key, count in used.items()}
    return answers.sync({"resources": resources})


def create(call: Call) -> web.Response:
    """POST /1.0/projects."""
    wanted = call.body("ProjectsPost", **_FIELDS)
    name = wanted.get("name", "")
    _check_name(name)
    config = dict.fromkeys(_ON_BY_DEFAULT, "true") | wanted.get("config", {})
    _check_config(config)
    if name in call.store.state.projects:
        raise conflict(f'Failed creating project "{name}": Failed adding database record: This "projects" entry already exists')
    record = Project(name=name, description=wanted.get("description", ""), config=dict(sorted(config.items())))
    call.store.state.projects[name] = record
    if config["features.profiles"] == "true":
        _give_default_profile(call, name)
    call.daemon.lifecycle("project-created", f"projects/{name}")
    return answers.created(f"/1.0/projects/{name}")


def replace(call: Call) -> web.Response:
    """PUT /1.0/projects/NAME."""
    record = call.store.project(call.param("name"))
    call.match(_etag(record))
    wanted = call.body("ProjectPut", **_FIELDS)
    return _change(call, record, wanted.get("description", ""), wanted.get("config", {}))


def patch(call: Call) -> web.Response:
    """PATCH /1.0/projects/NAME: 5.0.2 keeps the description and forgets the configuration that isn't sent."""
    record = call.store.project(call.param("name"))
    call.match(_etag(record))
    wanted = call.body("ProjectPut", **_FIELDS)
    return _change(call, record, wanted.get("description", record.description), wanted.get("config", {}))


def rename(call: Call) -> web.Response:
    """POST /1.0/projects/NAME: a background operation."""
    old, name = call.param("name"), call.body("ProjectPost", **_FIELDS).get("name", "")
    if old == DEFAULT:
        raise forbidden("The 'default' project cannot be renamed")

    def effect() -> Outcome | None:
        if name in call.store.state.projects:
            raise conflict(f'A project named "{name}" already exists')
        record = call.store.project(old, f'Failed loading project "{old}": ')
        if not usage.is_empty(call.store, record.name):
            raise bad_request("Only empty projects can be renamed")
        _check_name(name)
        _move(call, record, name)
        return None

    return call.run("Renaming project", effect)


def remove(call: Call) -> web.Response:
    """DELETE /1.0/projects/NAME."""
    name = call.param("name")
    if name == DEFAULT:
        raise forbidden("The 'default' project cannot be deleted")
    call.store.project(name, f'Fetch project "{name}": ')
    if not usage.is_empty(call.store, name):
        raise internal("Only empty projects can be removed")
    for records in _owned(call):
        records.pop(name, None)
    call.daemon.lifecycle("project-deleted", f"projects/{name}")
    return answers.done()


def _change(call: Call, record: Project, description: str, config: Config) -> web.Response:
    changed = [key for key in {**config, **record.config} if config.get(key, "") != record.config.get(key, "")]
    features = [key for key in [*config, *_EMPTY_ONLY] if key in FEATURES and key in changed]
    if features and record.name == DEFAULT:
        raise bad_request("You can't change the features of the default project")
    if features and not usage.is_empty(call.store, record.name):
        # LXD names whichever it meets first in a map without order; here the ones that were sent come first
        verb = "enabled" if values.is_true(config.get(features[0])) else "disabled"
        raise bad_request(f'Project feature "{features[0]}" cannot be {verb} on non-empty projects')
    _check_config(config)
    limits.check_change(call.daemon, record.name, config)
    if "features.profiles" in changed:
        _switch_profiles(call, record.name, on=config.get("features.profiles") == "true")
    record.description, record.config = description, dict(sorted(config.items()))
    call.daemon.lifecycle("project-updated", f"projects/{record.name}")
    return answers.done()


def _switch_profiles(call: Call, name: str, *, on: bool) -> None:
    """Also run when "false" became unset, where 5.0.2 then misses the profile it wants to delete."""
    if on:
        _give_default_profile(call, name)
    elif call.store.state.profiles.pop(name, None) is None:
        raise not_found("Delete project default profile: Profile not found")


def _give_default_profile(call: Call, name: str) -> None:
    profile = Profile(name=DEFAULT, description=f"Default LXD profile for project {name}")
    call.store.state.profiles[name] = {DEFAULT: profile}


def _move(call: Call, record: Project, name: str) -> None:
    old, record.name = record.name, name
    for records in _owned(call):
        if old in records:
            records[name] = records.pop(old)
    for certificate in call.store.state.certificates.values():
        certificate.projects = [name if project == old else project for project in certificate.projects]


def _owned(call: Call) -> list[dict[str, Any]]:
    state = call.store.state
    return [
        state.projects,
        state.profiles,
        state.networks,
        state.acls,
        state.zones,
        state.images,
        state.aliases,
        state.instances,
    ]


def _check_name(name: str) -> None:
    if not name:
        raise bad_request("No name provided")
    for character, word in (("/", "slashes"), (" ", "spaces"), ("_", "underscores"), ("'", "quotes"), ('"', "quotes")):
        if character in name:
            raise bad_request(f"Project names may not contain {word}")
    if name == "*":
        raise bad_request("Reserved project name")
    if name in (".", ".."):
        raise bad_request(f'Invalid project name "{name}"')


def _check_config(config: Config) -> None:
    for key, value in config.items():
        checker = _KEYS.get(key)
        if checker is None and not key.startswith("user."):
            raise bad_request(f'Invalid project configuration key "{key}"')
        try:
            values.check(value, checker or values.any_text)
        except LxdError as exc:
            raise bad_request(f'Invalid project configuration key "{key}" value: {exc}') from exc
    if values.is_true(config.get("restricted")) and not values.is_true(config.get("features.profiles")):
        raise bad_request("Projects without their own profiles cannot be restricted")


def _view(call: Call, record: Project) -> dict[str, Any]:
    used_by = usage.of_project(call.store, record.name)
    return {"config": record.config, "description": record.description, "name": record.name, "used_by": used_by}


def _etag(record: Project) -> list[Any]:
    return [record.description, dict(sorted(record.config.items()))]
