"""Profiles: what instances share; changing one changes the instances that have it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .. import answers, devices, keys, machines, usage, volatile
from ..call import Call
from ..errors import LxdError, bad_request, forbidden, internal, not_found
from ..records import Config, Devices, Profile
from ..store import DEFAULT, url
from ..views import devices_sorted

_FIELDS = {"name": "string", "description": "string", "config": "config", "devices": "devices"}


def listing(call: Call) -> web.Response:
    """GET /1.0/profiles."""
    home = _home(call)
    records = [record for _, record in sorted(call.store.profiles(home).items())]
    if call.recursion:
        return answers.sync([_view(call, record) for record in records])
    return answers.sync([url(f"profiles/{record.name}", home) for record in records])


def show(call: Call) -> web.Response:
    """GET /1.0/profiles/NAME."""
    record = _find(call, "Fetch profile: ")
    return answers.sync(_view(call, record), etag=_etag(record))


def create(call: Call) -> web.Response:
    """POST /1.0/profiles."""
    home = _home(call)
    wanted = call.body("ProfilesPost", **_FIELDS)
    name = wanted.get("name", "")
    _check_name(name)
    try:
        _validate(call, wanted.get("config", {}), wanted.get("devices", {}))
    except LxdError as exc:
        raise bad_request(str(exc)) from exc
    if name in call.store.profiles(home):
        raise internal(f'Error inserting "{name}" into database: The profile already exists')
    call.store.profiles(home)[name] = Profile.model_validate(wanted_fields(wanted))
    call.daemon.lifecycle("profile-created", f"profiles/{name}", home)
    return answers.created(url(f"profiles/{name}", home))


def replace(call: Call) -> web.Response:
    """PUT /1.0/profiles/NAME."""
    record = _find(call, f'Failed to retrieve profile "{call.param("name")}": ')
    call.match(_etag(record))
    wanted = call.body("ProfilePut", **_FIELDS)
    return _change(call, record, {"description": "", "config": {}, "devices": {}, **wanted})


def patch(call: Call) -> web.Response:
    """PATCH /1.0/profiles/NAME: adds to configuration and devices."""
    record = _find(call, f'Failed to retrieve profile="{call.param("name")}": ')
    call.match(_etag(record))
    wanted = call.body("ProfilePut", **_FIELDS)
    merged = {
        "description": wanted.get("description", record.description),
        "config": record.config | wanted.get("config", {}),
        "devices": record.devices | wanted.get("devices", {}),
    }
    return _change(call, record, merged)


def rename(call: Call) -> web.Response:
    """POST /1.0/profiles/NAME."""
    home = _home(call)
    name = call.body("ProfilePost", **_FIELDS).get("name", "")
    if call.param("name") == DEFAULT:
        raise forbidden('The "default" profile cannot be renamed')
    _check_name(name)
    records = call.store.profiles(home)
    record = records.get(call.param("name"))
    if record is None:
        raise internal("Query affected 0 rows instead of 1")  # 5.0.2's way to say that there is none
    if name in records:
        raise internal(f'Name "{name}" already in use')
    for instance in call.store.all_instances():
        if call.store.home(instance.project, "profiles") == home:
            instance.profiles = [name if profile == record.name else profile for profile in instance.profiles]
    del records[record.name]
    record.name = name
    records[name] = record
    return answers.created(url(f"profiles/{name}", home))


def remove(call: Call) -> web.Response:
    """DELETE /1.0/profiles/NAME."""
    if call.param("name") == DEFAULT:
        raise forbidden('The "default" profile cannot be deleted')
    record = _find(call)
    if usage.of_profile(call.store, call.project, record.name):
        raise internal("Profile is currently in use")
    del call.store.profiles(call.project)[record.name]
    call.daemon.lifecycle("profile-deleted", f"profiles/{record.name}", call.project)
    return answers.done()


def wanted_fields(wanted: dict[str, Any]) -> dict[str, Any]:
    """Those fields of a request that make a profile."""
    return {key: value for key, value in wanted.items() if key in _FIELDS}


def _change(call: Call, record: Profile, wanted: dict[str, Any]) -> web.Response:
    _validate(call, wanted["config"], wanted["devices"])
    record.description, record.config, record.devices = wanted["description"], wanted["config"], wanted["devices"]
    home = _home(call)
    for instance in call.store.all_instances():
        if record.name in instance.profiles and call.store.home(instance.project, "profiles") == home:
            volatile.name_nics(call.daemon, instance)
            if instance.is_vm:
                machines.put(call.daemon, instance)
    call.daemon.lifecycle("profile-updated", f"profiles/{record.name}", home)
    return answers.done()


def _validate(call: Call, config: Config, wanted: Devices) -> None:
    keys.validate(config, "")
    devices.validate(call.store, _home(call), wanted)


def _check_name(name: str) -> None:
    if not name:
        raise bad_request("No name provided")
    if "/" in name:
        raise bad_request("Profile names may not contain slashes")
    if name in (".", ".."):
        raise bad_request(f'Invalid profile name "{name}"')


def _home(call: Call) -> str:
    call.store.project(call.project, f'Failed loading project "{call.project}": ')
    return call.store.home(call.project, "profiles")


def _find(call: Call, failing: str = "") -> Profile:
    home = _home(call)
    try:
        return call.store.profiles(home)[call.param("name")]
    except KeyError:
        raise not_found(f"{failing}Profile not found") from None


def _view(call: Call, record: Profile) -> dict[str, Any]:
    return {
        "config": dict(sorted(record.config.items())),
        "description": record.description,
        "devices": devices_sorted(record.devices),
        "name": record.name,
        "used_by": usage.of_profile(call.store, call.project, record.name),
    }


def _etag(record: Profile) -> list[Any]:
    return [dict(sorted(record.config.items())), record.description, devices_sorted(record.devices)]
