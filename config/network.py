"""The three networks: BMC, management and external."""

from __future__ import annotations

from .vocabulary import Address, Interface, Mtu, Name, Space, Spec, Subnet, Vid


class RangeSpec(Spec):
    """Addresses from `start` to `end`, both included."""

    start: Address
    end: Address
    comment: str = ""

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"

    def overlaps(self, other: RangeSpec) -> bool:
        """Whether an address lies in both."""
        return self.start <= other.end and other.start <= self.end

    def within(self, other: RangeSpec) -> bool:
        """Whether all of this lies in the other."""
        return other.start <= self.start and self.end <= other.end

    @property
    def size(self) -> int:
        """How many addresses there are."""
        return int(self.end) - int(self.start) + 1


class NetworkSpec(Spec):
    """One layer-2 network with its subnet, as MAAS is to know it.

    A network with a `dhcp` range is one that MAAS serves DHCP on, and machines boot from. `floating` is the part of a
    reserved range that clients' instances get their public addresses from. `space` is the name under which Juju binds to it.
    """

    cidr: Subnet
    fabric: Name | None = None
    vid: Vid = 0
    gateway: Address | None = None
    dns: tuple[Address, ...] = ()
    mtu: Mtu = 1500
    space: Space | None = None
    dhcp: RangeSpec | None = None
    reserved: tuple[RangeSpec, ...] = ()
    floating: RangeSpec | None = None


class NetworksSpec(Spec):
    """What the guide's nodes are cabled to."""

    bmc: NetworkSpec
    management: NetworkSpec
    external: NetworkSpec

    def items(self) -> tuple[tuple[str, NetworkSpec], ...]:
        """The networks by name, in the guide's order."""
        return (("bmc", self.bmc), ("management", self.management), ("external", self.external))


class BridgeSpec(Spec):
    """A bridge on the controller that VMs' ports are plugged into.

    With an `interface`, LXD makes the bridge and puts that port of the controller into it; without, the bridge is there
    already (netplan made it) and is left alone.
    """

    name: Interface
    interface: Interface | None = None
