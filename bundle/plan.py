"""The plan: what a bundle makes, as flat records with keys that stay when something else is added."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping

import networkx

from .constraints import Wire
from .model import Exposure, Offer, Resource
from .storage import Device, Storage

OptionValue = str | int | float | bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class MachinePlan:
    """A machine.

    Attributes:
        key: its number in the bundle, the site's name for it, or `new-APP-N` when a unit takes a new machine.
        base: as `ubuntu@24.04/stable`; None leaves it to the model.
        constraints: typed; mem and root-disk in MiB.
        pool: the machine pool of the bundle that it belongs to.
        member: its position in the pool, from 0.
    """

    key: str
    base: str | None
    constraints: Mapping[str, Wire]
    annotations: Mapping[str, str]
    pool: str | None = None
    member: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class ContainerPlan:
    """A container; its key names the unit it was made for, so that it stays when others come: `0/lxd/keystone-0`.

    Attributes:
        constraints: limits, and under `spaces` the networks that its host must bridge to it; they count when it is made.
    """

    key: str
    host: str
    container_type: str
    base: str | None
    constraints: Mapping[str, Wire] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class ApplicationPlan:
    """An application, without its units.

    Attributes:
        charm: name on Charmhub, or the path of a local charm.
        options: those that the bundle sets, typed as the charm wants them.
        expose: None when not exposed; the endpoint "" stands for all.
        devices: typed device requests.
        subordinate: whether its units come with the units of its principals.
    """

    name: str
    charm: str
    local: bool
    channel: str | None
    revision: int | None
    base: str | None
    options: Mapping[str, OptionValue]
    constraints: Mapping[str, Wire]
    bindings: Mapping[str, str]
    expose: Mapping[str, Exposure] | None
    trust: bool
    storage: Mapping[str, Storage]
    devices: Mapping[str, Device]
    resources: Mapping[str, Resource]
    subordinate: bool
    annotations: Mapping[str, str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class UnitPlan:
    """A unit of a principal.

    Attributes:
        key: `APP/N`, or `APP/MACHINE` for the one unit that a named machine of a pool has.
        index: its place in the bundle's order; Juju numbers units in the order in which they are made.
        machine: key of the machine or container.
    """

    key: str
    application: str
    index: int
    machine: str


@dataclasses.dataclass(frozen=True, kw_only=True, order=True)
class Endpoint:
    """An endpoint of an application."""

    application: str
    endpoint: str

    def __str__(self) -> str:
        return f"{self.application}:{self.endpoint}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class IntegrationPlan:
    """Two endpoints in relation.

    Attributes:
        key: both endpoints, sorted, separated by a space.
        interface: empty when neither charm is known.
        scope: `container` attaches a subordinate to its principal, else `global`.
    """

    key: str
    endpoints: tuple[Endpoint, Endpoint]
    interface: str
    scope: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class OfferPlan:
    """An offer, with the application that makes it."""

    application: str
    offer: Offer


@dataclasses.dataclass(frozen=True, kw_only=True)
class SaasPlan:
    """An offer of another model, consumed under a name."""

    name: str
    url: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExpectedUnit:
    """A unit that the model will have: a principal's, or a subordinate's beside the principal `beside`."""

    application: str
    machine: str
    beside: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that a bundle makes, each kind in the order in which it can be made."""

    machines: tuple[MachinePlan, ...]
    containers: tuple[ContainerPlan, ...]
    applications: tuple[ApplicationPlan, ...]
    units: tuple[UnitPlan, ...]
    integrations: tuple[IntegrationPlan, ...]
    offers: tuple[OfferPlan, ...] = ()
    saas: tuple[SaasPlan, ...] = ()

    def host(self, machine: str) -> str:
        """Returns the key of the machine that a container stands on; a machine's own key for a machine."""
        return next((container.host for container in self.containers if container.key == machine), machine)

    def principals(self, subordinate: str) -> tuple[str, ...]:
        """Returns the applications that a subordinate is attached to, in the plan's order."""
        known = {application.name: application for application in self.applications}
        attached = {
            end.application
            for integration in self.integrations
            if integration.scope == "container" and subordinate in {e.application for e in integration.endpoints}
            for end in integration.endpoints
        }
        return tuple(name for name, app in known.items() if name in attached and not app.subordinate)

    def expected_units(self) -> tuple[ExpectedUnit, ...]:
        """Returns every unit that the model will have, subordinates included: one a unit of each principal."""
        found = [ExpectedUnit(application=unit.application, machine=unit.machine) for unit in self.units]
        for application in self.applications:
            principals = self.principals(application.name) if application.subordinate else ()
            found += [
                ExpectedUnit(application=application.name, machine=unit.machine, beside=unit.key)
                for unit in self.units
                if unit.application in principals
            ]
        return tuple(found)

    def unit_counts(self) -> dict[str, int]:
        """Returns the number of units that each application will have, subordinates included."""
        counts = Counter(unit.application for unit in self.expected_units())
        return {application.name: counts[application.name] for application in self.applications}

    @property
    def dependencies(self) -> Mapping[str, tuple[str, ...]]:
        """What must be there before what, named `machine:KEY`, `application:NAME` and so on."""
        containers = {container.key for container in self.containers}
        needs: dict[str, tuple[str, ...]] = {f"machine:{machine.key}": () for machine in self.machines}
        needs |= {f"container:{c.key}": (f"machine:{c.host}",) for c in self.containers}
        needs |= {f"application:{application.name}": () for application in self.applications}
        needs |= {f"saas:{saas.name}": () for saas in self.saas}
        for unit in self.units:
            place = f"{'container' if unit.machine in containers else 'machine'}:{unit.machine}"
            needs[f"unit:{unit.key}"] = (f"application:{unit.application}", place)
        for offer in self.offers:
            needs[f"offer:{offer.offer.name}"] = (f"application:{offer.application}",)
        for integration in self.integrations:
            ends = (f"{self._kind(end.application)}:{end.application}" for end in integration.endpoints)
            needs[f"integration:{integration.key}"] = tuple(ends)
        return needs

    def order(self) -> tuple[str, ...]:
        """Returns all that the plan makes, each after what it depends on."""
        graph: networkx.DiGraph[str] = networkx.DiGraph()
        for name, needs in self.dependencies.items():
            graph.add_node(name)
            graph.add_edges_from((need, name) for need in needs)
        return tuple(networkx.topological_sort(graph))

    def _kind(self, name: str) -> str:
        return "saas" if any(saas.name == name for saas in self.saas) else "application"
