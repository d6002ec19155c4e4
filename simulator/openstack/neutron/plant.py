"""All of Neutron: its collections around one store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .address_groups import AddressGroups
from .agents import Agents
from .chance import Chance
from .collection import Collection
from .floating import FloatingIps
from .groups import SecurityGroups
from .networks import Networks
from .pools import AddressScopes, SubnetPools
from .ports import Ports
from .quotas import Quotas
from .rbac import RbacPolicies
from .routers import Routers
from .rules import SecurityGroupRules
from .site import Site
from .store import Store
from .subnets import Subnets

if TYPE_CHECKING:
    from ..cloud import Cloud


class Plant:
    """The collections, as each other's neighbours.

    Args:
        cloud: for time, surroundings and the other services.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.chance = Chance()
        self.store = Store(cloud.now, self._new_id)
        self.site = Site(cloud.facts)
        self.quotas = Quotas(self)
        self.agents = Agents(self)
        self.networks = Networks(self)
        self.subnets = Subnets(self)
        self.pools = SubnetPools(self)
        self.scopes = AddressScopes(self)
        self.ports = Ports(self)
        self.routers = Routers(self)
        self.floating = FloatingIps(self)
        self.groups = SecurityGroups(self)
        self.rules = SecurityGroupRules(self)
        self.address_groups = AddressGroups(self)
        self.rbac = RbacPolicies(self)

    @property
    def collections(self) -> tuple[Collection, ...]:
        """Those with the API's usual verbs."""
        inner = (self.networks, self.subnets, self.pools, self.scopes, self.ports, self.routers, self.floating)
        return (*inner, self.groups, self.rules, self.address_groups, self.rbac)

    @property
    def shareable(self) -> Mapping[str, Collection]:
        """What RBAC policies may be about, by object type."""
        kinds = (self.networks, self.groups, self.address_groups, self.scopes, self.pools)
        return {one.singular: one for one in kinds}

    def _new_id(self, table: str) -> str:
        return self.chance.id(table)

    def after(self, seconds: float, kind: str, **args: Any) -> None:
        """Sets a timer of this cloud."""
        self.cloud.after(seconds, kind, **args)
