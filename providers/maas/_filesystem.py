"""Tags, filesystems and mounts, alike for disks, partitions, RAIDs and logical volumes.

Formatting destroys: it happens only when there is no filesystem yet, or another one than asked; never for a tag, a mount or a
neighbour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from clients.maas import errors
from clients.maas.storage import Filesystem

from .. import _base
from ._vocabulary import NameList

Act = Callable[..., Any]
"""Calls an operation of the device: format, unformat, mount, unmount, add_tag, remove_tag."""

INPUTS = ("fs_type", "label", "mount_point", "mount_options")


class FilesystemInputs(_base.Inputs):
    """What a device is formatted with and where it is mounted; `mount_point` "none" is swap's."""

    fs_type: str | None = None
    label: str | None = None
    mount_point: str | None = None
    mount_options: str | None = None


class DeviceInputs(FilesystemInputs):
    """What a device that MAAS can tag may be; others' tags stay on it."""

    tags: NameList | None = None


class Device(Protocol):
    """What MAAS says of one."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Ours and others'."""

    @property
    def filesystem(self) -> Filesystem | None:
        """What is on it."""


def refusals(news: _base.Props) -> Iterator[tuple[str, str]]:
    """Yields what can't be: something on a device that has no filesystem."""
    for name in ("label", "mount_point", "mount_options"):
        if name in news and "fs_type" not in news:
            yield name, "needs fs_type"
    if "mount_options" in news and "mount_point" not in news:
        yield "mount_options", "needs mount_point"
    point = news.get("mount_point")
    if isinstance(point, str) and not _base.is_unknown(point) and not point.startswith("/") and point != "none":
        yield "mount_point", f"must begin with a slash (got {point!r})"


def seen(found: Filesystem | None) -> dict[str, Any]:
    """The filesystem under the names of the inputs."""
    if found is None:
        return dict.fromkeys(INPUTS)
    return {
        "fs_type": found.fstype,
        "label": found.label or None,
        "mount_point": found.mount_point,
        "mount_options": found.mount_options,
    }


def told(device: Device, old: _base.Props) -> dict[str, Any]:
    """A device's filesystem, and those of its tags that are ours, under the names of the inputs."""
    return {**seen(device.filesystem), "tags": sorted(set(device.tags) & set(old.get("tags") or ()))}


def settle(act: Act, device: Device, wanted: DeviceInputs, old: _base.Props) -> None:
    """Brings a device's tags and filesystem to what is wanted; `old` holds the last outputs, nothing at first."""
    tags(act, device.tags, wanted.tags, old)
    apply(act, device.filesystem, wanted, was_ours="fs_type" in old)


def apply(act: Act, found: Filesystem | None, wanted: FilesystemInputs, *, was_ours: bool) -> None:
    """Brings a device's filesystem to what is wanted.

    Args:
        act: calls the device's operations.
        found: what is on it.
        wanted: what should be.
        was_ours: whether this program formatted it before; only then is a filesystem that is wanted no more taken off.
    """
    if wanted.fs_type is None:
        if found is not None and was_ours:
            act("unformat")
        return
    if found is None or found.fstype != wanted.fs_type or (wanted.label is not None and found.label != wanted.label):
        act("format", fstype=wanted.fs_type, **({"label": wanted.label} if wanted.label is not None else {}))
        found = None
    _mount(act, found, wanted, was_ours=was_ours)


def clear(act: Act, found: Filesystem | None) -> None:
    """Takes a filesystem of ours off; one that is gone, or a machine that is in use by now, needs nothing."""
    if found is not None:
        try:
            act("unformat")
        except errors.Refused as refused:
            if refused.status != 409:
                raise


def tags(act: Act, found: tuple[str, ...], wanted: list[str] | None, old: Mapping[str, Any]) -> None:
    """Puts our tags on a device and takes those off that were ours; others' stay."""
    ours = set(wanted or ())
    for tag in sorted(ours - set(found)):
        act("add_tag", tag=tag)
    for tag in sorted((set(old.get("tags") or ()) - ours) & set(found)):
        act("remove_tag", tag=tag)


def _mount(act: Act, found: Filesystem | None, wanted: FilesystemInputs, *, was_ours: bool) -> None:
    mounted = found.mount_point if found is not None else None
    if wanted.mount_point is None:
        if mounted is not None and was_ours:
            act("unmount")
        return
    same_options = found is not None and (wanted.mount_options is None or found.mount_options == (wanted.mount_options or None))
    if mounted == wanted.mount_point and same_options:
        return
    options = {} if wanted.mount_options is None else {"mount_options": wanted.mount_options}
    act("mount", mount_point=wanted.mount_point, **options)
