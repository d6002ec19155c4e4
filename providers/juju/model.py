"""A model: its settings, its default constraints, and in the end everything in it at once."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Mapping
from typing import Any

import pulumi
import pydantic

from clients import juju

from .._base import ExpectedError, Found, Made, Props, Resource
from . import _values
from ._common import MARK, JujuProvider, OnController, folder_of, say


class ModelInputs(OnController):
    """A model.

    Attributes:
        config: settings; one that is taken out of the program goes back to its default.
        constraints: what new machines get unless they say otherwise.
        agent_version: of the agents of Juju in it; a new model's is otherwise its controller's, and it never goes back.
        destroy_storage: whether the storage in it goes too; otherwise Juju lets go of it and it is kept.
        force: whether destroy may go on past what fails.
    """

    name: str
    cloud: str
    credential: str | None = None
    region: str | None = None
    config: _values.Settings = pydantic.Field(default_factory=dict)
    constraints: _values.Constraints = pydantic.Field(default_factory=dict)
    annotations: dict[str, str] = pydantic.Field(default_factory=dict)
    agent_version: _values.Version | None = None
    destroy_storage: bool = False
    force: bool = False


class ModelProvider(JujuProvider[ModelInputs]):
    """Models by name and owner."""

    inputs = ModelInputs
    computed = ("uuid", "adopted", "before")
    replace_on = frozenset({"name", "controller", "cloud", "region"})

    def make(self, inputs: ModelInputs) -> Made:
        controller = self.controller(inputs.controller)
        intent = self.intent("model", inputs.name, inputs.controller)
        there = self._find(controller, inputs.name)
        if there is not None and there.life:
            self._await_end(controller, there.uuid, inputs.name)
            there = None
        noted = intent.recall()
        before: dict[str, Any] = (noted or {}).get("before") or {}
        adopted = there is not None and (noted is None or "before" in noted)
        if there is None:
            intent.note()
            uuid = self._create(controller, inputs)
        else:
            uuid = there.uuid
            if adopted and not before:
                before = _as_found(controller.model(uuid), inputs)
                intent.note(before=before)
        self._bring(controller, uuid, {}, inputs)
        self._upgrade(controller, uuid, inputs)
        return Made(id=uuid, outputs={"uuid": uuid, "adopted": adopted, "before": before if adopted else {}})

    def fetch(self, id_: str, old: Props) -> Found | None:
        try:
            controller = self.controller(old.get("controller"))
            there = next((m for m in controller.models() if m.uuid == id_), None)
        except juju.NoController:
            return None
        if there is None or there.life:
            return None
        return Found(inputs=_seen(controller.model(id_), there, old), outputs={"uuid": id_})

    def change(self, id_: str, old: Props, inputs: ModelInputs) -> Mapping[str, Any]:
        controller = self.controller(inputs.controller)
        if inputs.credential and inputs.credential != old.get("credential"):
            self._upload(controller, inputs)
            controller.change_model_credential(id_, inputs.cloud, inputs.credential)
        self._bring(controller, id_, old, inputs)
        self._upgrade(controller, id_, inputs)
        return {}

    def remove(self, id_: str, old: Props) -> None:
        intent = self.intent("model", old["name"], old.get("controller"))
        try:
            controller = self.controller(old.get("controller"))
            alive = any(m.uuid == id_ for m in controller.models())
        except juju.NoController:
            alive = False
        if alive and not old.get("adopted"):
            with contextlib.suppress(juju.NotFound):
                controller.destroy_model(id_, destroy_storage=bool(old.get("destroy_storage")), force=bool(old.get("force")))
            self._await_end(controller, id_, old["name"])
        elif alive and old.get("before"):
            _put_back(controller.model(id_), old)
        shutil.rmtree(folder_of(id_), ignore_errors=True)
        intent.forget()

    def _find(self, controller: juju.Controller, name: str) -> juju.ModelSummary | None:
        user = controller.user
        return next((m for m in controller.models() if m.name == name and m.owner == user), None)

    def _create(self, controller: juju.Controller, inputs: ModelInputs) -> str:
        def create() -> str:
            return controller.create_model(
                inputs.name,
                cloud=inputs.cloud,
                credential=inputs.credential,
                region=inputs.region,
                config={**self._keys(inputs), **inputs.config, **_begun_at(inputs)},
            )

        try:
            return create()
        except (juju.NotFound, juju.Refused) as error:
            if not inputs.credential or "credential" not in str(error):
                raise
            self._upload(controller, inputs)  # the controller knows only the one that it was bootstrapped with
            return create()

    def _upload(self, controller: juju.Controller, inputs: ModelInputs) -> None:
        found = self.store().credential(inputs.cloud, str(inputs.credential))
        if found is not None:
            attributes = {k: str(v) for k, v in found.items() if k != "auth-type"}
            controller.upload_credential(inputs.cloud, str(inputs.credential), str(found.get("auth-type")), attributes)

    def _keys(self, inputs: ModelInputs) -> dict[str, str]:
        """The `juju` command's own SSH key, so that it can log in to the machines as it can in models that it makes."""
        keys = sorted((self.folder() / "ssh").glob("juju_id_*.pub"))
        if not keys or "authorized-keys" in inputs.config:
            return {}
        return {"authorized-keys": "".join(k.read_text().strip() + "\n" for k in keys)}

    def _bring(self, controller: juju.Controller, uuid: str, old: Mapping[str, Any], inputs: ModelInputs) -> None:
        """Brings a model to what is asked, sending only what differs."""
        model = controller.model(uuid)
        before, there = old.get("config") or {}, model.config()
        model.set_config({k: v for k, v in inputs.config.items() if not same_setting((there.get(k) or {}).get("value"), v)})
        model.unset_config(sorted(before.keys() - inputs.config.keys()))
        if (inputs.constraints or old.get("constraints")) and not _values.same_constraints(
            _values.constraints(model.constraints()), inputs.constraints
        ):
            model.set_constraints(inputs.constraints)
        dropped = dict.fromkeys((old.get("annotations") or {}).keys() - inputs.annotations.keys(), "")
        model.annotate(model.tag, {**dropped, **inputs.annotations, MARK: inputs.name})

    def _upgrade(self, controller: juju.Controller, uuid: str, inputs: ModelInputs) -> None:
        """Brings the agents to the version that is asked for; there is no way back."""
        wanted = inputs.agent_version
        now = next((m.version for m in controller.models() if m.uuid == uuid), "") if wanted else ""
        if not wanted or now == wanted:
            return
        if _values.numbers(now) > _values.numbers(wanted):
            raise ExpectedError(
                f"the model {inputs.name!r} runs Juju {now}, which doesn't go back to {wanted}: set agent_version to {now}"
            )
        say(f"{inputs.name}: upgrading Juju's agents from {now} to {wanted}")
        controller.upgrade_model(uuid, wanted)

    def _await_end(self, controller: juju.Controller, uuid: str, name: str) -> None:
        """Waits until a model is gone; the controller is asked, since a dying model may refuse to be."""
        end = time.monotonic() + self.timeout()
        pause = controller.access.poll
        told = ""
        while (model := next((m for m in controller.models() if m.uuid == uuid), None)) is not None:
            state = model.message or model.status or model.life
            if state != told:
                say(f"{name}: {model.life or 'alive'}, {state}")
                told = state
            if time.monotonic() + pause > end:
                raise ExpectedError(
                    f"the model {name!r} is still there after {self.timeout():g} s ({told}); {self._blockers(controller, uuid)}"
                )
            time.sleep(pause)

    def _blockers(self, controller: juju.Controller, uuid: str) -> str:
        try:
            status = controller.model(uuid).status()
        except juju.JujuError as error:
            return f"what holds it can't be read: {error}"
        held = [f"{u.name} is {u.workload.current} ({u.workload.message})" for u in status.units.values()]
        held += [f"machine {m.id} is {m.instance.current} ({m.instance.message})" for m in status.machines.values()]
        return "left in it: " + "; ".join(held[:10]) if held else "nothing is left in it"


class Model(Resource, module="juju", name="Model"):
    """A model on a controller."""

    provider_class = ModelProvider

    name: pulumi.Output[str]
    controller: pulumi.Output[str]
    uuid: pulumi.Output[str]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        cloud: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        credential: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        config: pulumi.Input[Mapping[str, Any]] | None = None,
        constraints: pulumi.Input[Mapping[str, Any]] | None = None,
        annotations: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        agent_version: pulumi.Input[str] | None = None,
        destroy_storage: pulumi.Input[bool] | None = None,
        force: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "name": name,
            "cloud": cloud,
            "controller": controller,
            "credential": credential,
            "region": region,
            "config": config,
            "constraints": constraints,
            "annotations": annotations,
            "agent_version": agent_version,
            "destroy_storage": destroy_storage,
            "force": force,
        }
        super().__init__(resource_name, props, opts)


def same_setting(old: Any, new: Any) -> bool:
    """Whether two values of a setting mean the same; Juju gives some back as text."""
    if isinstance(old, bool) or isinstance(new, bool):
        return str(old).lower() == str(new).lower()
    return bool(old == new) or str(old) == str(new)


def _begun_at(inputs: ModelInputs) -> dict[str, str]:
    return {"agent-version": inputs.agent_version} if inputs.agent_version else {}


def _as_found(model: juju.Model, inputs: ModelInputs) -> dict[str, Any]:
    """What a destroy puts back of a model that was there before us: settings by name, None for those that were not set."""
    there, notes = model.config(), model.annotations(model.tag).get(model.tag, {})
    ours = {key: there.get(key) or {} for key in inputs.config}
    return {
        "config": {key: found.get("value") if found.get("source") == "model" else None for key, found in ours.items()},
        "constraints": model.constraints(),
        "annotations": {key: notes.get(key, "") for key in inputs.annotations},
    }


def _put_back(model: juju.Model, old: Props) -> None:
    """Leaves somebody else's model as it was found."""
    before, ours = old["before"], old.get("config") or {}
    model.set_config({key: value for key, value in (before.get("config") or {}).items() if value is not None})
    model.unset_config(sorted(key for key in ours if (before.get("config") or {}).get(key) is None))
    if old.get("constraints"):
        model.set_constraints(before.get("constraints") or {})
    dropped = dict.fromkeys(old.get("annotations") or {}, "")
    model.annotate(model.tag, {**dropped, **(before.get("annotations") or {}), MARK: ""})


def _seen(model: juju.Model, summary: juju.ModelSummary, old: Props) -> dict[str, Any]:
    """The model as the program would have written it: of settings and annotations, those that the program manages."""
    config, asked = model.config(), old.get("config") or {}
    values = {k: (config.get(k) or {}).get("value") for k in asked}
    kept = {k: asked[k] if same_setting(v, asked[k]) else v for k, v in values.items() if v is not None}
    notes = model.annotations(model.tag).get(model.tag, {}) if old.get("annotations") else {}
    return {
        "name": summary.name,
        "cloud": summary.cloud or old.get("cloud"),
        "credential": summary.credential or None,
        "agent_version": summary.version or old.get("agent_version"),
        "config": kept,
        "constraints": _values.constraints(model.constraints()),
        "annotations": {k: v for k, v in notes.items() if k in (old.get("annotations") or {})},
    }
