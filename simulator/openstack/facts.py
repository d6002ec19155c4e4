"""What a cloud's services know of the machines and the deployment around them."""

from __future__ import annotations

import dataclasses
from typing import Protocol


@dataclasses.dataclass(frozen=True, kw_only=True)
class Compute:
    """A hypervisor. `up` says whether its machine runs and its charm is through; `unit` is its nova-compute unit.

    `boots` is how often its machine was started, `resumes_guests` whether its servers are started with it.
    """

    hostname: str
    vcpus: int
    memory_mib: int
    disk_gib: int
    up: bool = True
    unit: str = ""
    boots: int = 0
    resumes_guests: bool = False
    address: str = "127.0.0.1"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Chassis:
    """An ovn-controller; `gateway` says whether it may carry external ports, `mappings` its physical networks."""

    hostname: str
    name: str
    gateway: bool = True
    mappings: tuple[str, ...] = ()
    up: bool = True


class Facts(Protocol):
    """The surroundings of one cloud; asked anew each time, since they change under it."""

    def region(self) -> str:
        """The region's name."""

    def endpoints(self) -> dict[str, str]:
        """Base URL (scheme, host, port; no path, no slash at the end) by service type, as clients see it."""

    def admin_password(self) -> str:
        """The password of the user admin."""

    def computes(self) -> list[Compute]:
        """The hypervisors that have registered."""

    def chassis(self) -> list[Chassis]:
        """The OVN chassis that have registered."""

    def hosts(self, charm: str) -> list[str]:
        """The host names of a charm's units that are up, e.g. of "nova-cloud-controller"."""

    def physical_networks(self) -> set[str]:
        """The names of flat provider networks."""

    def vlan_ranges(self) -> list[tuple[str, int, int]]:
        """Physical network, first and last VLAN id of project networks."""

    def external_mtu(self) -> int:
        """The MTU of the physical networks in bytes."""

    def volume_backends(self) -> list[str]:
        """Cinder's pools as "HOST@BACKEND#POOL"."""

    def default_volume_type(self) -> str:
        """The name of the volume type that a volume gets which asks for none, "" for cinder's own."""
