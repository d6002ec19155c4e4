"""What Keystone keeps, as records that are saved as JSON. Passwords, secrets and tokens are kept as hashes only."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


def new_id() -> str:
    """An id as Keystone makes them."""
    return uuid.uuid4().hex


def digest(text: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()


class Record(BaseModel):
    """A part of the saved state."""

    model_config = ConfigDict(extra="forbid")


class Secret(Record):
    """A password or secret that can be compared, not read."""

    salt: str = ""
    hash: str = ""

    @classmethod
    def of(cls, text: str) -> Secret:
        """Keeps a text."""
        salt = secrets.token_hex(8)
        return cls(salt=salt, hash=digest(salt + text))

    def holds(self, text: str) -> bool:
        """Whether this is the text; an empty one holds nothing."""
        return bool(self.hash and text) and secrets.compare_digest(self.hash, digest(self.salt + text))


class Domain(Record):
    """A namespace of projects, users and groups."""

    id: str = Field(default_factory=new_id)
    name: str
    description: str = ""
    enabled: bool = True
    tags: list[str] = Field(default_factory=list)
    options: dict[str, Any] = Field(default_factory=dict)
    extra: dict[str, Any] = Field(default_factory=dict)


class Project(Domain):
    """What resources belong to."""

    domain_id: str
    parent_id: str = ""


class User(Record):
    """An account; `extra` is what the client sent beyond the known properties."""

    id: str = Field(default_factory=new_id)
    name: str
    domain_id: str
    enabled: bool = True
    default_project_id: str | None = None
    password: Secret = Field(default_factory=Secret)
    options: dict[str, Any] = Field(default_factory=dict)
    extra: dict[str, Any] = Field(default_factory=dict)


class Group(Record):
    """Users that have roles together."""

    id: str = Field(default_factory=new_id)
    name: str
    domain_id: str
    description: str = ""
    users: list[str] = Field(default_factory=list)
    extra: dict[str, Any] = Field(default_factory=dict)


class Role(Record):
    """What an assignment gives."""

    id: str = Field(default_factory=new_id)
    name: str
    domain_id: str | None = None
    description: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)


class Assignment(Record):
    """A role of a user or group on a project, a domain or the system ("all")."""

    role: str
    actor: Literal["user", "group"]
    actor_id: str
    scope: Literal["project", "domain", "system"]
    scope_id: str


class Service(Record):
    """An entry of the catalog."""

    id: str = Field(default_factory=new_id)
    name: str | None = None
    type: str
    enabled: bool = True
    extra: dict[str, Any] = Field(default_factory=dict)


class Endpoint(Record):
    """Where a service is reached; `url` may hold $(tenant_id)s and the like."""

    id: str = Field(default_factory=new_id)
    interface: str
    region_id: str | None = None
    service_id: str
    url: str
    enabled: bool = True
    extra: dict[str, Any] = Field(default_factory=dict)


class Region(Record):
    """A place."""

    id: str
    description: str = ""
    parent_region_id: str | None = None


class Credential(Record):
    """An application credential."""

    id: str = Field(default_factory=new_id)
    name: str
    description: str | None = None
    user_id: str
    project_id: str
    roles: list[str]
    secret: Secret
    expires_at: str | None = None
    unrestricted: bool | None = None


class Issued(Record):
    """A token; times are virtual POSIX seconds."""

    user_id: str
    methods: list[str]
    audit_ids: list[str]
    issued: float
    expires: float
    project_id: str | None = None
    domain_id: str | None = None
    system: bool = False
    credential: str | None = None


class State(Record):
    """Everything that is saved. `registered` are the charms' services: base URL by type; `admin` the charm's password, hashed."""

    domains: dict[str, Domain] = Field(default_factory=dict)
    projects: dict[str, Project] = Field(default_factory=dict)
    users: dict[str, User] = Field(default_factory=dict)
    groups: dict[str, Group] = Field(default_factory=dict)
    roles: dict[str, Role] = Field(default_factory=dict)
    implied: dict[str, list[str]] = Field(default_factory=dict)
    assignments: list[Assignment] = Field(default_factory=list)
    services: dict[str, Service] = Field(default_factory=dict)
    endpoints: dict[str, Endpoint] = Field(default_factory=dict)
    regions: dict[str, Region] = Field(default_factory=dict)
    credentials: dict[str, Credential] = Field(default_factory=dict)
    tokens: dict[str, Issued] = Field(default_factory=dict)
    registered: dict[str, str] = Field(default_factory=dict)
    admin: Secret = Field(default_factory=Secret)
