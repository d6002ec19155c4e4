"""Tags of a server."""

from __future__ import annotations

from ...call import Reply
from ...faults import not_found
from ...routes import Request
from ..compute import Compute
from ..records import Server
from ..table import ROUTES

SINCE = 26
_PATH = "/servers/{server_id}/tags"
_TAG = {"type": "string", "minLength": 1, "maxLength": 60, "pattern": "^[^,/]*$"}
_TAGS = {"type": "object", "properties": {"tags": {"type": "array", "items": _TAG}}, "required": ["tags"]}


@ROUTES.on("GET", _PATH, since=SINCE)
def index(compute: Compute, request: Request) -> Reply:
    """Answers all of them."""
    return _answer(compute.server(request.params["server_id"], request))


@ROUTES.on("PUT", _PATH, since=SINCE, schema=_TAGS)
def replace(compute: Compute, request: Request) -> Reply:
    """Replaces them."""
    server = compute.server(request.params["server_id"], request)
    server.tags = sorted(set(request.body["tags"]))
    return _answer(server)


@ROUTES.on("DELETE", _PATH, since=SINCE)
def clear(compute: Compute, request: Request) -> Reply:
    """Takes all away."""
    compute.server(request.params["server_id"], request).tags = []
    return Reply(status=204)


@ROUTES.on("GET", _PATH + "/{tag}", since=SINCE)
def show(compute: Compute, request: Request) -> Reply:
    """Answers whether a server has one."""
    _require(compute.server(request.params["server_id"], request), request)
    return Reply(status=204)


@ROUTES.on("PUT", _PATH + "/{tag}", since=SINCE)
def add(compute: Compute, request: Request) -> Reply:
    """Adds one; says by the status whether it was new."""
    server, tag = compute.server(request.params["server_id"], request), request.params["tag"]
    if tag in server.tags:
        return Reply(status=204)
    server.tags = sorted([*server.tags, tag])
    return Reply(status=201, headers={"Location": f"{request.call.base}/v2.1/servers/{server.id}/tags/{tag}"})


@ROUTES.on("DELETE", _PATH + "/{tag}", since=SINCE)
def delete(compute: Compute, request: Request) -> Reply:
    """Takes one away."""
    server = compute.server(request.params["server_id"], request)
    _require(server, request)
    server.tags.remove(request.params["tag"])
    return Reply(status=204)


def _require(server: Server, request: Request) -> None:
    if request.params["tag"] not in server.tags:
        raise not_found(f"Instance {server.id} has no tag '{request.params['tag']}'")


def _answer(server: Server) -> Reply:
    return Reply(status=200, body={"tags": list(server.tags)})
