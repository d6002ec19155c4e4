"""Floating addresses. They have no name: one is found by its address, by its port, or by its description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider, owner
from ._vocabulary import Address, Id


class FloatingIpInputs(OnCloud):
    """A floating address.

    Attributes:
        network: id of the external network.
        project: id of the project; the administrator's own when not given.
        address: which; Neutron chooses when not given.
        port: id of the port that it leads to.
        fixed_address: which of the port's addresses, when it has several.
        description: what it is for; the natural key of one that has neither address nor port.
    """

    network: Id
    project: Id | None = None
    address: Address | None = None
    port: Id | None = None
    fixed_address: Address | None = None
    description: str | None = None


class FloatingIpProvider(PlainProvider[FloatingIpInputs, openstack.FloatingIp]):
    """Floating addresses by address, port or description."""

    inputs = FloatingIpInputs
    computed = ("floating_address", "status", *OUTPUTS)
    replace_on = frozenset({"cloud", "network", "project", "address"})
    noun = "floating IP"
    names: ClassVar[Mapping[str, str]] = {
        "network": "floating_network_id",
        "project": "project_id",
        "address": "floating_ip_address",
        "port": "port_id",
        "fixed_address": "fixed_ip_address",
        "description": "description",
    }
    defaults: ClassVar[Mapping[str, Any]] = {"port": None, "description": ""}

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        if not any(news.get(name) for name in ("address", "port", "description")):
            yield "description", "give an address, a port or a description: by one of them it is found again"

    def label(self, inputs: FloatingIpInputs) -> str:
        name = inputs.address or (f"of port {inputs.port}" if inputs.port else inputs.description)
        return f"{name} from {inputs.network}"

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.FloatingIp]:
        return cloud.floating_ips

    def find(self, cloud: openstack.Cloud, inputs: FloatingIpInputs) -> openstack.FloatingIp | None:
        if inputs.address:
            query: dict[str, Any] = {"floating_ip_address": inputs.address}
        elif inputs.port:
            query = {"port_id": inputs.port}
        else:
            query = {"description": inputs.description, "project_id": owner(cloud, inputs.project)}
        found = cloud.floating_ips.list(floating_network_id=inputs.network, **query)
        return openstack.only(found, f"floating IPs {self.label(inputs)}", cloud.where)

    def outputs(self, record: openstack.FloatingIp) -> dict[str, Any]:
        return {"floating_address": record.floating_ip_address, "status": record.status}


class FloatingIp(_base.Resource, module="openstack", name="FloatingIp"):
    """A floating address of OpenStack; its id is Neutron's."""

    provider_class = FloatingIpProvider
    network: pulumi.Output[str]
    port: pulumi.Output[str | None]
    floating_address: pulumi.Output[str]
    """The address, whoever chose it."""
    status: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        network: pulumi.Input[str],
        cloud: pulumi.Input[str] = "",
        project: pulumi.Input[str] | None = None,
        address: pulumi.Input[str] | None = None,
        port: pulumi.Input[str] | None = None,
        fixed_address: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in FloatingIpInputs.model_fields}
        super().__init__(resource_name, given, opts)
