"""Controller: the controller itself."""

from __future__ import annotations

from typing import Any

from .. import config
from ..controllers import hosted
from ..errors import ApiError, denied
from ..facade import Call, Facade, each, each_result, tags
from ..version import VERSION
from ..wire import owned, time, untag
from . import modelmanager

facade = Facade("Controller", 11, 12, scopes=("controller",))


@facade.reads("ControllerAPIInfoForModels", "login")
def api_info(call: Call) -> dict[str, Any]:
    """Where models are served."""

    def one(tag: str) -> dict[str, Any]:
        modelmanager.find(call, tag, "read")
        return {"addresses": [call.parts.address(call.controller)], "cacert": call.parts.ca_cert()}

    return each(tags(call.params), one, addresses=[], cacert="")


@facade.reads("ControllerConfig", "login")
def controller_config(call: Call) -> dict[str, Any]:
    """The controller's settings."""
    port = int(call.parts.address(call.controller).rpartition(":")[2])
    fixed = {
        "controller-uuid": call.controller.uuid,
        "controller-name": call.controller.name,
        "ca-cert": call.parts.ca_cert(),
        "api-port": port,
        "max-debug-log-duration": "24h0m0s",
        "state-port": 37017,
    }
    return {"config": fixed | call.controller.config}


@facade.writes("ConfigSet", "superuser")
def config_set(call: Call) -> None:
    """Changes the controller's settings."""
    for key in call.params["config"]:
        config.check_controller(key)
    call.controller.config |= call.params["config"]


@facade.reads("ControllerVersion", "login")
def version(call: Call) -> dict[str, Any]:
    """What runs."""
    return {"version": VERSION, "git-commit": ""}


@facade.reads("MongoVersion", "login")
def mongo_version(call: Call) -> dict[str, Any]:
    """What its database would be."""
    return {"result": "4.4.30"}


@facade.reads("IdentityProviderURL", "login")
def identity_provider(call: Call) -> dict[str, Any]:
    """Users are the controller's own."""
    return {"result": ""}


@facade.reads("AllModels", "superuser")
def all_models(call: Call) -> dict[str, Any]:
    """Every model of the controller."""
    shown = [
        {"model": {"name": m.name, "uuid": m.uuid, "type": "iaas", "owner-tag": f"user-{m.owner}"}, "last-connection": time(None)}
        for m in call.controller.models.values()
    ]
    return {"user-models": shown}


@facade.reads("ModelStatus", "login")
def model_status(call: Call) -> dict[str, Any]:
    """How much is in models."""
    return each(
        tags(call.params),
        lambda tag: modelmanager.status_of(modelmanager.find(call, tag, "read")),
        "models",
        **modelmanager.NO_STATUS,
    )


@facade.reads("HostedModelConfigs", "superuser")
def hosted_configs(call: Call) -> dict[str, Any]:
    """The hosted models with their settings."""
    return {"models": [{"name": m.name, "owner": f"user-{m.owner}", "config": m.config} for m in hosted(call.controller)]}


@facade.reads("ListBlockedModels", "superuser")
def blocked_models(call: Call) -> dict[str, Any]:
    """Models in which something is forbidden."""
    blocked = [m for m in call.controller.models.values() if m.blocks]
    return {
        "models": [
            {"name": m.name, "model-uuid": m.uuid, "owner-tag": f"user-{m.owner}", "blocks": list(m.blocks)} for m in blocked
        ]
    }


@facade.writes("RemoveBlocks", "superuser")
def remove_blocks(call: Call) -> None:
    """Allows everything again."""
    for model in call.controller.models.values():
        model.blocks.clear()


@facade.reads("GetControllerAccess", "login")
def get_access(call: Call) -> dict[str, Any]:
    """What users may do with the controller."""

    def one(tag: str) -> dict[str, Any]:
        name = owned(untag(tag, "user"))
        if name != call.user.name:
            call.require_superuser()
        if name not in call.controller.users:
            raise ApiError(f'user "{name}" not found', "not found")
        return {"user-tag": tag, "access": call.controller.users[name].access}

    return each_result(tags(call.params), one)


@facade.writes("ModifyControllerAccess", "superuser")
def modify_access(call: Call) -> dict[str, Any]:
    """Grants or revokes access to the controller."""

    def one(change: dict[str, Any]) -> None:
        name = owned(untag(change["user-tag"], "user"))
        user = call.controller.users.get(name)
        if user is None:
            raise ApiError(f'could not grant controller access: user "{name}" does not exist locally', "not found")
        if change["access"] not in ("login", "superuser"):
            raise ApiError(f'"{change["access"]}" controller access not valid', "bad request")
        user.access = change["access"] if change["action"] == "grant" else "login"

    return each(call.params["changes"], one)


@facade.writes("DestroyController", "superuser")
def destroy(call: Call) -> None:
    """Begins to destroy the controller."""
    if not call.superuser:
        raise denied()
    call.parts.controllers.destroy(
        call.controller, models=bool(call.params.get("destroy-models")), force=bool(call.params.get("force"))
    )


@facade.reads("CloudSpec", "superuser")
def cloud_spec(call: Call) -> dict[str, Any]:
    """How models reach their cloud."""

    def one(tag: str) -> dict[str, Any]:
        model = modelmanager.find(call, tag, "admin")
        cloud, credential = call.controller.clouds[model.cloud], call.controller.credentials[model.credential]
        shown = {"type": cloud["type"], "name": model.cloud, "region": model.region, "endpoint": cloud.get("endpoint", "")}
        return shown | {"credential": {"auth-type": credential.auth_type, "attrs": credential.attrs}}

    return each_result(tags(call.params), one)
