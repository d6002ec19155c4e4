"""What FullStatus says, typed: the whole model at one moment."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from . import naming


@dataclasses.dataclass(frozen=True, kw_only=True)
class Detail:
    """One status.

    Attributes:
        current: the word, e.g. "active".
        message: what the charm or the agent adds.
        since: seconds since the epoch by the controller's clock, 0 when it doesn't say.
        life: "dying" or "dead"; empty while alive.
    """

    current: str
    message: str = ""
    since: float = 0.0
    life: str = ""

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any] | None) -> Detail:
        data = data or {}
        return cls(
            current=data.get("status") or "",
            message=data.get("info") or "",
            since=moment(data.get("since")),
            life="" if data.get("life") in (None, "alive") else str(data["life"]),
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine or a container; `id` is "0" or "0/lxd/1", `instance_id` empty until it is provisioned."""

    id: str
    instance_id: str
    hostname: str
    addresses: tuple[str, ...]
    agent: Detail
    instance: Detail
    base: str | None
    constraints: str
    hardware: str

    @property
    def parent(self) -> str | None:
        """The machine that a container is on."""
        return self.id.rpartition("/")[0].rpartition("/")[0] or None

    @property
    def container_type(self) -> str | None:
        """What kind of container this is, such as `lxd`; None for a machine."""
        parts = self.id.split("/")
        return parts[-2] if len(parts) > 1 else None

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> Machine:
        instance_id = data.get("instance-id") or ""
        return cls(
            id=data["id"],
            instance_id="" if instance_id == "pending" else instance_id,
            hostname=data.get("hostname") or data.get("display-name") or "",
            addresses=tuple(data.get("ip-addresses") or ()),
            agent=Detail._from_dict(data.get("agent-status")),
            instance=Detail._from_dict(data.get("instance-status")),
            base=naming.base_text(data.get("base")),
            constraints=data.get("constraints") or "",
            hardware=data.get("hardware") or "",
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit; a subordinate names its `principal` and sits on that one's machine.

    Attributes:
        charm: URL of the charm that it still runs, empty when that is its application's.
        version: of its workload, as its charm says it.
    """

    name: str
    machine: str
    workload: Detail
    agent: Detail
    address: str
    leader: bool
    ports: tuple[str, ...]
    principal: str | None
    charm: str = ""
    version: str = ""

    @property
    def application(self) -> str:
        """The application it is a unit of."""
        return naming.application_of(self.name)

    @property
    def dying(self) -> bool:
        """Whether it is on its way out."""
        return bool(self.workload.life or self.agent.life)

    @classmethod
    def _from_dict(cls, name: str, data: Mapping[str, Any], principal: Unit | None) -> Unit:
        return cls(
            name=name,
            machine=data.get("machine") or (principal.machine if principal else ""),
            workload=Detail._from_dict(data.get("workload-status")),
            agent=Detail._from_dict(data.get("agent-status")),
            address=data.get("public-address") or data.get("address") or (principal.address if principal else ""),
            leader=bool(data.get("leader")),
            ports=tuple(data.get("opened-ports") or ()),
            principal=principal.name if principal else None,
            charm=data.get("charm") or "",
            version=data.get("workload-version") or "",
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Application:
    """An application, without its units (see `Status.units_of`); `local` says that its charm was uploaded."""

    name: str
    charm: str
    channel: str
    revision: int
    base: str | None
    life: str
    exposed: bool
    exposed_endpoints: Mapping[str, Mapping[str, Any]]
    bindings: Mapping[str, str]
    subordinate_to: tuple[str, ...]
    status: Detail
    local: bool = False

    @classmethod
    def _from_dict(cls, name: str, data: Mapping[str, Any]) -> Application:
        return cls(
            name=name,
            charm=naming.charm_name(data.get("charm") or ""),
            local=str(data.get("charm") or "").startswith("local:"),
            channel=data.get("charm-channel") or "",
            revision=int(data.get("charm-rev") or 0),
            base=naming.base_text(data.get("base")),
            life="" if data.get("life") in (None, "alive") else str(data["life"]),
            exposed=bool(data.get("exposed")),
            exposed_endpoints=dict(data.get("exposed-endpoints") or {}),
            bindings=dict(data.get("endpoint-bindings") or {}),
            subordinate_to=tuple(data.get("subordinate-to") or ()),
            status=Detail._from_dict(data.get("status")),
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Relation:
    """A relation; `endpoints` are "application:endpoint", sorted; a peer relation has one, and no `provider`."""

    id: int
    key: str
    endpoints: tuple[str, ...]
    interface: str
    scope: str
    status: Detail
    provider: str | None = None

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> Relation:
        ends = data.get("endpoints") or ()
        return cls(
            id=int(data.get("id") or 0),
            key=data.get("key") or "",
            endpoints=tuple(sorted(f"{e.get('application')}:{e.get('name')}" for e in ends)),
            interface=data.get("interface") or "",
            scope=data.get("scope") or "",
            status=Detail._from_dict(data.get("status")),
            provider=next((e.get("application") for e in ends if e.get("role") == "provider"), None),
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Remote:
    """An offer of another model, consumed under a name."""

    name: str
    url: str
    life: str
    status: Detail


@dataclasses.dataclass(frozen=True, kw_only=True)
class Status:
    """A model at one moment.

    Attributes:
        at: seconds since the epoch by the controller's clock.
        machines: by id, containers beside their hosts.
        units: by name, subordinates beside their principals.
    """

    at: float
    model: Detail
    machines: Mapping[str, Machine]
    applications: Mapping[str, Application]
    units: Mapping[str, Unit]
    relations: tuple[Relation, ...]
    remotes: Mapping[str, Remote] = dataclasses.field(default_factory=dict)
    offers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> Status:
        applications = data.get("applications") or {}
        model = (data.get("model") or {}).get("model-status")
        return cls(
            at=moment(data.get("controller-timestamp")),
            model=Detail._from_dict(model),
            machines={m.id: m for m in _machines(data.get("machines"))},
            applications={name: Application._from_dict(name, app) for name, app in applications.items()},
            units={u.name: u for app in applications.values() for u in _units(app.get("units"), None)},
            relations=tuple([Relation._from_dict(r) for r in data.get("relations") or ()]),
            remotes={name: _remote(name, r) for name, r in (data.get("remote-applications") or {}).items()},
            offers={name: offer.get("application-name") or "" for name, offer in (data.get("offers") or {}).items()},
        )

    def units_of(self, application: str) -> list[Unit]:
        """The units of an application, in the order of their numbers."""
        found = (u for u in self.units.values() if u.application == application)
        return sorted(found, key=lambda u: int(u.name.rpartition("/")[2]))

    def units_on(self, machine: str) -> list[Unit]:
        """The principal units on a machine itself, not in its containers."""
        return [u for u in self.units.values() if u.machine == machine and u.principal is None]

    def containers_of(self, machine: str) -> list[Machine]:
        """The containers on a machine."""
        return [m for m in self.machines.values() if m.parent == machine]

    def relation(self, endpoints: tuple[str, ...]) -> Relation | None:
        """The relation between these endpoints, in either order; an endpoint may leave its name out."""
        for relation in self.relations:
            if len(relation.endpoints) == len(endpoints) and _match(sorted(endpoints), relation.endpoints):
                return relation
        return None


def moment(text: str | None) -> float:
    """An RFC 3339 time as seconds since the epoch; 0 when there is none."""
    if not text:
        return 0.0
    try:
        return max(datetime.datetime.fromisoformat(text).timestamp(), 0.0)
    except ValueError:
        return 0.0


def _machines(data: Mapping[str, Any] | None) -> Iterator[Machine]:
    for machine in (data or {}).values():
        yield Machine._from_dict(machine)
        yield from _machines(machine.get("containers"))


def _units(data: Mapping[str, Any] | None, principal: Unit | None) -> Iterator[Unit]:
    for name, unit in (data or {}).items():
        made = Unit._from_dict(name, unit, principal)
        yield made
        yield from _units(unit.get("subordinates"), made)


def _remote(name: str, data: Mapping[str, Any]) -> Remote:
    life = "" if data.get("life") in (None, "alive") else str(data["life"])
    return Remote(name=name, url=data.get("offer-url") or "", life=life, status=Detail._from_dict(data.get("status")))


def _match(wanted: list[str], there: tuple[str, ...]) -> bool:
    """Compares sorted endpoints; "mysql" matches "mysql:shared-db"."""
    return all(w == t or (":" not in w and w == naming.endpoint(t)[0]) for w, t in zip(wanted, there, strict=True))
