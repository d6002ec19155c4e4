"""Files that charms take beside themselves: which revision of each an application has, and which it is to get."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from . import errors, replies

RELEASED: Final = -1
"""Asks for the revision that was released with the charm."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of an application; one that was uploaded has no revision in the store.

    Attributes:
        digest: SHA-384 of its content, in hexadecimal; empty where Juju doesn't say.
    """

    name: str
    revision: int
    uploaded: bool
    digest: str = ""


class Resources:
    """Reads and reserves resources of one model's applications."""

    def __init__(self, call: replies.Call) -> None:
        self._call = call

    def of(self, application: str) -> dict[str, Resource]:
        """What an application has, by name."""
        reply = self._call("Resources", "ListResources", replies.entities(f"application-{application}"))
        result = replies.first(reply, f"listing the resources of {application}")
        found = (
            Resource(
                name=r["name"],
                revision=int(r.get("revision") or 0),
                uploaded=r.get("origin") == "upload",
                digest=_hexadecimal(r.get("fingerprint") or ""),
            )
            for r in result.get("resources") or []
        )
        return {resource.name: resource for resource in found}

    def for_charm(self, application: str, url: str, origin: Mapping[str, Any], pinned: Mapping[str, int]) -> dict[str, str]:
        """Reserves what another charm needs, as the `juju` command does.

        Args:
            application: who gets it.
            url: the charm's, which the model has already.
            origin: the charm's.
            pinned: revisions by name; the others come as they were released with the charm, but for those that were uploaded.

        Returns:
            Juju's ids of the reserved ones by name.
        """
        known = self._known(url)
        if not known and not pinned:
            return {}
        there = self.of(application)
        uploaded = {name for name, resource in there.items() if resource.uploaded}
        wanted = {name: RELEASED for name in known if name not in uploaded}
        return self._reserve(application, url, origin, {**wanted, **pinned}, known)

    def reserve(self, application: str, url: str, origin: Mapping[str, Any], wanted: Mapping[str, int]) -> dict[str, str]:
        """Reserves revisions of resources; returns Juju's ids for them by name.

        Raises:
            NotFound: the charm or the store has no such resource.
        """
        return self._reserve(application, url, origin, wanted, self._known(url))

    def _reserve(
        self, application: str, url: str, origin: Mapping[str, Any], wanted: Mapping[str, int], known: Mapping[str, Any]
    ) -> dict[str, str]:
        if not wanted:
            return {}
        asked = [_asked(name, revision, known.get(name) or {}) for name, revision in sorted(wanted.items())]
        params = {"tag": f"application-{application}", "url": url, "charm-origin": dict(origin), "resources": asked}
        reply = self._call("Resources", "AddPendingResources", params)
        errors.raise_first([reply], f"the resources of {application}")
        return dict(zip(sorted(wanted), reply.get("pending-ids") or [], strict=True))

    def _known(self, url: str) -> dict[str, Any]:
        """The resources that a charm's metadata name."""
        return dict((self._call("Charms", "CharmInfo", {"url": url}).get("meta") or {}).get("resources") or {})


def _hexadecimal(fingerprint: str | list[int]) -> str:
    """Go writes bytes as base64, its schema as numbers."""
    return (base64.b64decode(fingerprint) if isinstance(fingerprint, str) else bytes(fingerprint)).hex()


def _asked(name: str, revision: int, meta: Mapping[str, Any]) -> dict[str, Any]:
    kind, path = meta.get("type") or "file", meta.get("path") or ""
    return {"name": name, "revision": revision, "origin": "store", "type": kind, "path": path, "fingerprint": [], "size": 0}
