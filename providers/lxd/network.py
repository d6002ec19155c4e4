"""LXD networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pulumi

from clients import lxd as client

from .._base import Props
from . import _config
from ._cluster import NO_CLUSTER
from ._lxd import DEFAULT_PROJECT, LxdResource
from ._object import Body, ObjectInputs, ObjectProvider

LONGEST_NAME = 15
"""What the kernel takes for an interface's name."""


class NetworkInputs(ObjectInputs):
    """A network."""

    type: Literal["bridge", "macvlan", "sriov", "ovn", "physical"] = "bridge"
    project: str = DEFAULT_PROJECT
    member_overrides: dict[str, Any] | None = None


class NetworkProvider(ObjectProvider[NetworkInputs]):
    """Networks; LXD picks addresses for a bridge that is given none."""

    inputs = NetworkInputs
    computed = (*ObjectProvider.computed, "managed", "ipv4_address", "ipv6_address", "members")
    replace_on = frozenset({"name", "type", "project", "remote"})
    collection = ("networks",)
    filled = _config.Filled("bridge.mtu", "ipv4.address", "ipv4.nat", "ipv6.address", "ipv6.nat")
    noun = "network"
    fixed = ("type",)

    def fresh(self, inputs: NetworkInputs) -> Body:
        return {**super().fresh(inputs), "type": inputs.type}

    def seen(self, actual: client.Object, old: NetworkInputs) -> dict[str, Any]:
        return {**super().seen(actual, old), "type": actual.body["type"]}

    def outputs(self, lxd: client.Lxd, actual: client.Object, inputs: NetworkInputs) -> dict[str, Any]:
        addresses = {f"{family}_address": _address(actual, family) for family in ("ipv4", "ipv6")}
        return {"managed": bool(actual.body.get("managed")), "members": {}, **addresses}

    def find(self, lxd: client.Lxd, inputs: NetworkInputs) -> client.Object | None:
        """LXD also lists the host's own interfaces; those aren't networks that it manages."""
        found = super().find(lxd, inputs)
        return found if found is not None and found.body.get("managed") else None

    def objections(self, lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
        yield from self.refused_where(news, {"member_overrides": NO_CLUSTER})
        name = news["name"]
        if isinstance(name, str) and news.get("type") == "bridge" and len(name) > LONGEST_NAME:
            yield "name", f"{name!r} is too long for a bridge: the kernel takes {LONGEST_NAME} characters"


def _address(actual: client.Object, family: str) -> str:
    value = actual.config.get(f"{family}.address", "")
    return "" if value in ("none", "auto") else value


class Network(LxdResource, module="lxd", name="Network"):
    """A network."""

    provider_class = NetworkProvider
    name: pulumi.Output[str]
    type: pulumi.Output[str]
    description: pulumi.Output[str]
    config: pulumi.Output[dict[str, str]]
    managed: pulumi.Output[bool]
    ipv4_address: pulumi.Output[str]
    ipv6_address: pulumi.Output[str]
    member_overrides: pulumi.Output[dict[str, Any] | None]
    members: pulumi.Output[dict[str, Any]]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]
