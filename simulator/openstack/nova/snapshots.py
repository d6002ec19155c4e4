"""Images of servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import history
from .records import Server
from .steps import later, step

if TYPE_CHECKING:
    from .compute import Compute

_SECONDS = 3.0
_CONTENT = b"snapshot"
"""The simulated servers' disks are empty."""


def take(compute: Compute, server: Server, name: str, metadata: dict[str, str]) -> str:
    """Makes an image of a server; returns its id."""
    image = compute.cloud.image.create(
        server.project_id,
        name,
        _CONTENT,
        disk_format="raw",
        container_format="bare",
        visibility="private",
        min_disk=server.flavor.disk,
        image_type="snapshot",
        instance_uuid=server.id,
        user_id=server.user_id,
        base_image_ref=server.image_id,
        **metadata,
    )
    server.task_state, server.updated = "image_uploading", compute.now()
    later(compute, server, _SECONDS, "snapped")
    return str(image["id"])


@step("snapped")
def _snapped(compute: Compute, server: Server) -> None:
    if server.task_state == "image_uploading":
        server.task_state, server.updated = None, compute.now()
        history.finish(compute, server)
