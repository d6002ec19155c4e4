"""Which handler serves which method of which path, and for whom."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from .access import Level
from .call import Call
from .handlers import (
    aliases,
    certificates,
    commands,
    events,
    files,
    images,
    instances,
    network_acls,
    network_forwards,
    network_zones,
    networks,
    operations,
    pools,
    profiles,
    projects,
    server,
    snapshots,
    volumes,
)

Handler = Callable[[Call], web.StreamResponse | Awaitable[web.StreamResponse]]


@dataclasses.dataclass(frozen=True)
class Route:
    """A row of the table."""

    method: str
    path: str
    handler: Handler
    level: Level = Level.CLIENT


def _object(
    collection: str, module: object, key: str = "name", *, level: Level = Level.CLIENT, reads: Level = Level.CLIENT
) -> list[Route]:
    """The usual eight verbs of a collection, as far as a module has them."""
    one = f"{collection}/{{{key}}}"
    verbs = (
        ("GET", collection, "listing", reads),
        ("POST", collection, "create", level),
        ("GET", one, "show", reads),
        ("PUT", one, "replace", level),
        ("PATCH", one, "patch", level),
        ("POST", one, "rename", level),
        ("DELETE", one, "remove", level),
    )
    return [Route(method, path, getattr(module, verb), who) for method, path, verb, who in verbs if hasattr(module, verb)]


def _instances(collection: str) -> list[Route]:
    one = f"/1.0/{collection}/{{name}}"
    return [
        *_object(f"/1.0/{collection}", instances),
        Route("PUT", f"/1.0/{collection}", instances.change_states),
        Route("GET", f"{one}/state", instances.state),
        Route("PUT", f"{one}/state", instances.change_state),
        *_object(f"{one}/snapshots", snapshots, "snapshot"),
        Route("PATCH", f"{one}/snapshots/{{snapshot}}", snapshots.replace),
        Route("GET", f"{one}/files", files.read),
        Route("HEAD", f"{one}/files", files.read),
        Route("POST", f"{one}/files", files.write),
        Route("DELETE", f"{one}/files", files.remove),
        Route("POST", f"{one}/exec", commands.run),
        Route("GET", f"{one}/logs", commands.logs),
        Route("GET", f"{one}/logs/{{file}}", commands.log),
        Route("DELETE", f"{one}/logs/{{file}}", commands.remove_log),
    ]


_POOL = "/1.0/storage-pools/{pool}"
_VOLUME = f"{_POOL}/volumes/{{type}}/{{volume}}"
_ZONE = "/1.0/network-zones/{name}"

ROUTES: list[Route] = [
    Route("GET", "/", server.versions, Level.ANYONE),
    Route("GET", "/1.0", server.show, Level.ANYONE),
    Route("PUT", "/1.0", server.replace, Level.ADMIN),
    Route("PATCH", "/1.0", server.patch, Level.ADMIN),
    Route("GET", "/1.0/cluster", server.cluster, Level.TRUSTED),
    Route("GET", "/1.0/cluster/members", server.cluster_members, Level.TRUSTED),
    Route("GET", "/1.0/resources", server.resources, Level.TRUSTED),
    Route("GET", "/1.0/events", events.listen, Level.TRUSTED),
    Route("GET", "/1.0/operations", operations.listing, Level.TRUSTED),
    Route("GET", "/1.0/operations/{id}", operations.show, Level.TRUSTED),
    Route("GET", "/1.0/operations/{id}/wait", operations.wait, Level.TRUSTED),
    Route("GET", "/1.0/operations/{id}/websocket", commands.websocket, Level.ANYONE),
    Route("DELETE", "/1.0/operations/{id}", operations.cancel, Level.TRUSTED),
    Route("POST", "/1.0/certificates", certificates.add, Level.ANYONE),
    *_object("/1.0/certificates", certificates, "fingerprint", level=Level.ADMIN, reads=Level.TRUSTED),
    *_object("/1.0/projects", projects, level=Level.ADMIN, reads=Level.TRUSTED),
    Route("GET", "/1.0/projects/{name}/state", projects.state),
    *_object("/1.0/profiles", profiles),
    *_object("/1.0/networks", networks),
    Route("GET", "/1.0/networks/{name}/state", networks.state),
    Route("GET", "/1.0/networks/{name}/leases", networks.leases),
    Route("GET", "/1.0/networks/{name}/peers", networks.peers),
    *_object("/1.0/networks/{name}/forwards", network_forwards, "address"),
    *_object("/1.0/network-acls", network_acls),
    *_object("/1.0/network-zones", network_zones),
    Route("GET", f"{_ZONE}/records", network_zones.records),
    Route("POST", f"{_ZONE}/records", network_zones.add_record),
    Route("GET", f"{_ZONE}/records/{{record}}", network_zones.record),
    Route("PUT", f"{_ZONE}/records/{{record}}", network_zones.replace_record),
    Route("DELETE", f"{_ZONE}/records/{{record}}", network_zones.remove_record),
    *_object("/1.0/images/aliases", aliases),
    *_object("/1.0/images", images, "fingerprint", reads=Level.ANYONE),
    Route("POST", "/1.0/images/{fingerprint}/refresh", images.refresh),
    *_object("/1.0/storage-pools", pools, "pool", level=Level.ADMIN, reads=Level.TRUSTED),
    Route("GET", f"{_POOL}/resources", pools.resources, Level.TRUSTED),
    *_object(f"{_POOL}/volumes/{{type}}", volumes, "volume"),
    Route("GET", f"{_POOL}/volumes", volumes.listing),
    Route("POST", f"{_POOL}/volumes", volumes.create),
    Route("GET", f"{_VOLUME}/state", volumes.state),
    Route("GET", f"{_VOLUME}/snapshots", snapshots.of_volume),
    Route("POST", f"{_VOLUME}/snapshots", snapshots.take_of_volume),
    Route("GET", f"{_VOLUME}/snapshots/{{snapshot}}", snapshots.show_of_volume),
    Route("DELETE", f"{_VOLUME}/snapshots/{{snapshot}}", snapshots.remove_of_volume),
    *_instances("instances"),
    *_instances("containers"),
    *_instances("virtual-machines"),
]

NOT_MODELLED = [
    re.compile(pattern)
    for pattern in (
        r"/1\.0/metrics",
        r"/1\.0/warnings(/.*)?",
        r"/internal/.*",
        r"/1\.0/(instances|containers|virtual-machines)/[^/]+/(backups|console|metadata|rebuild|sftp)(/.*)?",
        r"/1\.0/storage-pools/[^/]+/volumes/custom/[^/]+/backups(/.*)?",
        r"/1\.0/network-acls/[^/]+/log",
        r"/1\.0/images/[^/]+/(export|secret)",
    )
]
"""What LXD 5.0.2 serves and the simulator does not; anything else unknown is unknown to LXD, too."""

KNOWN = [re.compile(re.sub(r"\{\w+\}", "[^/]+", route.path)) for route in ROUTES]
"""The paths there are; another method there is "not implemented" to LXD."""
