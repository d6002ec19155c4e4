"""UserManager: accounts of the controller."""

from __future__ import annotations

import base64
import re
import secrets
from typing import Any

from ..errors import ApiError, denied
from ..facade import Call, Facade, each, tags
from ..records import User
from ..store import set_password
from ..wire import owned, time, untag

facade = Facade("UserManager", 3, scopes=("controller",))
_NAME = re.compile(r"^[a-zA-Z0-9][a-zA-Z0-9.+-]*[a-zA-Z0-9]$|^[a-zA-Z0-9]$")


@facade.writes("AddUser", "superuser")
def add_user(call: Call) -> dict[str, Any]:
    """Makes accounts; one without a password gets a key to set it with."""

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        name = asked["username"]
        if not _NAME.match(name):
            raise ApiError(f'invalid user name "{name}"', "not valid")
        if name in call.controller.users:
            raise ApiError(f'failed to create user: username unavailable: user "{name}" already exists', "already exists")
        now = call.parts.clock.now()
        user = User(name=name, display_name=asked.get("display-name") or "", created_by=call.user.name, created=now)
        key = secrets.token_bytes(32)
        if asked.get("password"):
            set_password(user, asked["password"])
        call.controller.users[name] = user
        return {"tag": f"user-{name}"} | ({} if asked.get("password") else {"secret-key": base64.b64encode(key).decode()})

    return each(call.params["users"], one)


@facade.writes("RemoveUser", "superuser")
def remove_user(call: Call) -> dict[str, Any]:
    """Removes accounts."""

    def one(tag: str) -> None:
        user = _find(call, tag)
        if user.name == "admin":
            raise ApiError(f'cannot delete controller owner "{user.name}"', "")
        del call.controller.users[user.name]
        for model in call.controller.models.values():
            model.users.pop(user.name, None)

    return each(tags(call.params), one)


@facade.writes("EnableUser", "superuser")
def enable(call: Call) -> dict[str, Any]:
    """Lets accounts in again."""
    return each(tags(call.params), lambda tag: setattr(_find(call, tag), "disabled", False))


@facade.writes("DisableUser", "superuser")
def disable(call: Call) -> dict[str, Any]:
    """Keeps accounts out."""

    def one(tag: str) -> None:
        user = _find(call, tag)
        if user.name == "admin":
            raise ApiError(f'failed to disable user: cannot disable controller owner "{user.name}"', "")
        user.disabled = True

    return each(tags(call.params), one)


@facade.writes("SetPassword", "login")
def set_passwords(call: Call) -> dict[str, Any]:
    """Changes passwords: everybody their own, a superuser any."""

    def one(change: dict[str, Any]) -> None:
        user = _find(call, change["tag"])
        if user.name != call.user.name and not call.superuser:
            raise denied()
        if not change["password"]:
            raise ApiError("cannot use an empty password", "not valid")
        set_password(user, change["password"])

    return each(call.params["changes"], one)


@facade.writes("ResetPassword", "superuser")
def reset_password(call: Call) -> dict[str, Any]:
    """Takes passwords away and gives keys to set new ones with."""

    def one(tag: str) -> dict[str, Any]:
        user = _find(call, tag)
        user.password = ""
        return {"tag": tag, "secret-key": base64.b64encode(secrets.token_bytes(32)).decode()}

    return each(tags(call.params), one)


@facade.reads("UserInfo", "login")
def user_info(call: Call) -> dict[str, Any]:
    """Accounts; all of them when none is named."""
    names = tags(call.params)
    if not names:
        shown = [user for user in call.controller.users.values() if call.params.get("include-disabled") or not user.disabled]
        allowed = [user for user in shown if call.superuser or user.name == call.user.name]
        return {"results": [{"result": _wire(user)} for user in allowed]}

    def one(tag: str) -> dict[str, Any]:
        user = call.controller.users.get(owned(untag(tag, "user")))
        if user is None or not (call.superuser or user.name == call.user.name):
            raise denied()
        return {"result": _wire(user)}

    return each(names, one)


@facade.reads("ModelUserInfo", "login")
def model_users(call: Call) -> dict[str, Any]:
    """Who has access to the controller's models."""
    found = [
        {
            "model-tag": f"model-{model.uuid}",
            "user": name,
            "display-name": call.controller.users[name].display_name,
            "last-connection": time(call.controller.users[name].last_login),
            "access": access,
        }
        for model in call.controller.models.values()
        if call.may("admin", model)
        for name, access in model.users.items()
        if name in call.controller.users
    ]
    return {"results": [{"result": shown} for shown in found]}


def _find(call: Call, tag: str) -> User:
    name = owned(untag(tag, "user"))
    if name not in call.controller.users:
        raise ApiError(f'user "{name}" not found', "not found")
    return call.controller.users[name]


def _wire(user: User) -> dict[str, Any]:
    return {
        "username": user.name,
        "display-name": user.display_name,
        "access": user.access,
        "created-by": user.created_by,
        "date-created": time(user.created),
        "last-connection": time(user.last_login),
        "disabled": user.disabled,
    }
