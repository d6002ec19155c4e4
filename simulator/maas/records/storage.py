"""Disks and what is on them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .base import Row


class Filesystem(BaseModel):
    """What a disk or a partition is formatted with; `group` is what it is a member of, `cache_set` what it caches for."""

    model_config = ConfigDict(extra="forbid")

    fstype: str
    uuid: str
    label: str | None = None
    mount_point: str | None = None
    mount_options: str | None = None
    group: int | None = None
    cache_set: int | None = None


class BlockDevice(Row):
    """A disk, or a virtual one made by `group`. `size` in bytes."""

    node: str
    name: str
    type: Literal["physical", "virtual"] = "physical"
    size: int
    block_size: int = 512
    model: str = ""
    serial: str = ""
    id_path: str = ""
    firmware_version: str | None = None
    tags: list[str] = Field(default_factory=list)
    uuid: str | None = None
    partition_table: str | None = None
    filesystem: Filesystem | None = None
    group: int | None = None


class Partition(Row):
    """A part of a block device; `size` in bytes, `index` its number on the disk."""

    device: int
    uuid: str
    size: int
    index: int
    bootable: bool = False
    tags: list[str] = Field(default_factory=list)
    filesystem: Filesystem | None = None


class Group(Row):
    """A volume group, a RAID, a bcache or a VMFS datastore made of filesystems that name it."""

    node: str
    kind: str
    name: str
    uuid: str
    cache_set: int | None = None
    cache_mode: str = ""


class CacheSet(Row):
    """What bcaches cache on."""

    node: str
    name: str
