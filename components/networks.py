"""The three networks as MAAS knows them.

Owns: space, fabric, VLAN, subnet, address ranges and DHCP of each network. Does not own: cables and switches; nor the DHCP of
the BMC and external networks, which belongs to the house. MAAS has usually discovered fabrics and subnets by itself: those are
adopted, and given back on destroy.
"""

from __future__ import annotations

import pulumi

import config
from config.network import NetworkSpec, RangeSpec
from providers import maas

from ._component import Component


class Network(Component):
    """One network. `ready` resolves when machines can use it, its DHCP included."""

    cidr: str
    ready: list[pulumi.Resource]

    def __init__(self, name: str, spec: NetworkSpec, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        cidr = str(spec.cidr)
        space = maas.Space(name, name=spec.space, opts=self.child()) if spec.space else None
        fabric = maas.Fabric(name, name=spec.fabric or name, discovered_by=cidr, opts=self.child())
        vlan = maas.Vlan(
            name,
            fabric=number(fabric),
            vid=spec.vid,
            mtu=spec.mtu,
            space=space.name if space else None,
            opts=self.child(),
        )
        subnet = maas.Subnet(
            name,
            cidr=cidr,
            vlan=number(vlan),
            gateway_ip=str(spec.gateway) if spec.gateway else None,
            dns_servers=[str(server) for server in spec.dns],
            opts=self.child(),
        )
        self.cidr = cidr
        self.ready = [subnet, *self._reserve(name, spec.reserved, subnet)]
        if spec.dhcp:
            self.ready.append(self._serve(name, spec.dhcp, subnet, vlan))
        self.register_outputs({"cidr": cidr, "subnet": subnet.id, "vlan": vlan.id})

    def _reserve(self, name: str, ranges: tuple[RangeSpec, ...], subnet: maas.Subnet) -> list[pulumi.Resource]:
        return [self._range(f"{name}-{part.start}", "reserved", part, subnet) for part in ranges]

    def _serve(self, name: str, part: RangeSpec, subnet: maas.Subnet, vlan: maas.Vlan) -> pulumi.Resource:
        """DHCP; MAAS refuses to switch it on before there is a dynamic range."""
        dynamic = self._range(f"{name}-dhcp", "dynamic", part, subnet)
        return maas.VlanDhcp(name, vlan=number(vlan), opts=self.child(depends_on=[dynamic]))

    def _range(self, name: str, kind: str, part: RangeSpec, subnet: maas.Subnet) -> maas.IpRange:
        return maas.IpRange(
            name,
            subnet=number(subnet),
            type=kind,
            start_ip=str(part.start),
            end_ip=str(part.end),
            comment=part.comment or None,
            opts=self.child(),
        )


class Networks(Component):
    """All of them, by name."""

    def __init__(self, name: str, spec: config.NetworksSpec, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.by_name = {key: Network(key, network, self.child()) for key, network in spec.items()}
        self.register_outputs({"networks": list(self.by_name)})

    @property
    def ready(self) -> list[pulumi.Resource]:
        """What a machine must wait for before it boots from the management network."""
        return [resource for network in self.by_name.values() for resource in network.ready]


def number(resource: pulumi.CustomResource) -> pulumi.Output[int]:
    """MAAS's number of an object, which is its id in the state."""
    return resource.id.apply(int)
