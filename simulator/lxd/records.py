"""What the daemon keeps: one record a kind of object, JSON values only, so that a stopped daemon starts again where it was."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Config = dict[str, str]
Devices = dict[str, dict[str, str]]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Project(_Record):
    """A namespace; `config` says which kinds of object it has of its own."""

    name: str
    description: str = ""
    config: Config = Field(default_factory=dict)


class Profile(_Record):
    """Configuration and devices that instances share."""

    name: str
    description: str = ""
    config: Config = Field(default_factory=dict)
    devices: Devices = Field(default_factory=dict)


class Forward(_Record):
    """An address whose traffic goes to instances."""

    listen_address: str
    description: str = ""
    config: Config = Field(default_factory=dict)
    ports: list[dict[str, str]] = Field(default_factory=list)


class Network(_Record):
    """A network that LXD manages."""

    name: str
    type: str
    description: str = ""
    config: Config = Field(default_factory=dict)
    forwards: dict[str, Forward] = Field(default_factory=dict)
    hwaddr: str = ""


class Acl(_Record):
    """Traffic rules by name."""

    name: str
    description: str = ""
    config: Config = Field(default_factory=dict)
    ingress: list[dict[str, str]] = Field(default_factory=list)
    egress: list[dict[str, str]] = Field(default_factory=list)


class Zone(_Record):
    """A DNS zone; `records` by name, each with its entries."""

    name: str
    description: str = ""
    config: Config = Field(default_factory=dict)
    records: dict[str, dict[str, Any]] = Field(default_factory=dict)


class Pool(_Record):
    """A storage pool."""

    name: str
    driver: str
    description: str = ""
    config: Config = Field(default_factory=dict)


class Volume(_Record):
    """A custom storage volume; those of instances are read off the instances."""

    name: str
    pool: str
    project: str
    content_type: str = "filesystem"
    description: str = ""
    config: Config = Field(default_factory=dict)
    snapshots: dict[str, dict[str, Any]] = Field(default_factory=dict)


class Image(_Record):
    """An image; times are RFC 3339."""

    fingerprint: str
    type: str = "container"
    architecture: str = "x86_64"
    filename: str = ""
    size: int = 0
    public: bool = False
    auto_update: bool = False
    cached: bool = False
    properties: dict[str, str] = Field(default_factory=dict)
    profiles: list[str] = Field(default_factory=lambda: ["default"])
    created_at: str
    expires_at: str = "1970-01-01T00:00:00Z"
    last_used_at: str = "0001-01-01T00:00:00Z"
    uploaded_at: str
    update_source: dict[str, str] | None = None


class Alias(_Record):
    """A name of an image."""

    name: str
    target: str
    type: str
    description: str = ""


class File(_Record):
    """A file, folder or link inside an instance; `content` in base64."""

    type: Literal["file", "directory", "symlink"] = "file"
    content: str = ""
    uid: int = 0
    gid: int = 0
    mode: int = 0o644
    modified: float = 0.0


class Snapshot(_Record):
    """An instance as it was."""

    name: str
    created_at: str
    expires_at: str = "0001-01-01T00:00:00Z"
    stateful: bool = False
    architecture: str
    config: Config
    devices: Devices
    ephemeral: bool
    profiles: list[str]
    expanded_config: Config
    expanded_devices: Devices
    files: dict[str, File] = Field(default_factory=dict)


class Instance(_Record):
    """A container or virtual machine. A VM's power is the world's; `running` is a container's."""

    name: str
    project: str
    type: Literal["container", "virtual-machine"]
    architecture: str = "x86_64"
    description: str = ""
    config: Config = Field(default_factory=dict)
    devices: Devices = Field(default_factory=dict)
    profiles: list[str] = Field(default_factory=list)
    ephemeral: bool = False
    stateful: bool = False
    created_at: str
    last_used_at: str = "1970-01-01T00:00:00Z"
    running: bool = False
    frozen: bool = False
    pid: int = 0
    files: dict[str, File] = Field(default_factory=dict)
    snapshots: dict[str, Snapshot] = Field(default_factory=dict)
    logs: dict[str, str] = Field(default_factory=dict)
    started: int = 0

    @property
    def is_vm(self) -> bool:
        """Whether it is a virtual machine."""
        return self.type == "virtual-machine"


class Certificate(_Record):
    """A client that the daemon trusts; `certificate` in PEM."""

    fingerprint: str
    name: str
    type: str = "client"
    restricted: bool = False
    projects: list[str] = Field(default_factory=list)
    certificate: str


class State(_Record):
    """Everything. Objects of a project are under its name, then their own."""

    config: dict[str, str] = Field(default_factory=dict)
    projects: dict[str, Project] = Field(default_factory=dict)
    profiles: dict[str, dict[str, Profile]] = Field(default_factory=dict)
    networks: dict[str, dict[str, Network]] = Field(default_factory=dict)
    acls: dict[str, dict[str, Acl]] = Field(default_factory=dict)
    zones: dict[str, dict[str, Zone]] = Field(default_factory=dict)
    pools: dict[str, Pool] = Field(default_factory=dict)
    volumes: list[Volume] = Field(default_factory=list)
    images: dict[str, dict[str, Image]] = Field(default_factory=dict)
    aliases: dict[str, dict[str, Alias]] = Field(default_factory=dict)
    instances: dict[str, dict[str, Instance]] = Field(default_factory=dict)
    certificates: dict[str, Certificate] = Field(default_factory=dict)
