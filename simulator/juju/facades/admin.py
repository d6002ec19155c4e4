"""Admin and Pinger: logging in, and showing that one is still there."""

from __future__ import annotations

from typing import Any

from .. import store
from ..errors import ApiError
from ..facade import Call, Facade
from ..version import VERSION
from ..wire import owned, time, untag

facade = Facade("Admin", 3, scopes=("controller", "model"))
pinger = Facade("Pinger", 1, scopes=("controller", "model"))


@facade.reads("Login", "login")
def login(call: Call) -> dict[str, Any]:
    """Checks user and password, says which facades there are."""
    if call.connection.logged_in:
        raise ApiError("already logged in", "bad request")
    if call.connection.model_uuid and call.on is None:
        raise ApiError(f'unknown model: "{call.connection.model_uuid}"', "model not found")
    user = call.controller.users.get(_name(call.params.get("auth-tag") or ""))
    if user is None or user.disabled or not store.check_password(user, call.params.get("credentials") or ""):
        raise ApiError("invalid entity name or password", "unauthorized access")
    call.logged_in = user
    if call.on is not None and not call.may("read", call.on):
        raise ApiError("permission denied", "unauthorized access")
    last, user.last_login = user.last_login, call.parts.clock.now()
    call.connection.login(user.name)
    access = "admin" if call.superuser else call.on.users.get(user.name, "") if call.on else ""
    return {
        "servers": [[host_port(call)]],
        "model-tag": f"model-{call.on.uuid}" if call.on else "",
        "controller-tag": f"controller-{call.controller.uuid}",
        "user-info": {
            "display-name": user.display_name,
            "identity": f"user-{user.name}",
            "last-connection": time(last),
            "controller-access": user.access,
            "model-access": access if call.on else "",
        },
        "facades": call.connection.facades(),
        "server-version": VERSION,
    }


@facade.reads("RedirectInfo", "login")
def redirect_info(call: Call) -> None:
    """There is nowhere else to go."""
    raise ApiError("not redirected", "")


@pinger.reads("Ping", "login")
def ping(call: Call) -> None:
    """Nothing but an answer."""


@pinger.reads("Stop", "login")
def stop(call: Call) -> None:
    """Ends nothing: a ping needs no end."""


def host_port(call: Call) -> dict[str, Any]:
    """Where the controller is reached."""
    host, _, port = call.parts.address(call.controller).rpartition(":")
    return {"value": host, "type": "ipv4", "scope": "public", "port": int(port)}


def _name(tag: str) -> str:
    try:
        return owned(untag(tag, "user"))
    except ApiError:
        return ""
