"""Disks and what is on them, as typed values; sizes are bytes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Filesystem:
    """What a device is formatted with, and where it is mounted."""

    fstype: str
    label: str
    mount_point: str | None
    mount_options: str | None

    @classmethod
    def _from_dict(cls, data: Json | None) -> Filesystem | None:
        if not data or not data.get("fstype"):
            return None
        return cls(
            fstype=data["fstype"],
            label=data.get("label") or "",
            mount_point=data.get("mount_point") or None,
            mount_options=data.get("mount_options") or None,
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Partition:
    """A partition of a disk."""

    id: int
    device_id: int
    size: int
    bootable: bool
    path: str
    tags: tuple[str, ...]
    filesystem: Filesystem | None

    @classmethod
    def _from_dict(cls, data: Json) -> Partition:
        return cls(
            id=data["id"],
            device_id=data["device_id"],
            size=data["size"],
            bootable=bool(data.get("bootable")),
            path=data.get("path") or "",
            tags=tuple(data.get("tags") or ()),
            filesystem=Filesystem._from_dict(data.get("filesystem")),
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class BlockDevice:
    """A disk, or what looks like one: a RAID, a logical volume, a bcache."""

    id: int
    name: str
    type: str
    size: int
    id_path: str
    model: str
    serial: str
    path: str
    used_for: str
    tags: tuple[str, ...]
    filesystem: Filesystem | None
    partitions: tuple[Partition, ...]

    @classmethod
    def _from_dict(cls, data: Json) -> BlockDevice:
        texts = {name: data.get(name) or "" for name in ("name", "type", "id_path", "model", "serial", "path", "used_for")}
        parts = [{"device_id": data["id"], **part} for part in data.get("partitions") or ()]
        return cls(
            id=data["id"],
            size=data["size"],
            **texts,
            tags=tuple(data.get("tags") or ()),
            filesystem=Filesystem._from_dict(data.get("filesystem")),
            partitions=tuple(Partition._from_dict(part) for part in parts),
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class VolumeGroup:
    """An LVM volume group; members by their kind."""

    id: int
    system_id: str
    name: str
    size: int
    block_devices: frozenset[int]
    partitions: frozenset[int]
    logical_volumes: Mapping[str, int]
    """Ids of the volumes' block devices, by the volume's name without the group's."""

    @classmethod
    def _from_dict(cls, data: Json) -> VolumeGroup:
        disks, parts = _members(data.get("devices") or ())
        prefix = f"{data['name']}-"
        volumes = {str(lv["name"]).removeprefix(prefix): lv["id"] for lv in data.get("logical_volumes") or ()}
        return cls(
            id=data["id"],
            system_id=data["system_id"],
            name=data["name"],
            size=data["size"],
            block_devices=disks,
            partitions=parts,
            logical_volumes=volumes,
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Raid:
    """A software RAID; members by their kind, and the disk that it looks like."""

    id: int
    name: str
    level: str
    block_devices: frozenset[int]
    partitions: frozenset[int]
    spare_devices: frozenset[int]
    spare_partitions: frozenset[int]
    virtual_device: BlockDevice

    @classmethod
    def _from_dict(cls, data: Json) -> Raid:
        disks, parts = _members(data.get("devices") or ())
        spare_disks, spare_parts = _members(data.get("spare_devices") or ())
        return cls(
            id=data["id"],
            name=data["name"],
            level=data["level"],
            block_devices=disks,
            partitions=parts,
            spare_devices=spare_disks,
            spare_partitions=spare_parts,
            virtual_device=BlockDevice._from_dict(data["virtual_device"]),
        )


def _members(devices: Any) -> tuple[frozenset[int], frozenset[int]]:
    disks = frozenset(device["id"] for device in devices if device.get("type") != "partition")
    return disks, frozenset(device["id"] for device in devices if device.get("type") == "partition")
