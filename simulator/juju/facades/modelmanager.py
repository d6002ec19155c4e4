"""ModelManager: models of a controller."""

from __future__ import annotations

import re
from typing import Any

from .. import config
from ..controllers import hosted
from ..errors import ApiError, denied
from ..facade import Call, Facade, each, each_result, tags
from ..records import Model
from ..version import VERSION, parsed
from ..wire import NANOSECONDS, entity_status, owned, time, untag

facade = Facade("ModelManager", 9, 10, scopes=("controller",))
NO_STATUS: dict[str, Any] = {"model_tag": "", "life": "", "type": "", "owner_tag": ""}
NO_STATUS |= {"hosted_machine_count": 0, "application_count": 0, "unit_count": 0}
_NAME = re.compile(r"^[a-z0-9]+[a-z0-9-]*$")


@facade.writes("CreateModel", "login")
async def create(call: Call) -> dict[str, Any]:
    """Makes a model on one of the controller's clouds and reads its spaces from MAAS."""
    params, controller = call.params, call.controller
    name, owner = params["name"], owned(untag(params.get("owner-tag") or f"user-{call.user.name}", "user"))
    if not call.superuser and owner != call.user.name:
        raise denied()
    if not _NAME.match(name):
        raise ApiError(f'failed to create config: "{name}" is not a valid name: model names may only contain lowercase letters, '
                       "digits and hyphens", "not valid")  # fmt: skip
    if controller.model_named(name, owner):
        raise ApiError(f'failed to create new model: model "{name}" for {owner} already exists', "already exists")
    home = next(model for model in controller.models.values() if model.is_controller)
    cloud = untag(params.get("cloud-tag") or f"cloud-{home.cloud}", "cloud")
    if cloud not in controller.clouds:
        raise ApiError(f'cloud "{cloud}" not found, expected one of {sorted(controller.clouds)}', "not found")
    credential = params.get("credential") or _credential_of(call, cloud, owner, home)
    if credential not in controller.credentials:
        raise ApiError(f'credential "{credential.removeprefix("cloudcred-")}" not found', "not found")
    settings = {key: config.convert(key, value) for key, value in (params.get("config") or {}).items()}
    keys, version = settings.pop("authorized-keys", ""), str(settings.pop("agent-version", VERSION))
    if parsed(version) > parsed(VERSION):
        raise ApiError(f"failed to create config: agent-version ({version}) cannot be greater than the controller ({VERSION})")
    model = call.parts.controllers.add_model(controller, name, credential, params.get("region") or home.region, owner)
    model.config, model.version = settings, version
    model.keys = [line for line in str(keys).splitlines() if line.strip()]
    try:
        await call.parts.controllers.reload_spaces(model)
    except ApiError as exc:
        controller.models.pop(model.uuid)
        raise ApiError(f"failed to create new model: {exc.message}", exc.code) from exc
    return _info(call, model)


@facade.reads("ListModelSummaries", "login")
def list_summaries(call: Call) -> dict[str, Any]:
    """The models that the user may see."""
    everything = call.params.get("all") and call.superuser
    models = [m for m in call.controller.models.values() if everything or call.may("read", m)]
    return {"results": [{"result": _summary(call, model)} for model in models]}


@facade.reads("ListModels", "login")
def list_models(call: Call) -> dict[str, Any]:
    """The models that the user may see, in short."""
    shown = [
        {"model": {"name": m.name, "uuid": m.uuid, "type": "iaas", "owner-tag": f"user-{m.owner}"}, "last-connection": time(None)}
        for m in call.controller.models.values()
        if call.may("read", m)
    ]
    return {"user-models": shown}


@facade.reads("ModelInfo", "login")
def model_info(call: Call) -> dict[str, Any]:
    """All about models."""
    return each_result(tags(call.params), lambda tag: _info(call, find(call, tag, "read")))


@facade.reads("ModelStatus", "login")
def model_status(call: Call) -> dict[str, Any]:
    """How much is in models."""
    return each(tags(call.params), lambda tag: status_of(find(call, tag, "read")), **NO_STATUS)


@facade.writes("DestroyModels", "login")
def destroy(call: Call) -> dict[str, Any]:
    """Begins to destroy models."""

    def one(asked: dict[str, Any]) -> None:
        model = find(call, asked["model-tag"], "admin")
        if model.is_controller:
            raise ApiError("controller model cannot be destroyed: hosting " + str(len(hosted(call.controller))) + " other models")
        if model.storage and "destroy-storage" not in asked:
            raise ApiError("cannot destroy model: model contains persistent storage", "controller/model has persistent storage")
        model.destroy_storage = bool(asked.get("destroy-storage"))
        wait = asked["max-wait"] / NANOSECONDS if "max-wait" in asked else None
        call.parts.lifecycle.destroy_model(model, force=bool(asked.get("force")), wait=wait)

    return each(call.params["models"], one)


@facade.writes("ModifyModelAccess", "login")
def modify_access(call: Call) -> dict[str, Any]:
    """Grants or revokes access to models."""

    def one(change: dict[str, Any]) -> None:
        model = find(call, change["model-tag"], "admin")
        name = owned(untag(change["user-tag"], "user"))
        if name not in call.controller.users:
            raise ApiError(f'could not grant model access: user "{name}" does not exist locally', "not found")
        order = ["", "read", "write", "admin"]
        wanted, has = order.index(change["access"]), order.index(model.users.get(name, ""))
        if change["action"] == "grant":
            if has >= wanted:
                raise ApiError(
                    f'could not grant model access: user already has "{change["access"]}" access or greater', "already exists"
                )
            model.users[name] = change["access"]
        else:
            left = order[wanted - 1]
            model.users.pop(name, None)
            if left and has:
                model.users[name] = left

    return each(call.params["changes"], one)


@facade.writes("ChangeModelCredential", "login")
def change_credential(call: Call) -> dict[str, Any]:
    """Gives models another credential of their cloud."""

    def one(asked: dict[str, Any]) -> None:
        model = find(call, asked["model-tag"], "admin")
        if asked["credential-tag"] not in call.controller.credentials:
            raise ApiError(f'credential "{asked["credential-tag"].removeprefix("cloudcred-")}" not found', "not found")
        model.credential = asked["credential-tag"]

    return each(call.params["model-credentials"], one)


@facade.reads("ModelDefaultsForClouds", "login")
def defaults(call: Call) -> dict[str, Any]:
    """What a new model of a cloud begins with."""

    def one(tag: str) -> dict[str, Any]:
        shown = {}
        for key, value in config.DEFAULTS.items():
            shown[key] = {"default": value}
            if key in call.controller.config:
                shown[key]["controller"] = call.controller.config[key]
        return {"config": shown}

    return each(tags(call.params), one)


@facade.writes("SetModelDefaults", "superuser")
def set_defaults(call: Call) -> dict[str, Any]:
    """Sets what new models begin with."""
    return each(call.params["config"], lambda asked: call.controller.config.update(asked["config"]))


@facade.writes("UnsetModelDefaults", "superuser")
def unset_defaults(call: Call) -> dict[str, Any]:
    """Takes such settings back."""

    def one(asked: dict[str, Any]) -> None:
        for key in asked["keys"]:
            call.controller.config.pop(key, None)

    return each(call.params["keys"], one)


def find(call: Call, tag: str, access: str) -> Model:
    """The model of a tag, if the user has this access to it."""
    model = call.controller.models.get(untag(tag, "model"))
    if model is None:
        if call.superuser:
            raise ApiError(f'model "{untag(tag, "model")}" not found', "not found")
        raise denied()
    if not call.may(access, model):
        raise denied()
    return model


def status_of(model: Model) -> dict[str, Any]:
    """How much is in a model."""
    return {
        "model-tag": f"model-{model.uuid}",
        "life": model.life,
        "type": "iaas",
        "hosted-machine-count": len(model.machines),
        "application-count": len(model.applications),
        "unit-count": len(model.units),
        "owner-tag": f"user-{model.owner}",
        "applications": [{"name": name} for name in model.applications],
        "machines": _machines(model),
    }


def _credential_of(call: Call, cloud: str, owner: str, home: Model) -> str:
    owned_ones = [tag for tag, found in call.controller.credentials.items() if (found.cloud, found.owner) == (cloud, owner)]
    return home.credential if cloud == home.cloud else owned_ones[0] if len(owned_ones) == 1 else ""


def _common(call: Call, model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "uuid": model.uuid,
        "type": "iaas",
        "controller-uuid": call.controller.uuid,
        "is-controller": model.is_controller,
        "provider-type": call.controller.clouds[model.cloud]["type"],
        "cloud-tag": f"cloud-{model.cloud}",
        "cloud-region": model.region,
        "cloud-credential-tag": model.credential,
        "owner-tag": f"user-{model.owner}",
        "life": model.life,
        "status": entity_status(model.status),
        "agent-version": model.version,
        "sla": {"level": "unsupported", "owner": ""},
    }


def _summary(call: Call, model: Model) -> dict[str, Any]:
    counts = {"machines": len(model.machines), "units": len(model.units)}
    cores = sum(int(m.hardware.get("cpu-cores") or 0) for m in model.machines.values())
    return _common(call, model) | {
        "default-series": "",
        "user-access": "admin" if call.superuser else model.users.get(call.user.name, ""),
        "last-connection": time(call.user.last_login),
        "counts": [{"entity": name, "count": count} for name, count in (counts | {"cores": cores}).items()],
    }


def _info(call: Call, model: Model) -> dict[str, Any]:
    base = str(config.effective(call.controller, model)["default-base"][0])
    users = [
        {
            "model-tag": f"model-{model.uuid}",
            "user": name,
            "display-name": call.controller.users[name].display_name,
            "last-connection": time(call.controller.users[name].last_login),
            "access": access,
        }
        for name, access in model.users.items()
        if name in call.controller.users
    ]
    return _common(call, model) | {
        "default-series": "",
        "default-base": base,
        "cloud-credential-validity": call.controller.credentials[model.credential].valid,
        "users": users,
        "machines": _machines(model),
        "secret-backends": [],
        "supported-features": [
            {"name": "juju", "description": "the version of Juju used by the model", "version": model.version},
        ],
    }


def _machines(model: Model) -> list[dict[str, Any]]:
    shown = []
    for machine in model.machines.values():
        hardware = {
            key: machine.hardware[source]
            for key, source in (("arch", "arch"), ("cores", "cpu-cores"), ("mem", "mem"))
            if machine.hardware.get(source)
        }
        shown.append(
            {
                "id": machine.id,
                "instance-id": machine.instance_id,
                "display-name": machine.hostname,
                "status": machine.agent.status,
                "message": machine.agent.info,
                "hardware": hardware,
                "has-vote": "JobManageModel" in machine.jobs,
                "wants-vote": "JobManageModel" in machine.jobs,
            }
        )
    return shown
