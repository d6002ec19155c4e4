"""Cinder: requests in, answers out; and what Nova has it do directly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .. import middleware
from ..call import Call, NotModelled, Reply
from ..faults import Fault, NoRoute, bad_request
from ..routes import Request
from . import api as _handlers  # noqa: F401 fills the route table
from . import lifecycle, making
from .records import Store
from .storage import Storage
from .table import ROUTES, VERSIONS

if TYPE_CHECKING:
    from ..cloud import Cloud
    from ..keystone.token import Token

_PROJECT = re.compile(r"/v3/(?P<project>[0-9a-f]{32})(?=/)")
_NO_PROJECT_SINCE = 67
_UNMODELLED = re.compile(
    r"/(backups|groups?|group_types|group_snapshots|consistencygroups|cgsnapshots|qos-specs|encryption|messages|clusters|workers"
    r"|capabilities|manageable_(volumes|snapshots)|os-(hosts|volume-transfer)|volume-transfers|default-types"
    r"|resource_filters|extensions|attachments)\b|/snapshots/[^/]+/metadata\b|/(extra_specs|metadata)/[^/]+$"
)
"""Real paths that aren't here: they answer 501 and not, as Cinder does to nonsense, 404."""
_NO_PATH = "The resource could not be found."


class Area:
    """One cloud's Cinder.

    Args:
        cloud: the other services, the facts and the clock.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._storage = Storage(cloud)
        cloud.on(lifecycle.TIMER, self._step)

    def _step(self, step: str, item: str, args: dict[str, Any]) -> None:
        lifecycle.run(self._storage, step, item, args)

    async def answer(self, call: Call) -> Reply:
        """Answers a request."""
        self._storage.report()
        if call.path in ("", "/"):
            return Reply(status=300, body=_versions(call.base), headers=_headers(VERSIONS.low))
        caller = middleware.caller(self._storage.cloud, call)
        if call.path in ("/v3", "/v3/"):
            return Reply(status=200, body=_versions(call.base), headers=_headers(VERSIONS.low))
        try:
            version = VERSIONS.read(call.headers)
        except Fault as fault:
            return fault.reply()
        try:
            reply = self._route(call, caller, version)
        except Fault as fault:
            reply = fault.reply()
        return Reply(status=reply.status, body=reply.body, headers={**_headers(version), **reply.headers})

    def _route(self, call: Call, caller: Token, version: int) -> Reply:
        try:
            route, params = ROUTES.find(call.method, _path(call, caller, version), version)
        except NoRoute:
            if _UNMODELLED.search(call.path):
                raise NotModelled(f"{call.method} {call.path}") from None
            raise Fault(404, _NO_PATH) from None
        request = Request(call=call, caller=caller, version=version, params=params, body=_body(call))
        route.check(request)
        return route.handler(self._storage, request)

    def dump(self) -> dict[str, Any]:
        """The state as JSON values."""
        return self._storage.store.model_dump(mode="json")

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back."""
        self._storage.store = Store.model_validate(data)

    def record(self, volume_id: str) -> dict[str, Any] | None:
        """A volume (id, name, size, status, project_id, bootable), None when it isn't there."""
        found = self._storage.store.volumes.get(volume_id)
        return found.model_dump(include={"id", "name", "size", "status", "project_id", "bootable"}) if found else None

    def reserve(self, volume_id: str, *, server_id: str) -> str:
        """Keeps a volume for a server; returns the attachment's id.

        Raises:
            Fault: 400 or 404.
        """
        return lifecycle.reserve(self._storage, volume_id, server_id).id

    def attach(self, attachment_id: str, *, device: str) -> None:
        """Has a volume that was kept for a server be in use there."""
        lifecycle.attach(self._storage, attachment_id, device)

    def begin_detaching(self, volume_id: str) -> None:
        """Marks a volume as about to be taken off its server.

        Raises:
            Fault: 400 or 404.
        """
        lifecycle.begin_detaching(self._storage, volume_id)

    def detach(self, attachment_id: str) -> None:
        """Takes a volume off a server."""
        lifecycle.detach(self._storage, attachment_id)

    def create_for_server(self, *, project_id: str, user_id: str, **given: Any) -> str:
        """Begins to make a volume that a server boots with (`size`, `image_id`, `snapshot_id`, `volume_type`); returns its id.

        Raises:
            Fault: something isn't there, or a quota is exceeded.
        """
        volume = making.volume(self._storage, {"name": "", **given}, project=project_id, user=user_id)
        lifecycle.create(self._storage, volume)
        return volume.id

    def ready(self, volume_id: str) -> bool:
        """Whether a volume is made.

        Raises:
            Fault: it is gone, or could not be made.
        """
        volume = lifecycle.find(self._storage, volume_id)
        if volume.status == "error":
            raise bad_request(f"Volume {volume_id} did not finish being created: its status is error.")
        return volume.status != "creating"

    def delete_for_server(self, volume_id: str) -> None:
        """Begins to delete a volume that was to go with its server; one that has gone is no error."""
        volume = self._storage.store.volumes.get(volume_id)
        if volume:
            lifecycle.delete(self._storage, volume, force=True)


def _path(call: Call, caller: Token, version: int) -> str:
    found = _PROJECT.match(call.path)
    if found is None:
        if version < _NO_PROJECT_SINCE or not call.path.startswith("/v3/"):
            raise NoRoute(call.path)
        return call.path.removeprefix("/v3")
    if found["project"] != caller.project_id and not (caller.system and caller.is_admin):
        raise bad_request("Malformed request url")
    return call.path[found.end() :]


def _body(call: Call) -> Any:
    def malformed() -> Reply:
        raise bad_request("Malformed request body")

    if call.method not in ("POST", "PUT") or not call.body:
        return None
    body = call.json(malformed)
    if not isinstance(body, dict):
        raise bad_request("Malformed request body")
    return body


def _headers(version: int) -> dict[str, str]:
    return VERSIONS.headers(version)


def _versions(base: str) -> dict[str, Any]:
    version = {
        "id": "v3.0",
        "status": "CURRENT",
        "version": "3.71",
        "min_version": "3.0",
        "updated": "2023-08-31T00:00:00Z",
        "links": [
            {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
            {"rel": "self", "href": f"{base}/v3/"},
        ],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3"}],
    }
    return {"versions": [version]}
