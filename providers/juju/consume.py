"""An offer of another model, made known in this one under a name that integrations can use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from clients import juju

from .._base import ExpectedError, Found, Made, Props, Resource
from ._common import InModel, InModelProvider


class ConsumeInputs(InModel):
    """A consumed offer; without a name it has the offer's."""

    offer_url: str
    name: str | None = None


class ConsumeProvider(InModelProvider[ConsumeInputs]):
    """Consumed offers by model and name."""

    inputs = ConsumeInputs
    computed = ("alias", "adopted")
    replace_on = frozenset({"model", "offer_url", "name"})

    def make(self, inputs: ConsumeInputs) -> Made:
        model, alias = self.model(inputs), _alias(inputs)
        intent = self._intent(inputs.model_dump())
        there = model.status().remotes.get(alias)
        if there is not None and there.url and there.url != inputs.offer_url:
            raise ExpectedError(f"the model already knows {there.url} as {alias!r}: give this offer another name")
        adopted = there is not None and intent.recall() is None
        if there is None:
            intent.note()
            model.relations.consume(alias, self.controller(inputs.controller).consume_details(inputs.offer_url))
        return Made(id=alias, outputs={"alias": alias, "adopted": adopted})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        there = model.glance().remotes.get(id_)
        if there is None or there.life:
            return None
        return Found(inputs={"offer_url": there.url or old["offer_url"], "name": id_}, outputs={"alias": id_})

    def change(self, id_: str, old: Props, inputs: ConsumeInputs) -> Mapping[str, Any]:
        return {}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        if not old.get("adopted") and id_ in model.status().remotes:
            model.relations.destroy_consumed(id_)
            self.until_gone(
                model,
                lambda s: f"the consumed offer {id_} to go" if id_ in s.remotes else None,
                f"the consumed offer {id_}",
                lambda: model.relations.destroy_consumed(id_, force=True),
            )
        self._intent(old).forget()

    def _intent(self, inputs: Mapping[str, Any]) -> Any:
        return self.own("consume", inputs, inputs.get("name") or inputs["offer_url"].rpartition(".")[2])


class Consume(Resource, module="juju", name="Consume"):
    """An offer of another model, known in this one."""

    provider_class = ConsumeProvider

    alias: pulumi.Output[str]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        offer_url: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        name: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(resource_name, {"controller": controller, "model": model, "offer_url": offer_url, "name": name}, opts)


def _alias(inputs: ConsumeInputs) -> str:
    return inputs.name or inputs.offer_url.rpartition(".")[2]
