"""A Vault in which a controller's models may keep their secrets.

A model uses it by its setting `secret-backend`. How to log in to it is secret: what `config_from` names is read from the stack's
configuration where it is used, and a fingerprint in the outputs shows when it changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pydantic

from clients import juju

from .._base import ExpectedError, Found, Made, Props, Resource, is_unknown
from . import _configured
from ._common import JujuProvider, OnController
from ._fingerprint import fingerprint, matches


class SecretBackendInputs(OnController):
    """A backend.

    Attributes:
        config: settings such as endpoint, ca-cert and mount-path; they are in the state, encrypted.
        config_from: names of stack configuration values by setting, for tokens.
        force: whether destroy takes the secrets that it holds with it.
    """

    name: str
    backend_type: str = "vault"
    config: dict[str, str] = pydantic.Field(default_factory=dict)
    config_from: dict[str, str] = pydantic.Field(default_factory=dict)
    force: bool = False


class SecretBackendProvider(JujuProvider[SecretBackendInputs]):
    """Backends by controller and name."""

    inputs = SecretBackendInputs
    computed = ("backend_id", "adopted", "fingerprint")
    secret = frozenset({"config"})
    replace_on = frozenset({"controller", "name", "backend_type"})

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        config, named = news.get("config"), news.get("config_from")
        if is_unknown(config) or is_unknown(named):
            return
        if both := sorted((config or {}).keys() & (named or {}).keys()):
            yield "config_from", f"{', '.join(both)} is in config, too: say it once"

    def make(self, inputs: SecretBackendInputs) -> Made:
        backends, wanted = self.controller(inputs.controller).secret_backends, self._wanted(inputs)
        intent = self.intent("secret-backend", inputs.name, inputs.controller)
        there = backends.find(inputs.name)
        adopted = there is not None and intent.recall() is None
        if there is None:
            intent.note()
            backends.add(inputs.name, inputs.backend_type, wanted)
            there = backends.find(inputs.name)
        elif there.backend_type != inputs.backend_type:
            raise ExpectedError(
                f"there is a secret backend {inputs.name!r} already, a {there.backend_type}: give this one another name"
            )
        else:
            _bring(backends, there, wanted)
        outputs = {"backend_id": there.id if there else "", "adopted": adopted, "fingerprint": fingerprint(wanted)}
        return Made(id=inputs.name, outputs=outputs)

    def fetch(self, id_: str, old: Props) -> Found | None:
        try:
            there = self.controller(old.get("controller")).secret_backends.find(id_)
        except juju.NoController:
            return None
        if there is None:
            return None
        config = {key: str(value) for key, value in there.config.items() if key not in (old.get("config_from") or {})}
        outputs = {} if matches(old.get("fingerprint", ""), _texts(there)) else {"fingerprint": fingerprint(_texts(there))}
        seen = {"name": there.name, "backend_type": there.backend_type, "config": config}
        return Found(inputs=seen, outputs={**outputs, "backend_id": there.id})

    def change(self, id_: str, old: Props, inputs: SecretBackendInputs) -> Mapping[str, Any]:
        backends, wanted = self.controller(inputs.controller).secret_backends, self._wanted(inputs)
        there = backends.find(id_)
        if there is None:
            raise ExpectedError(f"there is no secret backend {id_!r} any more: run `pulumi refresh`, then up")
        _bring(backends, there, wanted)
        return {"fingerprint": fingerprint(wanted)}

    def remove(self, id_: str, old: Props) -> None:
        try:
            backends = self.controller(old.get("controller")).secret_backends
            if not old.get("adopted") and backends.find(id_) is not None:
                backends.remove(id_, force=bool(old.get("force")))
        except juju.NoController:
            pass
        except juju.Refused as error:
            raise ExpectedError(
                f"the secret backend {id_!r} still holds secrets ({error.body}): let its models use another one by their setting "
                "secret-backend, or set force=True"
            ) from None
        self.intent("secret-backend", id_, old.get("controller")).forget()

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """What comes from the configuration, or was changed on the controller, shows by its fingerprint."""
        found = super().changed(olds, news)
        known = olds.get("fingerprint")
        if known and news.get("config_from") and not is_unknown(news) and not matches(known, self._wanted(self.parse(news))):
            found.add("config_from")
        return found

    def _wanted(self, inputs: SecretBackendInputs) -> dict[str, str]:
        return {**inputs.config, **_configured.values(self.setting, inputs.config_from, f"the secret backend {inputs.name!r}")}


class SecretBackend(Resource, module="juju", name="SecretBackend"):
    """A Vault in which a controller's models may keep their secrets."""

    provider_class = SecretBackendProvider

    name: pulumi.Output[str]
    backend_id: pulumi.Output[str]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        backend_type: pulumi.Input[str] = "vault",
        config: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        config_from: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        force: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "name": name,
            "backend_type": backend_type,
            "config": config,
            "config_from": config_from,
            "force": force,
        }
        super().__init__(resource_name, props, opts)


def _texts(backend: juju.SecretBackend) -> dict[str, str]:
    return {key: str(value) for key, value in backend.config.items()}


def _bring(backends: Any, there: juju.SecretBackend, wanted: Mapping[str, str]) -> None:
    has = _texts(there)
    if has != dict(wanted):
        news = {key: value for key, value in wanted.items() if has.get(key) != value}
        backends.update(there.name, news, sorted(has.keys() - wanted.keys()))
