"""Secrets by path, in the engine's first version, which charms use."""

from __future__ import annotations

from typing import Any

from ..openstack.call import Call, Reply
from . import answers
from .answers import NONE, Refusal
from .server import Server
from .state import MONTH


def read(server: Server, call: Call, mount: str, path: str) -> Reply:
    """GET MOUNT/PATH."""
    found = _stored(server, mount).get(path)
    if found is None:
        raise Refusal(404)
    return answers.framed(dict(found), lease=MONTH)


def write(server: Server, call: Call, mount: str, path: str) -> Reply:
    """POST MOUNT/PATH."""
    _stored(server, mount)[path] = server.asked(call)
    return NONE


def remove(server: Server, call: Call, mount: str, path: str) -> Reply:
    """DELETE MOUNT/PATH."""
    _stored(server, mount).pop(path, None)
    return NONE


def listed(server: Server, call: Call, mount: str, path: str) -> Reply:
    """LIST MOUNT/PATH: the next step of each path below it."""
    below = f"{path.strip('/')}/" if path.strip("/") else ""
    rest = [known.removeprefix(below) for known in _stored(server, mount) if known.startswith(below)]
    keys = sorted({name.split("/")[0] + ("/" if "/" in name else "") for name in rest})
    if not keys:
        raise Refusal(404)
    return answers.framed({"keys": keys})


def _stored(server: Server, mount: str) -> dict[str, dict[str, Any]]:
    return server.state.kv[mount]
