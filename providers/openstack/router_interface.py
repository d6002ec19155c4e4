"""Routers' interfaces, by router and subnet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from clients import openstack

from .. import _base
from ._cloud import CloudProvider, OnCloud
from ._vocabulary import Address, Id

_KIND = "router interface"


class RouterInterfaceInputs(OnCloud):
    """A router's place in a subnet; at the subnet's gateway address unless `address` says another."""

    router: Id
    subnet: Id
    address: Address | None = None


class RouterInterfaceProvider(CloudProvider[RouterInterfaceInputs]):
    """Interfaces by router and subnet."""

    inputs = RouterInterfaceInputs
    computed = ("port", "adopted")
    replace_on = frozenset({"cloud", "router", "subnet", "address"})

    def make(self, inputs: RouterInterfaceInputs) -> _base.Made:
        cloud = self.cloud(inputs.cloud)
        intent = self.intent_in(cloud, _KIND, _id(inputs))
        found = cloud.networking.interface(inputs.router, inputs.subnet)
        noted = intent.recall()
        adopted = found is not None and (noted is None or bool(noted["adopted"]))
        if found is not None and inputs.address and inputs.address not in _addresses(found):
            raise _base.ExpectedError(
                f"{cloud.where}: the router {inputs.router} is in the subnet {inputs.subnet} already, at "
                f"{', '.join(_addresses(found))} instead of {inputs.address}: remove that interface first"
            )
        intent.note(adopted=adopted)
        port = found.id if found is not None else self._add(cloud, inputs)
        return _base.Made(id=_id(inputs), outputs={"port": port, "adopted": adopted})

    def look(self, id_: str, old: _base.Props, cloud: openstack.Cloud) -> _base.Found | None:
        inputs = self.parse(old)
        found = cloud.networking.interface(inputs.router, inputs.subnet)
        if found is None:
            self.intent_in(cloud, _KIND, _id(inputs)).forget()
            return None
        return _base.Found(inputs={"address": next(iter(_addresses(found)), None)}, outputs={"port": found.id})

    def change(self, id_: str, old: _base.Props, inputs: RouterInterfaceInputs) -> Mapping[str, Any]:
        """Every change needs another interface."""
        return {}

    def end(self, id_: str, old: _base.Props, cloud: openstack.Cloud) -> None:
        inputs = self.parse(old)
        if not old.get("adopted"):
            cloud.networking.remove_interface(inputs.router, inputs.subnet)
        self.intent_in(cloud, _KIND, _id(inputs)).forget()

    def _add(self, cloud: openstack.Cloud, inputs: RouterInterfaceInputs) -> str:
        if inputs.address is None:
            return self._plugged(cloud, inputs)
        subnet = cloud.subnets.read(inputs.subnet)
        if subnet is None:
            raise _base.ExpectedError(f"{cloud.where}: there is no subnet {inputs.subnet}")
        place = {"subnet_id": inputs.subnet, "ip_address": inputs.address}
        fields = {"network_id": subnet.network_id, "fixed_ips": [place], "project_id": subnet.project_id}
        port = cloud.ports.create(inputs.address, lambda: _port_at(cloud, subnet, inputs.address), **fields)
        try:
            return cloud.networking.add_interface(inputs.router, port_id=port.id)
        except openstack.CloudError:
            cloud.ports.delete(port.id)
            raise

    def _plugged(self, cloud: openstack.Cloud, inputs: RouterInterfaceInputs) -> str:
        try:
            return cloud.networking.add_interface(inputs.router, subnet_id=inputs.subnet)
        except openstack.RefusedError as error:
            if "overlaps with" not in error.body:
                raise
            raise _base.ExpectedError(
                f"{error}. A network of other name on the same addresses is another network: take the old one off the router "
                "(without it, or without its `router`, run `up`), then add this one"
            ) from None


class RouterInterface(_base.Resource, module="openstack", name="RouterInterface"):
    """A router's interface; it goes before the router and the subnet do."""

    provider_class = RouterInterfaceProvider
    router: pulumi.Output[str]
    subnet: pulumi.Output[str]
    port: pulumi.Output[str]
    """Id of the port that Neutron made for it."""
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        router: pulumi.Input[str],
        subnet: pulumi.Input[str],
        cloud: pulumi.Input[str] = "",
        address: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in RouterInterfaceInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _id(inputs: RouterInterfaceInputs) -> str:
    return f"{inputs.router}/{inputs.subnet}"


def _addresses(port: openstack.Port) -> list[str]:
    return [str(ip["ip_address"]) for ip in port.fixed_ips]


def _port_at(cloud: openstack.Cloud, subnet: openstack.Subnet, address: str | None) -> openstack.Port | None:
    ports = cloud.ports.list(network_id=subnet.network_id)
    return next((port for port in ports if address in _addresses(port)), None)
