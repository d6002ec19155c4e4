"""A bundle as read: merged, typed, every value still knowing its line."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from . import charms, placement, problems, tree
from .constraints import Wire
from .storage import Device, Storage

Resource = int | str
"""A revision on Charmhub, or the absolute path of a file."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Located:
    source: tree.Map = dataclasses.field(compare=False, repr=False)
    """The mapping that it was read from."""

    place: problems.Place = dataclasses.field(compare=False, repr=False)

    def where(self, *path: str) -> problems.Place:
        """Returns the place of a value inside, e.g. `where("options", "debug")`; the nearest known when it is absent."""
        node, place = self.source, self.place
        for key in path:
            if key not in node:
                return place
            place = node.where(key)
            node = node.map(key)
        return place


@dataclasses.dataclass(frozen=True, kw_only=True)
class Offer:
    """An offer of an application's endpoints to other models; `acl` maps users to read, consume or admin."""

    name: str
    endpoints: tuple[str, ...]
    acl: Mapping[str, str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exposure:
    """To whom an endpoint is open; without spaces and CIDRs it is open to all."""

    spaces: tuple[str, ...] = ()
    cidrs: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Application(_Located):
    """An application of the bundle.

    Attributes:
        base: its own base or the bundle's default; None leaves it to the model.
        num_units: None when the bundle does not say, which is right for subordinates only.
        to: placement of unit 0, 1, …
        expose: None when not exposed; the endpoint "" stands for all.
        options: YAML values by name; an option set to null is absent.
        constraints: typed, see `Wire`.
    """

    name: str
    charm: charms.Charm
    channel: str | None
    revision: int | None
    base: str | None
    num_units: int | None
    to: tuple[placement.Placement, ...]
    expose: Mapping[str, Exposure] | None
    options: Mapping[str, tree.Value]
    annotations: Mapping[str, str]
    constraints: Mapping[str, Wire]
    storage: Mapping[str, Storage]
    devices: Mapping[str, Device]
    bindings: Mapping[str, str]
    resources: Mapping[str, Resource]
    offers: tuple[Offer, ...]
    trust: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Machine(_Located):
    """A machine of the bundle.

    Attributes:
        id: its number in the bundle.
        pool: the pool that it belongs to, see `pools`.
        member: the site's name for it, when the site names its machines.
    """

    id: str
    base: str | None
    constraints: Mapping[str, Wire]
    annotations: Mapping[str, str]
    pool: str | None = None
    member: str | None = None

    @property
    def key(self) -> str:
        """The site's name for the machine, else its number: what it is called in the plan."""
        return self.member or self.id


@dataclasses.dataclass(frozen=True, kw_only=True)
class End:
    """One side of a relation as written; without endpoint it is inferred from the charms."""

    application: str
    endpoint: str | None = None

    def __str__(self) -> str:
        return self.application if self.endpoint is None else f"{self.application}:{self.endpoint}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Relation:
    """Two related ends."""

    ends: tuple[End, End]
    place: problems.Place = dataclasses.field(compare=False, repr=False)

    @property
    def explicit(self) -> bool:
        """Whether both endpoints are written."""
        return all(end.endpoint is not None for end in self.ends)

    def __str__(self) -> str:
        return f"[{self.ends[0]}, {self.ends[1]}]"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Saas(_Located):
    """An offer of another model, consumed under this name."""

    name: str
    url: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Pool:
    """Machines that the site counts; see `pools`."""

    name: str
    machines: tuple[str, ...]
    each: tuple[str, ...] = ()
    unplaced: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bundle:
    """The merged bundle.

    Attributes:
        applications: by name, in the order of the files.
        machines: by number, in the order of the files.
        pools: by name.
        warnings: what the operator should know although the bundle can be used.
    """

    file: str
    description: str
    default_base: str | None
    applications: Mapping[str, Application]
    machines: Mapping[str, Machine]
    relations: tuple[Relation, ...]
    saas: Mapping[str, Saas]
    pools: Mapping[str, Pool]
    warnings: tuple[problems.Problem, ...] = dataclasses.field(default=(), compare=False)
