"""Records as Keystone shows them."""

from __future__ import annotations

import datetime
from typing import Any

from ..call import Call
from .records import Credential, Domain, Endpoint, Group, Project, Region, Role, Service, State, User

View = dict[str, Any]


def link(call: Call, *parts: str) -> dict[str, str]:
    """A thing's own link."""
    return {"self": "/".join((f"{call.base}/v3", *parts))}


def stamp(when: float) -> str:
    """A time as tokens have it."""
    found = datetime.datetime.fromtimestamp(int(when), datetime.UTC)
    return found.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def domain(call: Call, found: Domain) -> View:
    """A domain."""
    shown = found.model_dump(exclude={"extra"})
    return found.extra | shown | {"links": link(call, "domains", found.id)}


def project(call: Call, found: Project) -> View:
    """A project."""
    shown = found.model_dump(exclude={"extra"})
    return found.extra | shown | {"is_domain": False, "links": link(call, "projects", found.id)}


def user(call: Call, found: User) -> View:
    """A user, without the password."""
    shown = found.model_dump(exclude={"extra", "password"}, exclude_none=True)
    return found.extra | shown | {"password_expires_at": None, "links": link(call, "users", found.id)}


def group(call: Call, found: Group) -> View:
    """A group."""
    return found.extra | found.model_dump(exclude={"extra", "users"}) | {"links": link(call, "groups", found.id)}


def role(call: Call, found: Role) -> View:
    """A role."""
    return found.model_dump() | {"links": link(call, "roles", found.id)}


def service(call: Call, found: Service) -> View:
    """A service."""
    shown = found.model_dump(exclude={"extra"}, exclude_none=True)
    return found.extra | shown | {"links": link(call, "services", found.id)}


def endpoint(call: Call, found: Endpoint) -> View:
    """An endpoint."""
    shown = found.model_dump(exclude={"extra"})
    return found.extra | shown | {"region": found.region_id, "links": link(call, "endpoints", found.id)}


def region(call: Call, found: Region) -> View:
    """A region."""
    return found.model_dump() | {"links": link(call, "regions", found.id)}


def credential(call: Call, state: State, found: Credential) -> View:
    """An application credential, without the secret."""
    shown = found.model_dump(exclude={"secret", "roles"}) | {"system": None}
    roles = [state.roles[name].model_dump() for name in found.roles if name in state.roles]
    return shown | {"roles": roles, "links": link(call, "application_credentials", found.id)}
