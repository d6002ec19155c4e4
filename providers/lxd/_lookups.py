"""What a program can ask LXD without making anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clients import lxd as client

from .._base import ExpectedError
from . import _image, _instance_view
from ._remotes import Remotes
from .instance_snapshot import epoch

Result = dict[str, Any]


def info(remotes: Remotes, remote: str | None) -> Result:
    """What the server can do, and its cluster members."""
    lxd = remotes.lxd(remote)
    server = lxd.server()
    members = lxd.objects("cluster", "members") if server.clustered else []
    return {
        "api_extensions": sorted(server.extensions),
        "cluster_members": {m.name or str(m.body["server_name"]): _member(m) for m in members},
        "instance_types": list(server.instance_types),
        "remote": remote,
    }


def project(remotes: Remotes, remote: str | None, name: str) -> Result:
    """A project."""
    found = _found(remotes.lxd(remote), "project", "projects", name)
    return {**_common(found), "remote": remote}


def profile(remotes: Remotes, remote: str | None, name: str, project: str) -> Result:
    """A profile."""
    found = _found(remotes.lxd(remote), "profile", "profiles", name, project=project)
    devices = [{"name": device, **_device(settings)} for device, settings in sorted(found.devices.items())]
    return {**_common(found), "devices": devices, "project": project, "remote": remote}


def network(remotes: Remotes, remote: str | None, name: str, project: str) -> Result:
    """A network, managed by LXD or not."""
    found = _found(remotes.lxd(remote), "network", "networks", name, project=project)
    addresses = {f"{family}_address": found.config.get(f"{family}.address", "") for family in ("ipv4", "ipv6")}
    kind = {"managed": bool(found.body.get("managed")), "type": found.body["type"]}
    return {**_common(found), **addresses, **kind, "project": project, "remote": remote}


def storage_pool(remotes: Remotes, remote: str | None, name: str, project: str | None) -> Result:
    """A storage pool."""
    found = _found(remotes.lxd(remote), "storage pool", "storage-pools", name)
    body = found.body
    state = {"driver": body["driver"], "status": body.get("status", ""), "locations": list(body.get("locations") or [])}
    return {**_common(found), **state, "project": project, "remote": remote}


def instance(remotes: Remotes, remote: str | None, name: str, project: str) -> Result:
    """An instance, as it is now."""
    lxd = remotes.lxd(remote)
    found = _found(lxd, "instance", "instances", name, project=project)
    state = lxd.state(name, project)
    body = found.body
    return {
        **_common(found),
        **_instance_view.outputs(found, state),
        "devices": {device: _device(settings) for device, settings in found.devices.items()},
        "ephemeral": bool(body.get("ephemeral")),
        "profiles": list(body.get("profiles") or []),
        "running": state.running,
        "type": body["type"],
        "project": project,
        "remote": remote,
    }


def image(remotes: Remotes, name: str, project: str | None, wanted: Mapping[str, str | None]) -> Result:
    """An image of an LXD server, by `[remote:]alias` or fingerprint.

    Raises:
        ExpectedError: there is none, or it isn't of the `wanted` architecture or type.
    """
    remote, colon, alias = name.rpartition(":")
    lxd = remotes.lxd(remote if colon else None)
    fingerprint = _image.local(lxd, alias, project or "default")
    body = lxd.get("images", fingerprint, project=project or "default").body
    for field, value in wanted.items():
        if value is not None and body.get(field) != value:
            raise ExpectedError(f"image {name!r} of LXD at {lxd.remote.where} has {field} {body.get(field)!r}, not {value!r}")
    return {
        "aliases": sorted(str(alias["name"]) for alias in body.get("aliases") or []),
        "architecture": str(body.get("architecture", "")),
        "created_at": epoch(str(body.get("created_at") or "")),
        "fingerprint": fingerprint,
        "image": name,
        "project": project,
        "type": str(body.get("type", "container")),
    }


def _common(found: client.Object) -> Result:
    return {"name": found.name, "description": found.description, "config": dict(found.config)}


def _device(settings: Mapping[str, str]) -> Result:
    return {"type": settings.get("type", "none"), "properties": {k: v for k, v in settings.items() if k != "type"}}


def _member(found: client.Object) -> Result:
    return {"status": str(found.body.get("status", "")), "url": str(found.body.get("url", ""))}


def _found(lxd: client.Lxd, noun: str, collection: str, name: str, project: str | None = None) -> client.Object:
    found = lxd.find(collection, name, project=project)
    if found is None:
        where = f" in project {project}" if project else ""
        raise ExpectedError(f"LXD at {lxd.remote.where} has no {noun} {name}{where}")
    return found
