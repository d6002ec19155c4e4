"""A Juju controller: bootstrapped with the operator's `juju` command, or one that is there already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pydantic

from clients import juju

from .._base import ExpectedError, Found, Inputs, Made, Props, Resource
from . import _values
from ._common import JujuProvider, say


class ControllerInputs(Inputs):
    """A controller.

    Attributes:
        config: settings for the bootstrap, of the controller and of its models.
        timeout: seconds that a bootstrap may take.
        model_timeout: seconds that its models have on destroy before force is used, when it is allowed.
        destroy_all_models: whether models that this program didn't make go with it.
        destroy_storage: whether the storage of those goes too.
        force: whether destroy may go on past what fails.
    """

    name: str
    cloud: str
    credential: str | None = None
    region: str | None = None
    bootstrap_base: _values.Base | None = None
    bootstrap_constraints: _values.Constraints = pydantic.Field(default_factory=dict)
    config: _values.Settings = pydantic.Field(default_factory=dict)
    timeout: float = 3600
    model_timeout: float | None = None
    destroy_all_models: bool = False
    destroy_storage: bool = False
    force: bool = False


class ControllerProvider(JujuProvider[ControllerInputs]):
    """Controllers by name in the client store."""

    inputs = ControllerInputs
    computed = ("uuid", "addresses", "ca_cert", "adopted")
    replace_on = frozenset({"name", "cloud", "region", "bootstrap_base", "bootstrap_constraints"})

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        if news.get("destroy_storage") and not news.get("destroy_all_models"):
            yield "destroy_storage", "goes with destroy_all_models=True only"

    def make(self, inputs: ControllerInputs) -> Made:
        intent = self.intent("controller", inputs.name, inputs.name)
        entry = self.store().controller(inputs.name)
        adopted = entry is not None and intent.recall() is None
        if entry is None or self._binary().running(inputs.name):
            intent.note()
            self._bootstrap(inputs)
            entry = self.store().controller(inputs.name)
        if entry is None:
            raise ExpectedError(f"`juju bootstrap` ended, but the client store has no controller {inputs.name!r}")
        if entry.cloud and entry.cloud != inputs.cloud:
            raise ExpectedError(
                f"there is a controller {inputs.name!r} already, on the cloud {entry.cloud!r}, not {inputs.cloud!r}"
            )
        self.controller(inputs.name).models()  # it answers, and it is one that we can speak to
        return Made(id=inputs.name, outputs={**_outputs(entry), "adopted": adopted})

    def fetch(self, id_: str, old: Props) -> Found | None:
        entry = self.store().controller(id_)
        if entry is None:
            return None
        self.controller(id_).models()
        return Found(inputs={"name": id_, "cloud": entry.cloud or old.get("cloud")}, outputs=_outputs(entry))

    def change(self, id_: str, old: Props, inputs: ControllerInputs) -> Mapping[str, Any]:
        before = old.get("config") or {}
        gone = sorted(before.keys() - inputs.config.keys())
        if gone:
            raise ExpectedError(f"Juju can't unset settings of a controller: {', '.join(gone)}; say what they should be instead")
        news = {k: v for k, v in inputs.config.items() if before.get(k) != v}
        self.controller(id_).set_config(news)
        if inputs.credential and inputs.credential != old.get("credential"):
            self._upload(inputs.name, inputs.cloud, inputs.credential)
        return {}

    def remove(self, id_: str, old: Props) -> None:
        intent = self.intent("controller", id_, id_)
        if self.store().controller(id_) is not None and not old.get("adopted"):
            inputs = self.parse(old)
            say(f"{id_}: destroying the controller")
            self._binary().destroy(id_, options=_destroy_options(inputs), seconds=self.timeout(), follow=self._follow(id_))
        intent.forget()

    def _bootstrap(self, inputs: ControllerInputs) -> None:
        where = f"{inputs.cloud}/{inputs.region}" if inputs.region else inputs.cloud
        options: list[str] = []
        if inputs.credential:
            options += ["--credential", inputs.credential]
        if inputs.bootstrap_base:
            options += ["--bootstrap-base", inputs.bootstrap_base.partition("/")[0]]
        if inputs.bootstrap_constraints:
            options += ["--bootstrap-constraints", _values.constraints_text(inputs.bootstrap_constraints)]
        say(f"{inputs.name}: bootstrapping a controller on {where}")
        self._binary().bootstrap(
            where,
            inputs.name,
            options=options,
            config=inputs.config,
            seconds=inputs.timeout,
            follow=self._follow(inputs.name),
        )

    def _upload(self, name: str, cloud: str, credential: str) -> None:
        found = self.store().credential(cloud, credential)
        if found is None:
            raise ExpectedError(f"Juju's client store has no credential {credential!r} for the cloud {cloud!r}")
        attributes = {k: str(v) for k, v in found.items() if k != "auth-type"}
        self.controller(name).upload_credential(cloud, credential, str(found.get("auth-type")), attributes)

    def _binary(self) -> juju.Juju:
        return juju.Juju(str(self.settings().get("binary", "juju")), self.folder())

    def _follow(self, name: str) -> juju.Follow:
        return lambda line: say(f"{name}: {line}")


class Controller(Resource, module="juju", name="Controller"):
    """A Juju controller."""

    provider_class = ControllerProvider

    name: pulumi.Output[str]
    cloud: pulumi.Output[str]
    uuid: pulumi.Output[str]
    addresses: pulumi.Output[list[str]]
    ca_cert: pulumi.Output[str]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        cloud: pulumi.Input[str],
        credential: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        bootstrap_base: pulumi.Input[str] | None = None,
        bootstrap_constraints: pulumi.Input[Mapping[str, Any]] | None = None,
        config: pulumi.Input[Mapping[str, Any]] | None = None,
        timeout: pulumi.Input[float] | None = None,
        model_timeout: pulumi.Input[float] | None = None,
        destroy_all_models: pulumi.Input[bool] | None = None,
        destroy_storage: pulumi.Input[bool] | None = None,
        force: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "name": name,
            "cloud": cloud,
            "credential": credential,
            "region": region,
            "bootstrap_base": bootstrap_base,
            "bootstrap_constraints": bootstrap_constraints,
            "config": config,
            "timeout": timeout,
            "model_timeout": model_timeout,
            "destroy_all_models": destroy_all_models,
            "destroy_storage": destroy_storage,
            "force": force,
        }
        super().__init__(resource_name, props, opts)


def _outputs(entry: juju.ControllerEntry) -> dict[str, Any]:
    return {"uuid": entry.uuid, "addresses": list(entry.addresses), "ca_cert": entry.ca_cert}


def _destroy_options(inputs: ControllerInputs) -> list[str]:
    options: list[str] = []
    if inputs.destroy_all_models:
        options += ["--destroy-all-models", "--destroy-storage" if inputs.destroy_storage else "--release-storage"]
    if inputs.force:
        options.append("--force")
    if inputs.model_timeout is not None:
        options += ["--model-timeout", f"{inputs.model_timeout:g}s"]
    return options
