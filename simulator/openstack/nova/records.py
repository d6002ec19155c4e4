"""What Nova keeps: rows of its database, as data.

Times are POSIX seconds of the rack's clock.
"""

from __future__ import annotations

import pydantic


class Flavor(pydantic.BaseModel):
    """A size of servers; `ram` and `swap` in MiB, `disk` and `ephemeral` in GiB."""

    row: int
    id: str
    name: str
    ram: int
    vcpus: int
    disk: int
    ephemeral: int = 0
    swap: int = 0
    rxtx_factor: float = 1.0
    is_public: bool = True
    description: str | None = None
    extra_specs: dict[str, str] = {}
    projects: list[str] = []


class Keypair(pydantic.BaseModel):
    """A public key of a user."""

    row: int
    user_id: str
    name: str
    type: str = "ssh"
    public_key: str
    fingerprint: str
    created: float


class Service(pydantic.BaseModel):
    """A daemon that has registered itself."""

    row: int
    id: str
    binary: str
    host: str
    zone: str
    disabled: bool = False
    disabled_reason: str | None = None
    forced_down: bool = False
    seen: float
    """When it last reported itself."""
    changed: float | None = None
    """When it was last changed by somebody, where that is later."""
    hypervisor_id: str = ""
    """The compute node's id; only of nova-compute."""
    hypervisor_row: int = 0
    vcpus: int = 0
    memory_mib: int = 0
    disk_gib: int = 0
    address: str = "127.0.0.1"
    boots: int | None = None
    """How often its machine had been started when its servers were last looked at."""


class Aggregate(pydantic.BaseModel):
    """A named set of hosts."""

    id: int
    uuid: str
    name: str
    hosts: list[str] = []
    metadata: dict[str, str] = {}
    created: float
    updated: float | None = None


class Group(pydantic.BaseModel):
    """A server group: servers that are to be together or apart."""

    id: str
    name: str
    policy: str
    rules: dict[str, int] = {}
    project_id: str
    user_id: str


class Attached(pydantic.BaseModel):
    """A volume at a server, or one that is to be made for it from an image (`volume_id` is empty until it is)."""

    volume_id: str
    device: str
    delete_on_termination: bool = False
    tag: str | None = None
    attachment_id: str = ""
    bdm_uuid: str
    boot: bool = False
    image_id: str = ""
    snapshot_id: str = ""
    size: int = 0
    volume_type: str | None = None
    detaching: bool = False


class Nic(pydantic.BaseModel):
    """What a server was asked to be connected to: a port that exists, or a network to make one on."""

    network_id: str = ""
    port_id: str = ""
    fixed_ip: str | None = None
    tag: str | None = None


class Event(pydantic.BaseModel):
    """What was done to a server, as its instance actions list it."""

    action: str
    request_id: str
    user_id: str
    project_id: str
    start: float
    updated: float
    message: str | None = None


class Migration(pydantic.BaseModel):
    """A move of a server between hosts."""

    id: int
    uuid: str
    server_id: str
    type: str
    status: str
    source: str
    dest: str | None
    created: float
    updated: float | None = None
    user_id: str
    project_id: str


class Failure(pydantic.BaseModel):
    """Why a server is in error."""

    code: int
    message: str
    created: float


class Server(pydantic.BaseModel):
    """An instance."""

    row: int = 0
    """Its number in the database of its cell; those that found no host are in one of their own."""
    id: str
    name: str
    hostname: str
    project_id: str
    user_id: str
    flavor: Flavor
    image_id: str = ""
    image_properties: dict[str, str] = {}
    metadata: dict[str, str] = {}
    description: str | None = None
    key_name: str | None = None
    user_data: str | None = None
    config_drive: bool = False
    zone: str | None = None
    """The availability zone that was asked for."""
    wanted_host: str | None = None
    """The host that an administrator asked for."""
    group_id: str | None = None
    by_admin: bool = False
    """Whether an administrator asked for it; only for them does Nova use external networks."""
    tags: list[str] = []
    security_groups: list[str] = []
    nics: list[Nic] = []
    volumes: list[Attached] = []
    reservation_id: str
    launch_index: int = 0
    host: str | None = None
    old_host: str | None = None
    old_flavor: Flavor | None = None
    root_device: str | None = None
    placed: bool = False
    """Whether the scheduler has given it a host."""
    vm_state: str = "building"
    task_state: str | None = "scheduling"
    power_state: int = 0
    locked: bool = False
    locked_reason: str | None = None
    fault: Failure | None = None
    created: float
    updated: float
    launched: float | None = None
    terminated: float | None = None
    events: list[Event] = []
