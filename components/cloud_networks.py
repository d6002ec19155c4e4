"""The cloud's networks: the external one on the site's, and the projects' own behind routers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pulumi

from config.day_one import DayOneSpec, ExternalNetworkSpec, ProjectNetworkSpec, SecurityGroupSpec, SecurityRuleSpec
from config.network import NetworkSpec, RangeSpec
from providers import juju, openstack

from ._component import Component
from .tenants import Tenants


@dataclasses.dataclass(frozen=True, kw_only=True)
class CloudNetworksArgs:
    """The cloud and its model, whose projects there are, and the site's network that floating addresses are on."""

    cloud: pulumi.Input[str]
    tenants: Tenants
    outside: NetworkSpec
    model: juju.Model


class CloudNetworks(Component):
    """Networks by name. `ways_out` is what a floating address needs: the routers' interfaces."""

    def __init__(self, name: str, spec: DayOneSpec, args: CloudNetworksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts, args.model)
        self._args = args
        self.external, self._outside = self._external(spec.external)
        self._routers = {
            router.name: openstack.Router(
                router.name,
                name=router.name,
                project=args.tenants.project(router.project),
                external_network=self.external.id,
                cloud=args.cloud,
                opts=self.child(depends_on=[self._outside]),
            )
            for router in spec.routers
        }
        self.ways_out: list[pulumi.Resource] = [self._outside]
        self.by_name = {network.name: self._network(network) for network in spec.networks}
        for group in spec.security_groups:
            self._group(group)
        self.register_outputs({"networks": [spec.external.name, *self.by_name]})

    def _external(self, spec: ExternalNetworkSpec) -> tuple[openstack.Network, openstack.Subnet]:
        outside = self._args.outside
        network = openstack.Network(
            spec.name,
            name=spec.name,
            external=True,
            shared=spec.shared,
            network_type=spec.type,
            physical_network=spec.physical_network,
            segmentation_id=spec.vid,
            cloud=self._args.cloud,
            opts=self.child(),
        )
        subnet = openstack.Subnet(
            spec.subnet,
            name=spec.subnet,
            network=network.id,
            cidr=str(outside.cidr),
            gateway_ip=str(outside.gateway) if outside.gateway else None,
            enable_dhcp=False,
            allocation_pools=_pools(outside.floating),
            cloud=self._args.cloud,
            opts=self.child(),
        )
        return network, subnet

    def _network(self, spec: ProjectNetworkSpec) -> openstack.Network:
        project = self._args.tenants.project(spec.project)
        network = openstack.Network(
            spec.name,
            name=spec.name,
            project=project,
            shared=spec.shared,
            mtu=spec.mtu,
            cloud=self._args.cloud,
            opts=self.child(),
        )
        subnet = openstack.Subnet(
            spec.subnet,
            name=spec.subnet,
            network=network.id,
            project=project,
            cidr=str(spec.cidr),
            gateway_ip=str(spec.gateway) if spec.gateway else None,
            allocation_pools=_pools(spec.pool),
            dns_nameservers=[str(server) for server in spec.dns] or None,
            cloud=self._args.cloud,
            opts=self.child(),
        )
        if spec.router is not None:
            self.ways_out.append(self._plug(spec.router, spec.name, subnet))
        return network

    def _plug(self, router: str, network: str, subnet: openstack.Subnet) -> openstack.RouterInterface:
        return openstack.RouterInterface(
            f"{router}-{network}",
            router=self._routers[router].id,
            subnet=subnet.id,
            cloud=self._args.cloud,
            opts=self.child(),
        )

    def _group(self, spec: SecurityGroupSpec) -> None:
        title = f"{spec.project}-{spec.name}"
        project = self._args.tenants.project(spec.project)
        group = openstack.SecurityGroup(title, name=spec.name, project=project, cloud=self._args.cloud, opts=self.child())
        for rule in spec.rules:
            first, last = rule.port_ends or (None, None)
            openstack.SecurityGroupRule(
                f"{title}-{_title(rule)}",
                group=group.id,
                direction=rule.direction,
                protocol=None if rule.protocol == "any" else rule.protocol,
                port_min=first,
                port_max=last,
                remote_cidr=str(rule.cidr) if rule.cidr else None,
                cloud=self._args.cloud,
                opts=self.child(),
            )


def _title(rule: SecurityRuleSpec) -> str:
    """A rule by what it says: in a list, one more would move all others."""
    return "-".join(str(part) for part in (rule.direction, rule.protocol, rule.ports, rule.cidr) if part is not None)


def _pools(part: RangeSpec | None) -> list[Mapping[str, pulumi.Input[str]]] | None:
    return [{"start": str(part.start), "end": str(part.end)}] if part else None
