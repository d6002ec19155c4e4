"""The charm store's plain-HTTP API: what clients ask it themselves."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .charms import RISKS, Charm, Release, catalogue


def routes() -> list[web.RouteDef]:
    """GET /v2/charms/info/NAME, GET /v2/charms/find, POST /v2/charms/refresh."""
    return [
        web.get("/v2/charms/info/{name}", _info),
        web.get("/v2/charms/find", _find),
        web.post("/v2/charms/refresh", _refresh),
    ]


async def _info(request: web.Request) -> web.Response:
    charm = catalogue().get(request.match_info["name"])
    if charm is None:
        return _refusal(404, "resource-not-found", f'No charm or bundle with name "{request.match_info["name"]}".')
    channels = [
        {"channel": _channel(release, base), "revision": _revision(charm, release), "resources": _resources(charm)}
        for track in charm.tracks
        for release in [charm.release(f"{track}/{risk}") for risk in RISKS]
        for base in release.bases
    ]
    release = charm.release("")
    default = {"channel": _channel(release, release.bases[-1]), "revision": _revision(charm, release)}
    return web.json_response(
        {
            "id": _id(charm),
            "name": charm.name,
            "type": "charm",
            "channel-map": channels,
            "default-release": default | {"resources": _resources(charm)},
            "result": {"title": charm.name, "summary": "", "publisher": {"username": "openstack-charmers"}},
        }
    )


async def _find(request: web.Request) -> web.Response:
    wanted = request.query.get("q", "")
    found = [{"id": _id(c), "name": c.name, "type": "charm"} for c in catalogue().values() if wanted in c.name]
    return web.json_response({"results": found})


async def _refresh(request: web.Request) -> web.Response:
    results = [_refreshed(action) for action in (await request.json()).get("actions", [])]
    return web.json_response({"results": results, "error-list": []})


def _refreshed(action: dict[str, Any]) -> dict[str, Any]:
    charm = catalogue().get(action.get("name", ""))
    head = {"instance-key": action.get("instance-key", ""), "name": action.get("name", ""), "result": action.get("action")}
    if charm is None:
        text = f'No charm or bundle with name "{action.get("name")}".'
        return head | {"result": "error", "error": {"code": "name-not-found", "message": text}}
    release = charm.release(action.get("channel") or "")
    return head | {"id": _id(charm), "charm": _revision(charm, release), "effective-channel": release.channel}


def _channel(release: Release, base: str) -> dict[str, Any]:
    return {
        "name": release.channel,
        "track": release.track,
        "risk": release.risk,
        "base": {"name": "ubuntu", "channel": base.partition("@")[2], "architecture": "amd64"},
    }


def _revision(charm: Charm, release: Release) -> dict[str, Any]:
    bases = [{"name": "ubuntu", "channel": base.partition("@")[2], "architecture": "amd64"} for base in release.bases]
    version = str(release.revision)
    return {"revision": release.revision, "version": version, "subordinate": charm.subordinate, "bases": bases}


def _resources(charm: Charm) -> list[dict[str, Any]]:
    return [{"name": name, "type": kind, "revision": 0, "filename": name} for name, kind in charm.resources.items()]


def _id(charm: Charm) -> str:
    return f"{charm.release('').revision:032x}"


def _refusal(status: int, code: str, text: str) -> web.Response:
    return web.json_response({"error-list": [{"code": code, "message": text}]}, status=status)
