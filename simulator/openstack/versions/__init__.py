"""The optional services: what versions they speak, and that nothing is in them yet.

Owns: discovery and empty lists for Heat, Barbican, Designate, Magnum, Manila, Aodh, Gnocchi and the object store. Does not own:
making anything in them; that is answered 501.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from ..areas import LISTENERS
from ..call import Call, NotModelled, Reply
from ..cloud import Cloud

__all__ = ["Area"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Service:
    """What one service says: the path and id of its versions, and by path pattern (below the version) the name of an empty list.

    `nested` puts the versions under "values", as some do; `status` is what the root answers with.
    """

    versions: tuple[tuple[str, str], ...]
    lists: dict[str, str | None] = dataclasses.field(default_factory=dict)
    nested: bool = False
    status: int = 300


_SERVICES: dict[str, Service] = {
    "heat": Service(versions=(("v1", "v1.0"),), lists={"[^/]+/stacks": "stacks"}),
    "barbican": Service(versions=(("v1", "v1"),), lists={"secrets": "secrets", "containers": "containers"}, nested=True),
    "designate": Service(versions=(("v2", "v2"),), lists={"zones": "zones", "recordsets": "recordsets"}, nested=True, status=200),
    "magnum": Service(
        versions=(("v1", "v1"),), lists={"clusters": "clusters", "clustertemplates": "clustertemplates"}, status=200
    ),
    "manila": Service(versions=(("v1", "v1.0"), ("v2", "v2.0")), lists={"([^/]+/)?shares(/detail)?": "shares"}),
    "aodh": Service(versions=(("v2", "v2"),), lists={"alarms": None}, nested=True, status=200),
    "gnocchi": Service(versions=(("v1", "v1.0"),), lists={"metric": None, "resource/generic": None}, status=200),
}
_ACCOUNT = {"X-Account-Container-Count": "0", "X-Account-Object-Count": "0", "X-Account-Bytes-Used": "0"}


class Area:
    """Answers for all of them; which one is meant is told by the port."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def answer(self, call: Call) -> Reply:
        """Answers a request."""
        port = int(call.base.rsplit("/", 1)[-1])
        charm = next((name for name, listener in LISTENERS.items() if listener.port == port and name in _SERVICES), "")
        if charm in _SERVICES:
            return self._service(call, _SERVICES[charm])
        return self._object_store(call)

    def dump(self) -> dict[str, Any]:
        """Nothing is kept."""
        return {}

    def load(self, data: dict[str, Any]) -> None:
        """Nothing was kept."""

    def _service(self, call: Call, service: Service) -> Reply:
        if call.method not in ("GET", "HEAD"):
            raise NotModelled
        if call.path == "/":
            return self._versions(call, service)
        for path, number in service.versions:
            if call.path.strip("/") == path:
                return Reply(body={"version": _version(call, path, number, current=True)})
            found = re.fullmatch(rf"/{path}/(.+?)/?", call.path)
            for pattern, name in service.lists.items() if found else ():
                if found and re.fullmatch(pattern, found[1]):
                    self._cloud.identity.authorise(call)
                    return Reply(body={name: []} if name else [])
        raise NotModelled

    def _versions(self, call: Call, service: Service) -> Reply:
        last = service.versions[-1]
        found = [_version(call, path, number, current=(path, number) == last) for path, number in service.versions]
        return Reply(status=service.status, body={"versions": {"values": found} if service.nested else found})

    def _object_store(self, call: Call) -> Reply:
        if call.path == "/swift/info" and call.method == "GET":
            return Reply(body={"swift": {"max_object_name_size": 1024, "max_file_size": 5368709122}})
        if call.path.rstrip("/") != "/swift/v1" or call.method not in ("GET", "HEAD"):
            raise NotModelled
        self._cloud.identity.authorise(call)
        if call.method == "GET" and call.query.get("format") == "json":
            return Reply(body=[], headers=_ACCOUNT)
        return Reply(status=204, headers=_ACCOUNT)


def _version(call: Call, path: str, number: str, *, current: bool) -> dict[str, Any]:
    links = [{"rel": "self", "href": f"{call.base}/{path}/"}]
    return {"id": number, "status": "CURRENT" if current else "SUPPORTED", "links": links}
