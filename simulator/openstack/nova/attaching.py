"""Volumes at servers: Nova's half of what it does together with Cinder."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from .records import Attached, Server
from .steps import later, step

if TYPE_CHECKING:
    from .compute import Compute

_ATTACHING, _DETACHING = 0.8, 0.5
"""Seconds."""
_PREFIX = "/dev/sd"
ROOT = f"{_PREFIX}a"


def device_after(volumes: list[Attached], wanted: str | None = None) -> str:
    """The name of the next disk of a server with these volumes; its root disk is the first."""
    taken = {each.device for each in volumes} | {ROOT}
    if wanted and wanted not in taken:
        return wanted
    return next(name for name in (f"{_PREFIX}{letter}" for letter in string.ascii_lowercase) if name not in taken)


def reserve(compute: Compute, server: Server, attached: Attached) -> None:
    """Reserves a volume for a server.

    Raises:
        Fault: Cinder will not.
    """
    attached.attachment_id = compute.cloud.volume.reserve(attached.volume_id, server_id=server.id)


def attach(compute: Compute, server: Server, attached: Attached) -> None:
    """Begins attaching a volume to a server that exists.

    Raises:
        Fault: Cinder will not.
    """
    reserve(compute, server, attached)
    server.volumes.append(attached)
    later(compute, server, _ATTACHING, "attached", volume=attached.volume_id)


@step("attached")
def _attached(compute: Compute, server: Server, volume: str) -> None:
    for attached in server.volumes:
        if attached.volume_id == volume:
            complete(compute, server, attached)


def prepare(compute: Compute, server: Server, attached: Attached) -> bool:
    """Sees to it that a volume which a server boots with is there and reserved; says whether it is.

    Raises:
        Fault: Cinder will not, or could not make it.
    """
    volumes = compute.cloud.volume
    if not attached.volume_id:
        attached.volume_id = volumes.create_for_server(
            project_id=server.project_id,
            user_id=server.user_id,
            size=attached.size or server.flavor.disk or 1,
            image_id=attached.image_id,
            snapshot_id=attached.snapshot_id,
            volume_type=attached.volume_type,
        )
    if not volumes.ready(attached.volume_id):
        return False
    if not attached.attachment_id:
        reserve(compute, server, attached)
    return True


def complete(compute: Compute, server: Server, attached: Attached) -> None:
    """Has a reserved volume be in use."""
    compute.cloud.volume.attach(attached.attachment_id, device=attached.device)


def detach(compute: Compute, server: Server, attached: Attached) -> None:
    """Begins detaching a volume.

    Raises:
        Fault: Cinder will not.
    """
    compute.cloud.volume.begin_detaching(attached.volume_id)
    attached.detaching = True
    later(compute, server, _DETACHING, "detached", volume=attached.volume_id)


@step("detached")
def _detached(compute: Compute, server: Server, volume: str) -> None:
    for attached in list(server.volumes):
        if attached.volume_id == volume:
            release(compute, server, attached)


def release(compute: Compute, server: Server, attached: Attached, *, server_goes: bool = False) -> None:
    """Takes a volume off a server; one that was to go with it is deleted."""
    server.volumes.remove(attached)
    if attached.attachment_id:
        compute.cloud.volume.detach(attached.attachment_id)
    if attached.volume_id and server_goes and attached.delete_on_termination:
        compute.cloud.volume.delete_for_server(attached.volume_id)
