"""What a cloud offers to the tests, by its own word: services of the catalogue, Neutron's extensions, a VLAN that is free."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Mapping
from typing import Any, Final

from clients import openstack

KINDS: Final = {"volume": ("volume", "block-s"), "load-balancer": ("load-balancer",)}
"""How the types of a service begin in catalogues, where that is not its plain name."""
SCOPED: Final = frozenset({"compute", "image", "network", "volume"})
"""Services whose objects belong to projects."""
TRIES: Final = 20


@dataclasses.dataclass(frozen=True, kw_only=True)
class Segment:
    """A VLAN of a physical network that nobody uses."""

    physical_network: str
    segmentation_id: int

    @property
    def inputs(self) -> dict[str, Any]:
        """As a network's inputs."""
        return {"network_type": "vlan", **dataclasses.asdict(self)}


class Offer:
    """What one cloud offers; asked for once.

    Args:
        cloud: the cloud.
    """

    def __init__(self, cloud: openstack.Cloud) -> None:
        self.types = frozenset(cloud.endpoints())
        self.scoped = bool(cloud.call("log in", lambda c: c.session.get_project_id()))
        self.extensions = _extensions(cloud) if self.scoped and self.has("network") else frozenset()

    def has(self, kind: str) -> bool:
        """Whether the catalogue has a service of a type, under whichever of its names."""
        return any(there.startswith(KINDS.get(kind, (kind,))) for there in self.types)

    def lack(self, *wanted: str) -> str:
        """Why a test can't run that needs these; empty when it can.

        Args:
            wanted: types of services ("compute") and aliases of Neutron's extensions ("network:router").
        """
        services = list(dict.fromkeys(one.partition(":")[0] for one in wanted))
        if absent := [kind for kind in services if not self.has(kind)]:
            return (
                f"this cloud's catalogue has no service of the type {', '.join(absent)} (it has {', '.join(sorted(self.types))})"
            )
        if not self.scoped and (absent := [kind for kind in services if kind in SCOPED]):
            return f"OS_CLOUD logs in to no project, and what {', '.join(absent)} keeps belongs to projects"
        aliases = [alias for one in wanted if (alias := one.partition(":")[2])]
        absent = [alias for alias in aliases if alias not in self.extensions]
        return f"this cloud's Neutron has not the extension {', '.join(absent)}" if absent else ""

    def free_segment(self, cloud: openstack.Cloud, name: str, *, physnet: str, vlan: int) -> tuple[Segment | None, str]:
        """Looks for a VLAN that Neutron takes by asking for one and letting it go; else None, and what Neutron said last.

        Args:
            cloud: the cloud.
            name: of the networks that are made for a moment.
            physnet: the physical network; empty takes those that the cloud tells of, and physnet1.
            vlan: the first VLAN that is tried; others are below it.
        """
        if lack := self.lack("network", "network:provider"):
            return None, lack
        physnets, said = [physnet] if physnet else self._physical_networks(cloud), ""
        for physical, vid in itertools.product(physnets, range(vlan, max(vlan - TRIES, 0), -1)):
            place = {"provider_physical_network": physical, "provider_segmentation_id": vid}
            try:
                network = cloud.networks.create(name, lambda: None, name=name, provider_network_type="vlan", **place)
            except (openstack.ConflictError, openstack.RefusedError, openstack.ForbiddenError) as error:
                said = str(error)
                continue
            cloud.networks.delete(network.id)
            return Segment(physical_network=physical, segmentation_id=vid), ""
        return None, said

    def _physical_networks(self, cloud: openstack.Cloud) -> list[str]:
        """Those that existing networks are on, or that agents have a bridge to."""
        found = {network.provider_physical_network for network in cloud.networks.list()} - {None}
        if "agent" in self.extensions:
            agents = cloud.raw("network", "get", "/agents", "list the network agents")["agents"]
            found.update(name for agent in agents for name in _mapped(agent.get("configurations") or {}))
        return [*sorted(str(name) for name in found), *({"physnet1"} - found)]


def _extensions(cloud: openstack.Cloud) -> frozenset[str]:
    found = cloud.raw("network", "get", "/extensions", "list Neutron's extensions")["extensions"]
    return frozenset(str(extension["alias"]) for extension in found)


def _mapped(settings: Mapping[str, Any]) -> Iterable[str]:
    """The physical networks of an agent's settings: a map, or OVN's text `physnet1:br-ex,physnet2:br-2`."""
    for key in ("bridge_mappings", "interface_mappings", "bridge-mappings", "ovn-bridge-mappings"):
        mappings = settings.get(key) or {}
        yield from [one.partition(":")[0] for one in mappings.split(",")] if isinstance(mappings, str) else mappings
