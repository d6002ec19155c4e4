"""The deployment that the recordings were made on: two computes, one region, services on loopback."""

from __future__ import annotations

from simulator.openstack.facts import Chassis, Compute

PORTS = {"identity": 5000, "image": 9292, "network": 9696, "compute": 8774, "placement": 8778, "volumev3": 8776}
PASSWORD = "adminpw"
HOSTS = ("compute1", "compute2")


class Recorded:
    """Facts of the recorded cloud; `computes_up` may be changed by a setup."""

    def __init__(self) -> None:
        self.computes_up = dict.fromkeys(HOSTS, True)

    def region(self) -> str:
        """The region's name."""
        return "RegionOne"

    def endpoints(self) -> dict[str, str]:
        """All services on loopback."""
        return {kind: f"http://127.0.0.1:{port}" for kind, port in PORTS.items()}

    def admin_password(self) -> str:
        """The administrator's."""
        return PASSWORD

    def computes(self) -> list[Compute]:
        """Two hypervisors."""
        return [
            Compute(hostname=name, vcpus=1000, memory_mib=800000, disk_gib=600000, up=up) for name, up in self.computes_up.items()
        ]

    def chassis(self) -> list[Chassis]:
        """Two chassis, both gateways."""
        return [Chassis(hostname=name, name=f"chassis-{name}", mappings=("physnet1",)) for name in HOSTS]

    def hosts(self, charm: str) -> list[str]:
        """One control host."""
        return ["control"]

    def physical_networks(self) -> set[str]:
        """One flat network."""
        return {"physnet1"}

    def vlan_ranges(self) -> list[tuple[str, int, int]]:
        """On the same physical network."""
        return [("physnet1", 1000, 2000)]

    def external_mtu(self) -> int:
        """Plain Ethernet."""
        return 1500

    def volume_backends(self) -> list[str]:
        """One backend."""
        return ["control@lvm#lvm"]

    def default_volume_type(self) -> str:
        """Cinder's own."""
        return ""
