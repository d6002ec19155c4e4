"""An offer of another model, made known in this one under a name that integrations can use."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pulumi

from clients import juju

from .._base import ExpectedError, Found, Made, Props, Resource
from ._common import InModel, InModelProvider


class ConsumeInputs(InModel):
    """A consumed offer, `[controller:][owner/]model.offer`; without a name it has the offer's.

    Another controller is one that the client store knows.
    """

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
        source, url = self._place(inputs)
        there = model.status().remotes.get(alias)
        if there is not None and there.url and there.url != _full(source, url):
            raise ExpectedError(f"the model already knows {there.url} as {alias!r}: give this offer another name")
        adopted = there is not None and intent.recall() is None
        if there is None:
            intent.note()
            offering = self._offering(source) if source else self.controller(inputs.controller)
            model.relations.consume(alias, _full(source, url), offering.consume_details(url))
        return Made(id=alias, outputs={"alias": alias, "adopted": adopted})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        there = model.glance().remotes.get(id_)
        if there is None or there.life:
            return None
        same = not there.url or there.url == _full(*self._place(self.parse(old)))
        return Found(inputs={"offer_url": old["offer_url"] if same else there.url, "name": id_}, outputs={"alias": id_})

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

    def _place(self, inputs: ConsumeInputs) -> tuple[str, str]:
        """The other controller that offers, empty when it is the model's own, and the URL there."""
        source, _, url = inputs.offer_url.rpartition(":")
        own = inputs.controller or self.settings().get("controller")
        return ("" if source == own else source), url

    def _offering(self, name: str) -> juju.Controller:
        """Another controller, which the client store alone knows: juju:addresses are the model's own controller's."""
        return juju.connect(dataclasses.replace(self._access(name), addresses=(), ca_cert="", password=""))

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


def _full(source: str, url: str) -> str:
    return f"{source}:{url}" if source else url


def _alias(inputs: ConsumeInputs) -> str:
    return inputs.name or inputs.offer_url.rpartition(".")[2]
