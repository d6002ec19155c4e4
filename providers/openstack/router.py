"""Routers, by name in their project, with their gateway to an external network. Their interfaces are `RouterInterface`s."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider, owner
from ._vocabulary import Address, Id, Name
from .subnet import HostRoute

_GATEWAY = "external_gateway_info"
_OF_GATEWAY = {"external_network": "network_id", "enable_snat": "enable_snat", "external_addresses": "external_fixed_ips"}


class RouterInputs(OnCloud):
    """A router.

    Attributes:
        project: id of the project; the administrator's own when not given.
        external_network: id of the network that its gateway is in.
        enable_snat: whether addresses behind it go out under the gateway's.
        external_addresses: the gateway's own addresses; Neutron chooses when not given.
        routes: beyond those of its interfaces; the whole of them when given.
    """

    name: Name
    project: Id | None = None
    description: str | None = None
    admin_state_up: bool | None = None
    external_network: Id | None = None
    enable_snat: bool | None = None
    external_addresses: list[Address] | None = None
    routes: list[HostRoute] | None = None


class RouterProvider(PlainProvider[RouterInputs, openstack.Router]):
    """Routers by name and project."""

    inputs = RouterInputs
    computed = ("gateway_addresses", "status", *OUTPUTS)
    replace_on = frozenset({"cloud", "project"})
    noun = "router"
    names: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "project": "project_id",
        "description": "description",
        "admin_state_up": "is_admin_state_up",
        "routes": "routes",
        **dict.fromkeys(_OF_GATEWAY, _GATEWAY),
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "description": "",
        "admin_state_up": True,
        "external_network": None,
        "enable_snat": True,
        "routes": [],
    }

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        for name in ("enable_snat", "external_addresses"):
            if news.get(name) is not None and not news.get("external_network"):
                yield name, "is of the gateway: give external_network too"

    def same(self, name: str, old: Any, new: Any) -> bool:
        if name == "external_addresses":
            return sorted(old) == sorted(new)
        if name == "routes":
            return sorted(sorted(r.items()) for r in old) == sorted(sorted(r.items()) for r in new)
        return super().same(name, old, new)

    def label(self, inputs: RouterInputs) -> str:
        return f"{inputs.name} of {inputs.project}" if inputs.project else inputs.name

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.Router]:
        return cloud.routers

    def find(self, cloud: openstack.Cloud, inputs: RouterInputs) -> openstack.Router | None:
        found = cloud.routers.list(name=inputs.name, project_id=owner(cloud, inputs.project))
        return openstack.only(found, f"routers {inputs.name!r} in one project", cloud.where)

    def seen(self, record: openstack.Router) -> dict[str, Any]:
        gateway = record.external_gateway_info or {}
        return {
            **super().seen(record),
            "external_network": gateway.get("network_id"),
            "enable_snat": gateway.get("enable_snat"),
            "external_addresses": _addresses(gateway) or None,
        }

    def fields(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        fields = super().fields({name: value for name, value in wanted.items() if name not in _OF_GATEWAY})
        gateway = {_OF_GATEWAY[name]: value for name, value in wanted.items() if name in _OF_GATEWAY}
        if "external_fixed_ips" in gateway:
            gateway["external_fixed_ips"] = [{"ip_address": a} for a in gateway["external_fixed_ips"] or ()]
        return {**fields, _GATEWAY: gateway} if gateway else fields

    def edit(self, cloud: openstack.Cloud, record: openstack.Router, fields: Mapping[str, Any]) -> openstack.Router:
        """Neutron takes a gateway as a whole, so what stays of it is sent again; another network has other addresses."""
        if _GATEWAY not in fields:
            return super().edit(cloud, record, fields)
        news, there = fields[_GATEWAY], record.external_gateway_info or {}
        moved = "network_id" in news
        kept = {k: there[k] for k in ("network_id", "enable_snat", "external_fixed_ips") if k in there}
        whole = {**{k: v for k, v in kept.items() if not (moved and k == "external_fixed_ips")}, **news}
        return super().edit(cloud, record, {**fields, _GATEWAY: whole if whole.get("network_id") else {}})

    def outputs(self, record: openstack.Router) -> dict[str, Any]:
        return {"gateway_addresses": _addresses(record.external_gateway_info or {}), "status": record.status}


class Router(_base.Resource, module="openstack", name="Router"):
    """A router of OpenStack; its id is Neutron's."""

    provider_class = RouterProvider
    name: pulumi.Output[str]
    external_network: pulumi.Output[str | None]
    gateway_addresses: pulumi.Output[list[str]]
    """The gateway's addresses in the external network, whoever chose them."""
    status: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        cloud: pulumi.Input[str] = "",
        project: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        admin_state_up: pulumi.Input[bool] | None = None,
        external_network: pulumi.Input[str] | None = None,
        enable_snat: pulumi.Input[bool] | None = None,
        external_addresses: pulumi.Input[list[str]] | None = None,
        routes: pulumi.Input[list[Mapping[str, pulumi.Input[str]]]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in RouterInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _addresses(gateway: Mapping[str, Any]) -> list[str]:
    return [str(ip["ip_address"]) for ip in gateway.get("external_fixed_ips") or ()]
