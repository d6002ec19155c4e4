"""A space as a model sees it. On MAAS it is MAAS's own, and Juju only reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from clients import juju

from .._base import ExpectedError, Found, Made, Props, Resource
from ._common import InModel, InModelProvider


class SpaceInputs(InModel):
    """A space; with `cidrs` it is made of those subnets, without it must be the cloud's."""

    name: str
    cidrs: list[str] | None = None


class SpaceProvider(InModelProvider[SpaceInputs]):
    """Spaces by name."""

    inputs = SpaceInputs
    computed = ("subnets", "adopted")
    replace_on = frozenset({"model", "name", "cidrs"})

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        if news.get("name") == "alpha":
            yield "name", "alpha is the space of every subnet that is in no other; Juju makes it, and MAAS has none of that name"

    def make(self, inputs: SpaceInputs) -> Made:
        model = self.model(inputs)
        intent = self._intent(inputs.model_dump())
        there = model.spaces.list()
        if inputs.name not in there:
            model.spaces.reload()  # it may be newer in the cloud than the model
            there = model.spaces.list()
        adopted = inputs.name in there and intent.recall() is None
        if inputs.name not in there:
            self._create(model, inputs, sorted(there))
        elif inputs.cidrs is not None and set(inputs.cidrs) != set(there[inputs.name]):
            self._compare(model, inputs)
        return Made(id=f"{inputs.model}/{inputs.name}", outputs={"subnets": model.spaces.list()[inputs.name], "adopted": adopted})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        model.spaces.reload()  # what changes in MAAS changes in the model only then
        there = model.spaces.list()
        if old["name"] not in there:
            return None
        subnets = there[old["name"]]
        return Found(inputs={"name": old["name"], "cidrs": subnets}, outputs={"subnets": subnets})

    def change(self, id_: str, old: Props, inputs: SpaceInputs) -> Mapping[str, Any]:
        return {}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        if not old.get("adopted") and old["name"] in model.spaces.list():
            model.spaces.remove(old["name"])
        self._intent(old).forget()

    def same(self, name: str, old: Any, new: Any) -> bool:
        return sorted(old) == sorted(new) if name == "cidrs" else super().same(name, old, new)

    def _create(self, model: juju.Model, inputs: SpaceInputs, there: list[str]) -> None:
        if inputs.cidrs is None:
            raise ExpectedError(
                f"the model has no space {inputs.name!r} (there are: {', '.join(there)}): make it in MAAS, or give its cidrs"
            )
        self._intent(inputs.model_dump()).note()
        model.spaces.create(inputs.name, inputs.cidrs)

    def _compare(self, model: juju.Model, inputs: SpaceInputs) -> None:
        """Refuses a space that has other subnets in the cloud too, which alone can move them."""
        model.spaces.reload()
        there = model.spaces.list().get(inputs.name, [])
        if set(there) != set(inputs.cidrs or []):
            raise ExpectedError(
                f"the space {inputs.name!r} has {', '.join(there) or 'no subnet'}, not {', '.join(inputs.cidrs or [])}: "
                "move them in MAAS, or say here what it has"
            )

    def _intent(self, inputs: Mapping[str, Any]) -> Any:
        return self.own("space", inputs, inputs["name"])


class Space(Resource, module="juju", name="Space"):
    """A space as a model sees it."""

    provider_class = SpaceProvider

    name: pulumi.Output[str]
    subnets: pulumi.Output[list[str]]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        name: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        cidrs: pulumi.Input[list[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(resource_name, {"controller": controller, "model": model, "name": name, "cidrs": cidrs}, opts)
