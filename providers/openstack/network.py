"""Networks, by name in their project. External ones are where floating addresses and routers' gateways come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import pulumi

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider, owner
from ._vocabulary import Id, Mtu, Name, SegmentationId


class NetworkInputs(OnCloud):
    """A network.

    Attributes:
        project: id of the project; the administrator's own when not given.
        external: whether routers may have their gateway in it.
        default: whether it is the external network that Neutron takes when nobody says which.
        port_security: whether ports check addresses, and have security groups.
        network_type: how it is made, e.g. flat, vlan, geneve; Neutron chooses for projects' networks.
        physical_network: the charm's name of the bridge, e.g. physnet1.
        segmentation_id: VLAN or tunnel id.
    """

    name: Name
    project: Id | None = None
    description: str | None = None
    admin_state_up: bool | None = None
    shared: bool | None = None
    external: bool | None = None
    default: bool | None = None
    port_security: bool | None = None
    mtu: Mtu | None = None
    network_type: Literal["flat", "vlan", "geneve", "vxlan", "gre", "local"] | None = None
    physical_network: Name | None = None
    segmentation_id: SegmentationId | None = None


class NetworkProvider(PlainProvider[NetworkInputs, openstack.Network]):
    """Networks by name and project."""

    inputs = NetworkInputs
    computed = ("network_mtu", "status", *OUTPUTS)
    replace_on = frozenset({"cloud", "project", "network_type", "physical_network", "segmentation_id"})
    noun = "network"
    names: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "project": "project_id",
        "description": "description",
        "admin_state_up": "is_admin_state_up",
        "shared": "is_shared",
        "external": "is_router_external",
        "default": "is_default",
        "port_security": "is_port_security_enabled",
        "mtu": "mtu",
        "network_type": "provider_network_type",
        "physical_network": "provider_physical_network",
        "segmentation_id": "provider_segmentation_id",
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "description": "",
        "admin_state_up": True,
        "shared": False,
        "external": False,
        "default": False,
    }

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        kind = news.get("network_type")
        if kind == "flat" and not news.get("physical_network"):
            yield "physical_network", "a flat network needs the physical network that it is on"
        if kind == "flat" and news.get("segmentation_id") is not None:
            yield "segmentation_id", "a flat network has none; is it of the type vlan?"

    def label(self, inputs: NetworkInputs) -> str:
        return f"{inputs.name} of {inputs.project}" if inputs.project else inputs.name

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.Network]:
        return cloud.networks

    def find(self, cloud: openstack.Cloud, inputs: NetworkInputs) -> openstack.Network | None:
        found = cloud.networks.list(name=inputs.name, project_id=owner(cloud, inputs.project))
        return openstack.only(found, f"networks {inputs.name!r} in one project", cloud.where)

    def outputs(self, record: openstack.Network) -> dict[str, Any]:
        return {"network_mtu": record.mtu, "status": record.status}


class Network(_base.Resource, module="openstack", name="Network"):
    """A network of OpenStack; its id is Neutron's."""

    provider_class = NetworkProvider
    name: pulumi.Output[str]
    network_mtu: pulumi.Output[int]
    """The largest packet that fits, whoever chose it."""
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
        shared: pulumi.Input[bool] | None = None,
        external: pulumi.Input[bool] | None = None,
        default: pulumi.Input[bool] | None = None,
        port_security: pulumi.Input[bool] | None = None,
        mtu: pulumi.Input[int] | None = None,
        network_type: pulumi.Input[str] | None = None,
        physical_network: pulumi.Input[str] | None = None,
        segmentation_id: pulumi.Input[int] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in NetworkInputs.model_fields}
        super().__init__(resource_name, given, opts)
