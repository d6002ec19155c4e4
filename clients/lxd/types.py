"""What LXD answers, as typed values."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

Config = Mapping[str, str]
Devices = Mapping[str, Mapping[str, str]]
Body = dict[str, Any]

INSTANCE_FIELDS = ("architecture", "stateful", "ephemeral", "profiles", "description", "devices", "config")
"""All that a PUT of an instance takes."""

STOPPED = "Stopped"
RUNNING = "Running"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Object:
    """Anything with a name, a description and a config; `body` is all of LXD's answer, `etag` guards a change of it."""

    name: str
    description: str
    config: Config
    devices: Devices
    body: Mapping[str, Any]
    etag: str | None = None

    @classmethod
    def _from_dict(cls, body: Mapping[str, Any], etag: str | None = None) -> Object:
        return cls(
            name=str(body.get("name", "")),
            description=str(body.get("description") or ""),
            config=dict(body.get("config") or {}),
            devices={name: dict(device) for name, device in (body.get("devices") or {}).items()},
            body=body,
            etag=etag,
        )

    @property
    def used_by(self) -> list[str]:
        """Paths of what uses it."""
        return list(self.body.get("used_by") or [])


@dataclasses.dataclass(frozen=True, kw_only=True)
class Server:
    """The server itself. `trusted` is whether it knows us; an untrusted caller sees no config and no environment."""

    trusted: bool
    extensions: frozenset[str]
    config: Config
    clustered: bool
    storage_drivers: frozenset[str]
    instance_types: tuple[str, ...]
    version: str

    @classmethod
    def _from_dict(cls, body: Mapping[str, Any]) -> Server:
        environment: Mapping[str, Any] = body.get("environment") or {}
        drivers = " | ".join(str(environment.get(key) or "") for key in ("driver", "driver_version"))
        kinds = (("lxc", "container"), ("qemu", "virtual-machine"))
        return cls(
            trusted=body.get("auth") == "trusted",
            extensions=frozenset(body.get("api_extensions") or ()),
            config={key: str(value) for key, value in (body.get("config") or {}).items()},
            clustered=bool(environment.get("server_clustered")),
            storage_drivers=frozenset(d["Name"] for d in environment.get("storage_supported_drivers") or ()),
            instance_types=tuple(kind for sign, kind in kinds if sign in drivers),
            version=str(environment.get("server_version", "")),
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Address:
    """An address of an interface inside an instance."""

    address: str
    family: str
    scope: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Interface:
    """An interface inside a running instance."""

    name: str
    mac: str
    state: str
    type: str
    addresses: tuple[Address, ...]

    @classmethod
    def _from_dict(cls, name: str, body: Mapping[str, Any]) -> Interface:
        addresses = (Address(address=a["address"], family=a["family"], scope=a["scope"]) for a in body.get("addresses") or ())
        return cls(
            name=name,
            mac=str(body.get("hwaddr", "")),
            state=str(body.get("state", "")),
            type=str(body.get("type", "")),
            addresses=tuple(addresses),
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class InstanceState:
    """What an instance does now; `processes` is -1 while a VM's agent isn't up."""

    status: str
    processes: int
    interfaces: Mapping[str, Interface]

    @classmethod
    def _from_dict(cls, body: Mapping[str, Any]) -> InstanceState:
        network: Mapping[str, Any] = body.get("network") or {}
        return cls(
            status=str(body["status"]),
            processes=int(body.get("processes") or 0),
            interfaces={name: Interface._from_dict(name, data) for name, data in network.items()},
        )

    @property
    def running(self) -> bool:
        """Whether it is on."""
        return self.status == RUNNING


@dataclasses.dataclass(frozen=True, kw_only=True)
class Operation:
    """Work that LXD does in the background."""

    id: str
    done: bool
    failed: bool
    error: str
    kind: str
    metadata: Mapping[str, Any]
    created_at: str

    @classmethod
    def _from_dict(cls, body: Mapping[str, Any]) -> Operation:
        code = int(body["status_code"])
        return cls(
            id=str(body["id"]),
            done=code >= 200,
            failed=code >= 400,
            error=str(body.get("err") or ""),
            kind=str(body.get("class") or ""),
            metadata=body.get("metadata") or {},
            created_at=str(body.get("created_at") or ""),
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Space:
    """Room in a storage pool, in bytes."""

    total: int
    used: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Host:
    """What the machine under LXD has: threads, and memory in bytes."""

    cpus: int
    memory: int
