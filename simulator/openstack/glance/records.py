"""What Glance keeps, as records that are saved as JSON; the images' data lies beside them."""

from __future__ import annotations

import uuid
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Record(BaseModel):
    """A part of the saved state. Times are virtual POSIX seconds."""

    model_config = ConfigDict(extra="forbid")


class Member(Record):
    """A project that an image is shared with."""

    member_id: str
    status: str = "pending"
    created: float
    updated: float


class Task(Record):
    """An import."""

    id: str
    status: str = "pending"
    owner: str
    user_id: str
    request: dict[str, Any]
    created: float
    updated: float
    message: str = ""


class Image(Record):
    """An image; `extra` are its custom properties."""

    id: str = Field(default_factory=lambda: str(uuid.uuid4()))
    name: str | None = None
    status: str = "queued"
    visibility: str = "shared"
    protected: bool = False
    os_hidden: bool = False
    owner: str | None
    disk_format: str | None = None
    container_format: str | None = None
    min_disk: int = 0
    min_ram: int = 0
    size: int | None = None
    virtual_size: int | None = None
    checksum: str | None = None
    os_hash_algo: str | None = None
    os_hash_value: str | None = None
    tags: list[str] = Field(default_factory=list)
    extra: dict[str, str] = Field(default_factory=dict)
    members: list[Member] = Field(default_factory=list)
    tasks: list[Task] = Field(default_factory=list)
    created: float
    updated: float


class State(Record):
    """Everything that is saved. `deleted` are ids that are never given again."""

    images: dict[str, Image] = Field(default_factory=dict)
    deleted: list[str] = Field(default_factory=list)
