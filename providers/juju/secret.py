"""A user secret of a model, and the applications that may read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pydantic

from clients import juju

from .._base import ExpectedError, Found, Made, Props, Resource, is_unknown
from . import _configured
from ._common import InModel, InModelProvider
from ._fingerprint import fingerprint, matches


class SecretInputs(InModel):
    """A secret.

    Attributes:
        value: text by key; it is in the state, encrypted.
        value_from: names of stack configuration values by key, for what shall not be in the state at all: the values are read
            where they are used, and the state holds a fingerprint by which a change shows.
        access: the applications that may read it.
    """

    name: str
    value: dict[str, str] | None = None
    value_from: dict[str, str] | None = None
    info: str = ""
    access: list[str] = pydantic.Field(default_factory=list)


class SecretProvider(InModelProvider[SecretInputs]):
    """Secrets by name."""

    inputs = SecretInputs
    computed = ("uri", "adopted", "fingerprint")
    secret = frozenset({"value"})
    replace_on = frozenset({"model", "name"})

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        given = [name for name in ("value", "value_from") if is_unknown(news.get(name)) or news.get(name)]
        if len(given) != 1:
            yield "value", "give either value or value_from, with at least one key"

    def make(self, inputs: SecretInputs) -> Made:
        model, value = self.model(inputs), self._value(inputs)
        intent = self._intent(inputs.model_dump())
        there = next((s for s in model.secrets.list(show=True) if s.label == inputs.name), None)
        adopted = there is not None and intent.recall() is None
        if there is None:
            intent.note()
            uri = model.secrets.create(inputs.name, value, inputs.info)
        else:
            uri = there.uri
            _bring(model, there, value, inputs.info)
        model.secrets.grant(uri, inputs.access)
        return Made(id=uri, outputs={"uri": uri, "adopted": adopted, "fingerprint": _kept(inputs, value)})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        there = _find(model, id_)
        if there is None:
            return None
        seen: dict[str, Any] = {"name": there.label, "value": there.value, "info": there.description}
        if there.access is not None:
            seen["access"] = list(there.access)
        known = old.get("fingerprint")
        changed = known and not matches(known, there.value or {})
        return Found(inputs=seen, outputs={"uri": id_, **({"fingerprint": fingerprint(there.value or {})} if changed else {})})

    def change(self, id_: str, old: Props, inputs: SecretInputs) -> Mapping[str, Any]:
        model, value = self.model(inputs), self._value(inputs)
        there = _find(model, id_)
        if there is None:
            raise ExpectedError(f"there is no secret {inputs.name!r} any more: run `pulumi refresh`, then up")
        _bring(model, there, value, inputs.info)
        before = set(there.access if there.access is not None else old.get("access") or [])
        model.secrets.grant(id_, sorted(set(inputs.access) - before))
        model.secrets.revoke(id_, sorted(before - set(inputs.access)))
        return {"fingerprint": _kept(inputs, value)}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        if not old.get("adopted"):
            model.secrets.remove(id_)
        self._intent(old).forget()

    def same(self, name: str, old: Any, new: Any) -> bool:
        return sorted(old) == sorted(new) if name == "access" else super().same(name, old, new)

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """What comes from the configuration shows by its fingerprint."""
        found = super().changed(olds, news)
        known = olds.get("fingerprint")
        if known and news.get("value_from") and not is_unknown(news) and not matches(known, self._value(self.parse(news))):
            found.add("value_from")
        return found

    def _value(self, inputs: SecretInputs) -> dict[str, str]:
        if inputs.value is not None:
            return inputs.value
        return _configured.values(self.setting, inputs.value_from or {}, f"the secret {inputs.name!r}")

    def _intent(self, inputs: Mapping[str, Any]) -> Any:
        return self.own("secret", inputs, inputs["name"])


class Secret(Resource, module="juju", name="Secret"):
    """A user secret of a model."""

    provider_class = SecretProvider

    uri: pulumi.Output[str]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        name: pulumi.Input[str],
        value: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        value_from: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        controller: pulumi.Input[str] | None = None,
        info: pulumi.Input[str] | None = None,
        access: pulumi.Input[list[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "model": model,
            "name": name,
            "value": value,
            "value_from": value_from,
            "info": info,
            "access": access,
        }
        super().__init__(resource_name, props, opts)


def _find(model: juju.Model, uri: str) -> juju.Secret | None:
    return next((secret for secret in model.secrets.list(show=True) if secret.uri == uri), None)


def _bring(model: juju.Model, there: juju.Secret, value: Mapping[str, str], info: str) -> None:
    """A new revision, when it says anything else than the last one."""
    if there.value != value or there.description != info:
        model.secrets.update(there.uri, value, info)


def _kept(inputs: SecretInputs, value: Mapping[str, str]) -> str:
    """What the state holds of a value that isn't in it."""
    return fingerprint(value) if inputs.value is None else ""
