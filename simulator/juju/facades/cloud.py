"""Cloud and CredentialManager: the clouds that a controller knows, and the keys to them."""

from __future__ import annotations

from typing import Any

from ..errors import ApiError, bad_tag, denied, not_found
from ..facade import Call, Facade, each, each_result, tags
from ..records import Credential
from ..wire import owned, untag

facade = Facade("Cloud", 7, scopes=("controller",))
credentials = Facade("CredentialManager", 1)


@facade.reads("Clouds", "login")
def clouds(call: Call) -> dict[str, Any]:
    """All clouds."""
    return {"clouds": {f"cloud-{name}": _shown(cloud) for name, cloud in call.controller.clouds.items()}}


@facade.reads("Cloud", "login")
def cloud(call: Call) -> dict[str, Any]:
    """Some clouds."""
    return each(tags(call.params), lambda tag: {"cloud": _shown(_find(call, tag))})


@facade.reads("CloudInfo", "login")
def cloud_info(call: Call) -> dict[str, Any]:
    """Some clouds with their users."""
    users = [{"user": "admin", "display-name": "admin", "access": "admin"}]
    return each_result(tags(call.params), lambda tag: _details(_find(call, tag)) | {"users": users})


@facade.reads("ListCloudInfo", "login")
def list_cloud_info(call: Call) -> dict[str, Any]:
    """All clouds with the user's access."""
    return {"results": [{"result": _details(found) | {"user-access": "admin"}} for found in call.controller.clouds.values()]}


@facade.writes("AddCloud", "superuser")
def add_cloud(call: Call) -> None:
    """Makes a cloud known."""
    name = call.params["name"]
    if name in call.controller.clouds:
        raise ApiError(f'cloud "{name}" already exists', "already exists")
    kinds = {found["type"] for found in call.controller.clouds.values()}
    if call.params["cloud"]["type"] not in kinds and not call.params.get("force"):
        raise ApiError(
            f'controller cloud type "{sorted(kinds)[0]}" is not whitelisted, current whitelist: ', "incompatible clouds"
        )
    call.controller.clouds[name] = call.params["cloud"]


@facade.writes("UpdateCloud", "superuser")
def update_cloud(call: Call) -> dict[str, Any]:
    """Changes what is known of clouds."""

    def one(asked: dict[str, Any]) -> None:
        if asked["name"] not in call.controller.clouds:
            raise not_found("cloud", asked["name"])
        call.controller.clouds[asked["name"]] = asked["cloud"]

    return each(call.params["clouds"], one)


@facade.writes("RemoveClouds", "superuser")
def remove_clouds(call: Call) -> dict[str, Any]:
    """Forgets clouds that no model uses."""

    def one(tag: str) -> None:
        name = untag(tag, "cloud")
        _find(call, tag)
        used = [model.name for model in call.controller.models.values() if model.cloud == name]
        if used:
            raise ApiError(f"cloud is used by {len(used)} model{'s' if len(used) > 1 else ''}", "")
        del call.controller.clouds[name]

    return each(tags(call.params), one)


@facade.reads("UserCredentials", "login")
def user_credentials(call: Call) -> dict[str, Any]:
    """The tags of users' credentials for clouds."""

    def one(asked: dict[str, str]) -> list[str]:
        owner, name = owned(untag(asked["user-tag"], "user")), untag(asked["cloud-tag"], "cloud")
        return [tag for tag, found in call.controller.credentials.items() if (found.owner, found.cloud) == (owner, name)]

    return each_result(call.params.get("user-clouds") or [], one)


@facade.reads("Credential", "login")
def credential(call: Call) -> dict[str, Any]:
    """Credentials without their secrets."""

    def one(tag: str) -> dict[str, Any]:
        found = _credential(call, tag)
        return {"auth-type": found.auth_type, "attrs": {}, "redacted": sorted(found.attrs)}

    return each_result(tags(call.params), one)


@facade.reads("CredentialContents", "login")
def contents(call: Call) -> dict[str, Any]:
    """Credentials with the models that use them, and if asked for with their secrets."""
    asked = {(c["cloud-name"], c["credential-name"]) for c in call.params.get("credentials") or []}
    secret = bool(call.params.get("include-secrets"))
    found = [
        c
        for c in call.controller.credentials.values()
        if (not asked or (c.cloud, c.name) in asked) and (call.superuser or c.owner == call.user.name)
    ]

    def one(cred: Credential) -> dict[str, Any]:
        content = {"name": cred.name, "cloud": cred.cloud, "auth-type": cred.auth_type, "valid": cred.valid}
        users = [m.name for m in call.controller.models.values() if m.credential == cred.tag]
        return {
            "content": content | {"attrs": cred.attrs if secret else {}},
            "models": [{"model": name, "access": "admin"} for name in users],
        }

    return each_result(found, one)


@facade.writes("AddCredentials", "login")
def add_credentials(call: Call) -> dict[str, Any]:
    """Makes credentials known."""
    return each(call.params.get("credentials") or [], lambda asked: _put(call, asked))


@facade.writes("UpdateCredentialsCheckModels", "login")
def update_credentials(call: Call) -> dict[str, Any]:
    """Makes credentials known or changes them; says which models use them."""

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        try:
            _put(call, asked)
        except ApiError as exc:
            return {"tag": asked["tag"], "error": exc.wire()}
        used = [m for m in call.controller.models.values() if m.credential == asked["tag"]]
        return {"tag": asked["tag"], "models": [{"uuid": m.uuid, "name": m.name} for m in used]}

    return each(call.params["credentials"], one)


@facade.writes("RevokeCredentialsCheckModels", "login")
def revoke(call: Call) -> dict[str, Any]:
    """Forgets credentials that no model uses."""

    def one(asked: dict[str, Any]) -> None:
        found = _credential(call, asked["tag"])
        used = [m.name for m in call.controller.models.values() if m.credential == found.tag]
        if used and not asked.get("force"):
            raise ApiError(
                f"cannot revoke credential {found.tag}: it is still used by {len(used)} model{'s' if len(used) > 1 else ''}"
            )
        del call.controller.credentials[found.tag]

    return each(call.params["credentials"], one)


@credentials.writes("InvalidateModelCredential", "admin")
def invalidate(call: Call) -> dict[str, Any]:
    """Marks the model's credential as no good."""
    call.controller.credentials[call.model.credential].valid = False
    return {}


def _put(call: Call, asked: dict[str, Any]) -> None:
    cloud_name, owner, name = _parse(asked["tag"])
    if not call.superuser and owner != call.user.name:
        raise denied()
    if cloud_name not in call.controller.clouds:
        raise ApiError(f'cannot update credential "{name}": cloud "{cloud_name}" not found', "not found")
    new = Credential(
        cloud=cloud_name,
        owner=owner,
        name=name,
        auth_type=asked["credential"]["auth-type"],
        attrs=asked["credential"].get("attrs") or {},
    )
    call.controller.credentials[asked["tag"]] = new


def _parse(tag: str) -> tuple[str, str, str]:
    parts = untag(tag, "cloudcred").split("_", 2)
    if len(parts) != 3:
        raise bad_tag(tag, "cloudcred")
    return parts[0], parts[1], parts[2]


def _credential(call: Call, tag: str) -> Credential:
    found = call.controller.credentials.get(tag)
    if found is None or not (call.superuser or found.owner == call.user.name):
        raise not_found("credential", tag.removeprefix("cloudcred-"))
    return found


def _find(call: Call, tag: str) -> dict[str, Any]:
    name = untag(tag, "cloud")
    if name not in call.controller.clouds:
        raise not_found("cloud", name)
    return call.controller.clouds[name]


def _details(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in _shown(found).items() if key in ("type", "auth-types", "endpoint", "regions")}


def _shown(found: dict[str, Any]) -> dict[str, Any]:
    regions = found.get("regions") or [{"name": "default"}]
    return {"auth-types": ["oauth1"]} | {key: value for key, value in found.items() if value is not None} | {"regions": regions}
