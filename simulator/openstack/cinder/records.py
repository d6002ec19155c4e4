"""What Cinder keeps: rows of its database, as data. Times are POSIX seconds, sizes GiB."""

from __future__ import annotations

import pydantic


class VolumeType(pydantic.BaseModel):
    """A kind of volume."""

    id: str
    name: str
    description: str | None = None
    is_public: bool = True
    extra_specs: dict[str, str] = {}
    projects: list[str] = []


class Attachment(pydantic.BaseModel):
    """A volume's being at a server, or its being kept for one."""

    id: str
    volume_id: str
    server_id: str
    status: str = "reserved"
    device: str | None = None
    host: str | None = None
    attached: float | None = None


class Volume(pydantic.BaseModel):
    """A volume."""

    id: str
    name: str | None
    description: str | None = None
    size: int
    status: str = "creating"
    project_id: str
    user_id: str
    type_id: str
    zone: str = "nova"
    host: str | None = None
    service_id: str | None = None
    multiattach: bool = False
    bootable: bool = False
    metadata: dict[str, str] = {}
    image_metadata: dict[str, str] = {}
    image_id: str | None = None
    snapshot_id: str | None = None
    source_id: str | None = None
    created: float
    updated: float | None = None


class Snapshot(pydantic.BaseModel):
    """A volume as it was at a time."""

    id: str
    name: str | None
    description: str | None = None
    volume_id: str
    size: int
    status: str = "creating"
    project_id: str
    user_id: str
    metadata: dict[str, str] = {}
    created: float
    updated: float | None = None


class Service(pydantic.BaseModel):
    """A daemon that has registered itself."""

    id: str
    binary: str
    host: str
    disabled: bool = False
    disabled_reason: str | None = None
    seen: float


class Store(pydantic.BaseModel):
    """Cinder's database."""

    types: dict[str, VolumeType] = {}
    volumes: dict[str, Volume] = {}
    snapshots: dict[str, Snapshot] = {}
    attachments: dict[str, Attachment] = {}
    services: dict[str, Service] = {}
    quotas: dict[str, dict[str, int]] = {}
