"""A relation between two applications."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from clients import juju

from .._base import ExpectedError, Found, Made, Props, Resource, is_unknown
from . import _values
from ._common import InModel, InModelProvider


class IntegrationInputs(InModel):
    """Two endpoints, `application:endpoint` each, in either order.

    Attributes:
        via_cidrs: where the traffic to an application of another model comes from, when that isn't this model's own networks.
    """

    endpoints: _values.Endpoints
    via_cidrs: list[str] | None = None


class IntegrationProvider(InModelProvider[IntegrationInputs]):
    """Relations by their endpoints."""

    inputs = IntegrationInputs
    computed = ("relation_id", "adopted")
    replace_on = frozenset({"model", "endpoints", "via_cidrs"})

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        ends = news.get("endpoints")
        if not is_unknown(ends) and (bare := [e for e in ends or [] if ":" not in e and len(ends or []) == 2]):
            yield "endpoints", f"say which endpoint of {bare[0]!r}: write it like {bare[0]}:endpoint"
        for cidr in () if is_unknown(news.get("via_cidrs")) else news.get("via_cidrs") or ():
            if reason := _no_egress(cidr):
                yield "via_cidrs", reason

    def make(self, inputs: IntegrationInputs) -> Made:
        model = self.model(inputs)
        intent = self._intent(inputs.model_dump())
        ends = tuple(inputs.endpoints)
        there = model.status().relation(ends)
        if there is not None and there.status.life:
            self._await_end(model, ends)
            there = None
        adopted = there is not None and intent.recall() is None
        if there is None:
            if inputs.via_cidrs:
                _check_remote(model.status(), ends)
            intent.note()
            try:
                model.relations.add(ends, inputs.via_cidrs)
            except juju.AlreadyExists:
                adopted = False
            there = model.status().relation(ends)
        return Made(id=" ".join(ends), outputs={"relation_id": there.id if there else None, "adopted": adopted})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        there = model.glance().relation(tuple(old["endpoints"]))
        if there is None or there.status.life:
            return None
        return Found(inputs={"endpoints": list(old["endpoints"])}, outputs={"relation_id": there.id})

    def change(self, id_: str, old: Props, inputs: IntegrationInputs) -> Mapping[str, Any]:
        return {}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        ends = tuple(old["endpoints"])
        if not old.get("adopted") and model.status().relation(ends) is not None:
            model.relations.destroy(ends)
            self._await_end(model, ends)
        self._intent(old).forget()

    def same(self, name: str, old: Any, new: Any) -> bool:
        return sorted(old) == sorted(new) if name == "via_cidrs" else super().same(name, old, new)

    def _await_end(self, model: juju.Model, ends: tuple[str, ...]) -> None:
        self.until_gone(
            model,
            lambda s: _left(s, ends),
            f"the relation {' '.join(ends)}",
            lambda: model.relations.destroy(ends, force=True),
        )

    def _intent(self, inputs: Mapping[str, Any]) -> Any:
        return self.own("integration", inputs, " ".join(inputs["endpoints"]))


class Integration(Resource, module="juju", name="Integration"):
    """A relation between two applications."""

    provider_class = IntegrationProvider

    endpoints: pulumi.Output[list[str]]
    relation_id: pulumi.Output[int]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        endpoints: pulumi.Input[list[str]],
        controller: pulumi.Input[str] | None = None,
        via_cidrs: pulumi.Input[list[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"controller": controller, "model": model, "endpoints": endpoints, "via_cidrs": via_cidrs}
        super().__init__(resource_name, props, opts)


def _no_egress(cidr: Any) -> str | None:
    """Why Juju would not take a CIDR as a source of traffic."""
    if is_unknown(cidr):
        return None
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError as error:
        return f"{cidr!r} is no CIDR: {error}"
    return f"{cidr} is everywhere, which Juju doesn't take: name the networks" if network.prefixlen == 0 else None


def _check_remote(status: juju.Status, ends: tuple[str, ...]) -> None:
    if not any(end.partition(":")[0] in status.remotes for end in ends):
        raise ExpectedError(
            f"{' '.join(ends)}: via_cidrs is for relations with an application of another model, and both are of this one; "
            "leave it out"
        )


def _left(status: juju.Status, ends: tuple[str, ...]) -> str | None:
    relation = status.relation(ends)
    if relation is None:
        return None
    return f"the relation {' '.join(ends)} to go; it is {relation.status.life or relation.status.current}"
