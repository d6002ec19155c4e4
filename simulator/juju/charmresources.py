"""Files that charms take beside themselves: which revision of each is used, and which are reserved for a charm to come."""

from __future__ import annotations

from typing import Any

from .charms import Charm
from .errors import ApiError
from .records import Model
from .store import new_uuid

LATEST = -1
"""Asks for the revision that was released with the charm."""


def released(charm: Charm, name: str, charm_revision: int) -> int:
    """The revision of a resource that was released with a revision of its charm; 0 where nothing is known of it."""
    known = charm.resource_revisions.get(name)
    return int(known["with"].get(str(charm_revision), known["all"][-1])) if known else 0


def resolve(charm: Charm, name: str, charm_revision: int, asked: int) -> int:
    """The revision that is meant.

    Raises:
        ApiError: the store has no such revision.
    """
    if asked < 0:
        return released(charm, name, charm_revision)
    known = charm.resource_revisions.get(name)
    if known and asked not in known["all"]:
        raise ApiError(f'charm resource "{name}" at revision {asked} not found', "not found")
    return asked


def reserve(model: Model, charm: Charm, charm_revision: int, application: str, asked: dict[str, Any]) -> str:
    """Keeps a resource for an application's next charm; returns the id by which it is taken.

    Raises:
        ApiError: the charm or the store has no such resource.
    """
    name = asked["name"]
    if name not in charm.resources and not charm.partial:
        raise ApiError(f'charm resource "{name}" not found', "not found")
    upload = asked.get("origin") == "upload"
    revision = 0 if upload else resolve(charm, name, charm_revision, int(asked.get("revision", LATEST)))
    id_ = new_uuid()
    model.pending_resources[id_] = {
        "application": application,
        "name": name,
        "type": charm.resources.get(name, "file"),
        "revision": revision,
        "origin": "upload" if upload else "store",
    }
    return id_


def chosen(
    model: Model, charm: Charm, charm_revision: int, asked: dict[str, str], user: str = "admin"
) -> dict[str, dict[str, Any]]:
    """Every resource of a charm as an application keeps it.

    Args:
        model: keeps those that are reserved.
        charm: which.
        charm_revision: its revision.
        asked: by name a revision, the id of a reserved one, or a file that the client will upload; the rest are the charm's own.
        user: who asks.

    Raises:
        ApiError: the charm or the store has no such resource.
    """
    for name in asked:
        if name not in charm.resources and not charm.partial:
            raise ApiError(f'unrecognized resource "{name}"', "not valid")
    return {
        name: {**_one(model, charm, name, charm_revision, str(asked.get(name, LATEST))), "type": kind, "username": user}
        for name, kind in {**dict.fromkeys(asked, "file"), **charm.resources}.items()
    }


def taken(model: Model, application: str, ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Reserved resources by name, which are reserved no longer.

    Raises:
        ApiError: one isn't there, or belongs to another application.
    """
    for name, id_ in ids.items():
        if model.pending_resources.get(id_, {}).get("application") != application:
            raise ApiError(f'pending resource "{application}/{name}" ({id_}) not found', "not found")
    return {name: _taken(model, id_) for name, id_ in ids.items()}


def _one(model: Model, charm: Charm, name: str, charm_revision: int, asked: str) -> dict[str, Any]:
    if asked in model.pending_resources:
        return _taken(model, asked)
    if asked.lstrip("-").isdigit():
        return {"revision": resolve(charm, name, charm_revision, int(asked)), "origin": "store", "pending-id": ""}
    return {"revision": 0, "origin": "upload", "pending-id": asked}


def _taken(model: Model, id_: str) -> dict[str, Any]:
    found = model.pending_resources.pop(id_)
    return {
        "type": found["type"],
        "revision": found["revision"],
        "origin": found["origin"],
        "username": "admin",
        "pending-id": "",
    }
