"""What Neutron reads of the deployment: physical networks and the ranges that the charms' options give."""

from __future__ import annotations

from ..facts import Chassis, Facts

Range = tuple[int, int]
"""First and last number, both inside."""
BRIDGE = "br-ex"
"""The bridge that the charms give a physical network."""


class Site:
    """The deployment as Neutron's configuration sees it; asked anew each time.

    Args:
        facts: the cloud's surroundings.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def chassis(self) -> list[Chassis]:
        """The hosts with an ovn-controller."""
        return self._facts.chassis()

    def gateway_hosts(self, physnet: str | None) -> list[str]:
        """Where a router's gateway may lie: chassis with a bridge to the network, those that are made for it before others."""
        able = [one for one in self.chassis() if one.up and (physnet is None or physnet in bridged(one))]
        return sorted(one.hostname for one in able if one.gateway) or sorted(one.hostname for one in able)

    def flat_networks(self) -> set[str]:
        """Physical networks that may carry a flat network."""
        return self._facts.physical_networks()

    def vlan_ranges(self) -> dict[str, list[Range]]:
        """Physical networks that may carry VLANs, with the numbers that projects' networks get."""
        ranges: dict[str, list[Range]] = {}
        for physnet, low, high in self._facts.vlan_ranges():
            ranges.setdefault(physnet, []).append((low, high))
        return ranges

    def geneve_range(self) -> Range:
        """Tunnel numbers of projects' networks: the charm's vni_ranges."""
        return (1001, 2000)

    def mtu(self) -> int:
        """Bytes of a packet on the physical networks: global_physnet_mtu."""
        return self._facts.external_mtu()


def bridged(chassis: Chassis) -> set[str]:
    """The physical networks that a chassis has a bridge to."""
    return {mapping.partition(":")[0] for mapping in chassis.mappings}


def bridge_mappings(chassis: Chassis) -> str:
    """ovn-bridge-mappings of a chassis, as its agents show them."""
    return ",".join(name if ":" in name else f"{name}:{BRIDGE}" for name in chassis.mappings)
