"""A user secret of a model, and the applications that may read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pydantic

from clients import juju

from .._base import Found, Made, Props, Resource, is_unknown
from ._common import InModel, InModelProvider


class SecretInputs(InModel):
    """A secret; `access` names the applications that may read it."""

    name: str
    value: dict[str, str]
    info: str = ""
    access: list[str] = pydantic.Field(default_factory=list)


class SecretProvider(InModelProvider[SecretInputs]):
    """Secrets by name."""

    inputs = SecretInputs
    computed = ("uri", "adopted")
    secret = frozenset({"value"})
    replace_on = frozenset({"model", "name"})

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        if not is_unknown(news.get("value")) and not news.get("value"):
            yield "value", "holds at least one key"

    def make(self, inputs: SecretInputs) -> Made:
        model = self.model(inputs)
        intent = self._intent(inputs.model_dump())
        there = next((s for s in model.secrets.list(show=True) if s.label == inputs.name), None)
        adopted = there is not None and intent.recall() is None
        if there is None:
            intent.note()
            uri = model.secrets.create(inputs.name, inputs.value, inputs.info)
        else:
            uri = there.uri
            if there.value != inputs.value or there.description != inputs.info:
                model.secrets.update(uri, inputs.value, inputs.info)
        model.secrets.grant(uri, inputs.access)
        return Made(id=uri, outputs={"uri": uri, "adopted": adopted})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        there = next((s for s in model.secrets.list(show=True) if s.uri == id_), None)
        if there is None:
            return None
        return Found(inputs={"name": there.label, "value": there.value, "info": there.description}, outputs={"uri": id_})

    def change(self, id_: str, old: Props, inputs: SecretInputs) -> Mapping[str, Any]:
        model = self.model(inputs)
        if old.get("value") != inputs.value or old.get("info", "") != inputs.info:
            model.secrets.update(id_, inputs.value, inputs.info)
        before = set(old.get("access") or [])
        model.secrets.grant(id_, sorted(set(inputs.access) - before))
        model.secrets.revoke(id_, sorted(before - set(inputs.access)))
        return {}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        if not old.get("adopted"):
            model.secrets.remove(id_)
        self._intent(old).forget()

    def same(self, name: str, old: Any, new: Any) -> bool:
        return sorted(old) == sorted(new) if name == "access" else super().same(name, old, new)

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
        value: pulumi.Input[Mapping[str, pulumi.Input[str]]],
        controller: pulumi.Input[str] | None = None,
        info: pulumi.Input[str] | None = None,
        access: pulumi.Input[list[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"controller": controller, "model": model, "name": name, "value": value, "info": info, "access": access}
        super().__init__(resource_name, props, opts)
