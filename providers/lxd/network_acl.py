"""LXD's access control lists for networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pulumi
import pydantic

from clients import lxd as client

from .._base import Inputs, Props
from . import _rows
from ._lxd import DEFAULT_PROJECT, LxdResource
from ._object import Body, ObjectInputs, ObjectProvider


class Rule(Inputs):
    """What happens to some traffic; an empty field is any."""

    action: Literal["allow", "allow-stateless", "reject", "drop"]
    state: Literal["enabled", "disabled", "logged"]
    description: str = ""
    destination: str = ""
    destination_port: str = ""
    icmp_code: str = ""
    icmp_type: str = ""
    protocol: str = ""
    source: str = ""


class NetworkAclInputs(ObjectInputs):
    """A list."""

    project: str = DEFAULT_PROJECT
    egresses: list[Rule] = pydantic.Field(default_factory=list)
    ingresses: list[Rule] = pydantic.Field(default_factory=list)


class NetworkAclProvider(ObjectProvider[NetworkAclInputs]):
    """Access control lists; another name is a rename."""

    inputs = NetworkAclInputs
    extension = ("network_acl", "network ACLs")
    replace_on = frozenset({"project", "remote"})
    collection = ("network-acls",)
    noun = "network ACL"

    def editable(self, inputs: NetworkAclInputs) -> Body:
        ways = {"egress": inputs.egresses, "ingress": inputs.ingresses}
        return {"description": inputs.description, **{way: [_rows.to_lxd(rule) for rule in ways[way]] for way in ways}}

    def seen(self, actual: client.Object, old: NetworkAclInputs) -> dict[str, Any]:
        return {
            "description": actual.description,
            "egresses": _rows.from_lxd(Rule, actual.body.get("egress"), old.egresses),
            "ingresses": _rows.from_lxd(Rule, actual.body.get("ingress"), old.ingresses),
        }

    def change(self, id_: str, old: Props, inputs: NetworkAclInputs) -> Mapping[str, Any]:
        was, lxd = self.parse(old), self.lxd(inputs.remote)
        if was.name != inputs.name and self.find(lxd, was) is not None:
            self.intent(lxd, inputs).note()
            lxd.rename(*self.at(was), to=inputs.name, project=inputs.project)
            self.intent(lxd, was).forget()
        return super().change(id_, old, inputs)

    def same(self, name: str, old: Any, new: Any) -> bool:
        return _rows.same(old, new) if name in ("egresses", "ingresses") else super().same(name, old, new)

    def _put_back(self, actual: client.Object) -> Body:
        return {"description": actual.description, **{way: actual.body.get(way) or [] for way in ("egress", "ingress")}}


class NetworkAcl(LxdResource, module="lxd", name="NetworkAcl"):
    """A list."""

    provider_class = NetworkAclProvider
    name: pulumi.Output[str]
    description: pulumi.Output[str]
    config: pulumi.Output[dict[str, str]]
    egresses: pulumi.Output[list[dict[str, Any]]]
    ingresses: pulumi.Output[list[dict[str, Any]]]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]
