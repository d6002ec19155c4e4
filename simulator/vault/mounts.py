"""Secrets engines, authentication methods and audit devices: where they are mounted."""

from __future__ import annotations

from typing import Any

from ..openstack.call import Call, Reply
from . import answers
from .answers import NONE, Refusal
from .durations import seconds
from .server import Server
from .state import Mount, Pki, new_mount

ENGINES = ("pki", "kv", "transit", "generic")
METHODS = ("approle", "userpass", "cert")


def listed(server: Server, call: Call) -> Reply:
    """GET sys/mounts."""
    return answers.framed({path: described(mount) for path, mount in server.state.mounts.items()}, above=True)


def enable(server: Server, call: Call, path: str) -> Reply:
    """POST sys/mounts/PATH."""
    asked = server.asked(call)
    _enable(server, path, asked)
    return NONE


def _enable(server: Server, path: str, asked: dict[str, Any]) -> None:
    type_, place = str(asked.get("type") or ""), f"{path}/"
    if type_ not in ENGINES:
        raise Refusal(400, f"plugin not found in the catalog: {type_}")
    if place in server.state.mounts:
        raise Refusal(400, f"path is already in use at {place}")
    config = asked.get("config") or {}
    server.state.mounts[place] = new_mount(
        type_,
        description=str(asked.get("description") or ""),
        default_ttl=seconds(config.get("default_lease_ttl")),
        max_ttl=seconds(config.get("max_lease_ttl")),
    )
    if type_ == "pki":
        server.state.pki[place] = Pki()
    elif type_ in ("kv", "generic"):
        server.state.kv[place] = {}


def disable(server: Server, call: Call, path: str) -> Reply:
    """DELETE sys/mounts/PATH; absence is success."""
    place, state = f"{path}/", server.state
    state.mounts.pop(place, None)
    state.pki.pop(place, None)
    state.kv.pop(place, None)
    return NONE


def tune(server: Server, call: Call, path: str) -> Reply:
    """POST sys/mounts/PATH/tune."""
    mount, asked = _mount(server, path), server.asked(call)
    mount.default_ttl = seconds(asked.get("default_lease_ttl"), mount.default_ttl)
    mount.max_ttl = seconds(asked.get("max_lease_ttl"), mount.max_ttl)
    mount.description = str(asked.get("description") or mount.description)
    return NONE


def tuning(server: Server, call: Call, path: str) -> Reply:
    """GET sys/mounts/PATH/tune."""
    mount = _mount(server, path)
    data = {
        "description": mount.description,
        "default_lease_ttl": mount.default_ttl,
        "max_lease_ttl": mount.max_ttl,
        "force_no_cache": False,
    }
    return answers.framed(data, above=True)


def methods(server: Server, call: Call) -> Reply:
    """GET sys/auth."""
    found = {path: described(mount, token_type="default-service") for path, mount in server.state.auths.items()}  # noqa: S106 - a kind
    return answers.framed(found, above=True)


def enable_method(server: Server, call: Call, path: str) -> Reply:
    """POST sys/auth/PATH."""
    type_, place = str(server.asked(call).get("type") or ""), f"{path}/"
    if type_ not in METHODS:
        raise Refusal(400, f"plugin not found in the catalog: {type_}")
    if place in server.state.auths:
        raise Refusal(400, f"path is already in use at {place}")
    server.state.auths[place] = new_mount(type_, "auth_")
    return NONE


def disable_method(server: Server, call: Call, path: str) -> Reply:
    """DELETE sys/auth/PATH; absence is success."""
    server.state.auths.pop(f"{path}/", None)
    return NONE


def audits(server: Server, call: Call) -> Reply:
    """GET sys/audit."""
    return answers.framed(dict(server.state.audits), above=True)


def enable_audit(server: Server, call: Call, path: str) -> Reply:
    """PUT sys/audit/PATH."""
    place, asked = f"{path}/", server.asked(call)
    if place in server.state.audits:
        raise Refusal(400, "path already in use")
    server.state.audits[place] = {
        "description": str(asked.get("description") or ""),
        "local": False,
        "options": dict(asked.get("options") or {}),
        "path": place,
        "type": str(asked.get("type") or ""),
    }
    return NONE


def described(mount: Mount, **more: Any) -> dict[str, Any]:
    """A mount as lists show it."""
    config: dict[str, Any] = {
        "default_lease_ttl": mount.default_ttl,
        "force_no_cache": False,
        "max_lease_ttl": mount.max_ttl,
        **more,
    }
    if mount.type == "system":
        config["passthrough_request_headers"] = ["Accept"]
    return {
        "accessor": mount.accessor,
        "config": config,
        "description": mount.description,
        "external_entropy_access": False,
        "local": mount.local,
        "options": mount.options,
        "seal_wrap": False,
        "type": mount.type,
        "uuid": mount.uuid,
    }


def _mount(server: Server, path: str) -> Mount:
    found = server.state.mounts.get(f"{path}/")
    if found is None:
        raise Refusal(400, f"cannot fetch sysview for path {path!r}")
    return found
