"""What a controller remembers, as records that are saved as JSON.

Times are virtual POSIX seconds. Life goes alive → dying → dead and never back.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .version import VERSION

Life = Literal["alive", "dying", "dead"]


class Record(BaseModel):
    """A part of the saved state."""

    model_config = ConfigDict(extra="forbid")


class Status(Record):
    """A state word with its message and the time since which it holds."""

    status: str
    info: str = ""
    since: float = 0.0
    data: dict[str, Any] = Field(default_factory=dict)


class User(Record):
    """An account of a controller; `access` is "login" or "superuser"."""

    name: str
    display_name: str = ""
    salt: str = ""
    password: str = ""  # hashed
    access: str = "login"
    disabled: bool = False
    created_by: str = "admin"
    created: float = 0.0
    last_login: float | None = None


class Credential(Record):
    """How a model's machines are paid for: for MAAS one API key."""

    cloud: str
    owner: str
    name: str
    auth_type: str
    attrs: dict[str, str] = Field(default_factory=dict)
    valid: bool = True

    @property
    def tag(self) -> str:
        """As it is named on the wire."""
        return f"cloudcred-{self.cloud}_{self.owner}_{self.name}"


class Machine(Record):
    """A machine or container of a model; `id` is "0" or "0/lxd/1".

    `instance_id` is MAAS's system id, or a container's name. `present` says whether its agent talks to the controller. `holder`
    is the unit that runs a hook: one at a time on each machine.
    """

    id: str
    base: str
    constraints: dict[str, Any] = Field(default_factory=dict)
    placement: str = ""
    parent: str = ""
    container_type: str = ""
    life: Life = "alive"
    jobs: list[str] = Field(default_factory=lambda: ["JobHostUnits"])
    nonce: str = ""
    instance_id: str = ""
    device: str = ""  # MAAS's id of a container
    hostname: str = ""
    zone: str = ""
    addresses: list[dict[str, str]] = Field(default_factory=list)
    interfaces: dict[str, dict[str, Any]] = Field(default_factory=dict)
    hardware: dict[str, Any] = Field(default_factory=dict)
    instance: Status
    agent: Status
    attempts: int = 0
    deployed: bool = False
    started: bool = False
    present: bool = False
    keep: bool = False
    force: bool = False
    holder: str = ""

    @property
    def address(self) -> str:
        """The address that clients use, "" when it has none yet."""
        return self.addresses[0]["value"] if self.addresses else ""


class Endpoint(Record):
    """One end of a relation."""

    application: str
    name: str
    role: str
    interface: str
    scope: str = "global"
    limit: int = 0

    @property
    def key(self) -> str:
        """APPLICATION:NAME."""
        return f"{self.application}:{self.name}"


class Relation(Record):
    """Two endpoints that belong together, or one of a peer relation; `via` is where traffic to another model comes from."""

    id: int
    key: str
    endpoints: list[Endpoint]
    via: list[str] = Field(default_factory=list)
    life: Life = "alive"
    status: Status
    suspended: bool = False

    def end_of(self, application: str) -> Endpoint | None:
        """The end that is the application's."""
        return next((end for end in self.endpoints if end.application == application), None)

    def other_end(self, application: str) -> Endpoint:
        """The end on the other side; a peer relation's only one."""
        return next((end for end in self.endpoints if end.application != application), self.endpoints[0])

    @property
    def container_scoped(self) -> bool:
        """Whether it ties a subordinate to its principal."""
        return any(end.scope == "container" for end in self.endpoints)


class Unit(Record):
    """One instance of an application.

    `queue` holds the hooks that it still has to run; `failed` the one that went wrong. `joined` are relations whose hooks it ran,
    `published` those on which the other side has what it needs from this unit. `history` are its last statuses, newest last,
    each with "workload" or "juju-unit". `charm` is the URL of the charm that it runs, "" before it runs one. `state` is what
    the charm keeps on the unit.
    """

    name: str
    application: str
    machine: str
    principal: str = ""
    life: Life = "alive"
    agent: Status
    workload: Status
    version: str = ""
    charm: str = ""
    state: dict[str, Any] = Field(default_factory=dict)
    queue: list[str] = Field(default_factory=list)
    failed: str = ""
    attempts: int = 0
    running: str = ""
    started: bool = False
    paused: bool = False
    stopping: bool = False
    force: bool = False
    history: list[tuple[str, Status]] = Field(default_factory=list)
    joined: list[int] = Field(default_factory=list)
    published: list[int] = Field(default_factory=list)
    storage: list[str] = Field(default_factory=list)


class Application(Record):
    """A charm with its settings. `state` is what the charm itself keeps (passwords, whether Vault is unsealed, …)."""

    name: str
    charm: str
    url: str
    origin: dict[str, Any]
    channel: str
    base: str
    subordinate: bool
    options: dict[str, Any] = Field(default_factory=dict)
    trust: bool = False
    constraints: dict[str, Any] = Field(default_factory=dict)
    bindings: dict[str, str] = Field(default_factory=dict)
    exposed: dict[str, dict[str, list[str]]] | None = None
    storage: dict[str, dict[str, Any]] = Field(default_factory=dict)
    resources: dict[str, dict[str, Any]] = Field(default_factory=dict)
    life: Life = "alive"
    leader: str = ""
    state: dict[str, Any] = Field(default_factory=dict)
    created: float = 0.0


class Action(Record):
    """A task on one unit; `operation` is the request that it belongs to."""

    id: str
    operation: str
    receiver: str
    name: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    status: str = "pending"
    message: str = ""
    output: dict[str, Any] = Field(default_factory=dict)
    enqueued: float
    started: float | None = None
    completed: float | None = None


class Secret(Record):
    """A user secret with all its revisions, base64 values by key."""

    id: str
    label: str = ""
    description: str = ""
    revisions: list[dict[str, str]] = Field(default_factory=list)
    grants: list[str] = Field(default_factory=list)
    created: float
    updated: float


class Offer(Record):
    """Endpoints of an application that other models may use."""

    uuid: str
    name: str
    application: str
    description: str = ""
    endpoints: dict[str, str] = Field(default_factory=dict)
    users: dict[str, str] = Field(default_factory=dict)


class RemoteApplication(Record):
    """An offer of another model, as this model sees it."""

    name: str
    offer_uuid: str
    offer_url: str
    source_model: str
    endpoints: list[dict[str, Any]] = Field(default_factory=list)
    life: Life = "alive"


class Storage(Record):
    """A storage instance of a unit; `size` in MiB."""

    tag: str
    name: str
    unit: str
    pool: str
    size: int
    kind: int = 1
    since: float = 0.0


class Space(Record):
    """A network space with the subnets that MAAS has in it."""

    id: str
    name: str
    provider_id: str = ""
    subnets: list[dict[str, Any]] = Field(default_factory=list)


class Model(Record):
    """A model with everything in it; `version` is its agents'."""

    uuid: str
    name: str
    owner: str
    cloud: str
    region: str
    credential: str
    version: str = VERSION
    life: Life = "alive"
    status: Status
    config: dict[str, Any] = Field(default_factory=dict)
    constraints: dict[str, Any] = Field(default_factory=dict)
    users: dict[str, str] = Field(default_factory=dict)
    keys: list[str] = Field(default_factory=list)
    annotations: dict[str, dict[str, str]] = Field(default_factory=dict)
    spaces: list[Space] = Field(default_factory=list)
    machines: dict[str, Machine] = Field(default_factory=dict)
    applications: dict[str, Application] = Field(default_factory=dict)
    units: dict[str, Unit] = Field(default_factory=dict)
    relations: dict[int, Relation] = Field(default_factory=dict)
    actions: dict[str, Action] = Field(default_factory=dict)
    secrets: dict[str, Secret] = Field(default_factory=dict)
    offers: dict[str, Offer] = Field(default_factory=dict)
    remotes: dict[str, RemoteApplication] = Field(default_factory=dict)
    storage: dict[str, Storage] = Field(default_factory=dict)
    pools: dict[str, dict[str, Any]] = Field(default_factory=dict)
    blocks: dict[str, str] = Field(default_factory=dict)
    local_charms: dict[str, dict[str, Any]] = Field(default_factory=dict)
    pending_resources: dict[str, dict[str, Any]] = Field(default_factory=dict)
    charms: list[str] = Field(default_factory=list)
    sequences: dict[str, int] = Field(default_factory=dict)
    force: bool = False
    destroy_storage: bool = False
    is_controller: bool = False


class SecretBackend(Record):
    """Where secrets are kept other than with the controller."""

    id: str
    name: str
    kind: str
    config: dict[str, Any] = Field(default_factory=dict)


class Controller(Record):
    """A controller; `port` is the label of the TCP port that it answers on.

    `claimed` says whether the client that bootstraps it has noted it down.
    """

    uuid: str
    name: str
    port: str
    life: Life = "alive"
    ready: bool = False
    claimed: bool = False
    config: dict[str, Any] = Field(default_factory=dict)
    clouds: dict[str, dict[str, Any]] = Field(default_factory=dict)
    credentials: dict[str, Credential] = Field(default_factory=dict)
    users: dict[str, User] = Field(default_factory=dict)
    backends: dict[str, SecretBackend] = Field(default_factory=dict)
    models: dict[str, Model] = Field(default_factory=dict)

    def model_named(self, name: str, owner: str = "admin") -> Model | None:
        """The owner's model of this name."""
        return next((m for m in self.models.values() if m.name == name and m.owner == owner), None)


class State(Record):
    """Everything that is saved."""

    controllers: dict[str, Controller] = Field(default_factory=dict)
