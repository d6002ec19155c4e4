"""The journal's records and what they make of a checkpoint: pure, no file and no clock.

Records follow Pulumi's own journal: ``begin`` announces an operation, ``success``/``failure`` end it,
``outputs`` and ``refreshed`` replace a state in place. A record names the resource it replaces by its
index in the base checkpoint (``…Old``) or by the operation that made it (``…New``).
"""

from __future__ import annotations

import json
from typing import Any

Record = dict[str, Any]
Stored = dict[str, Any]

_FEATURES = {
    "refreshBeforeUpdate": "refreshBeforeUpdate",
    "viewOf": "views",
    "resourceHooks": "hooks",
    "taint": "taint",
    "replaceWith": "replaceWith",
}
_REFERENCES = ("parent", "deletedWith")
_REFERENCE_LISTS = ("dependencies", "replaceWith")


def text_of(resource: Stored) -> str:
    """Returns one resource's JSON text."""
    return json.dumps(resource, separators=(",", ":"), ensure_ascii=False)


class Replay:
    """Folds records into a base checkpoint, one at a time; a record costs the same at any size."""

    def __init__(self, base: Record):
        self._base = base
        self._forget()

    def _forget(self) -> None:
        self._olds: list[Stored | None] = list(self._base.get("resources") or [])
        self._news: dict[int, Stored] = {}
        self._pending: dict[int, Stored] = {}
        self._refreshed = False

    def add(self, record: Record) -> None:
        """Takes one record into account."""
        kind = record["kind"]
        if kind == "begin":
            if record.get("pending"):
                self._pending[record["op"]] = record["pending"]
        elif kind == "success":
            self._succeed(record)
        elif kind == "failure":
            self._pending.pop(record["op"], None)
        elif kind in ("outputs", "refreshed"):
            self._replace(record)
        elif kind == "rebase":
            self._base = self.deployment()
            self._forget()

    def _succeed(self, record: Record) -> None:
        operation = record["op"]
        self._pending.pop(operation, None)
        self._refreshed |= bool(record.get("refresh"))
        if "same" in record:
            self._news[operation] = self._old(record["same"])
        elif record.get("state"):
            self._news[operation] = record["state"]
        self._mark(record, "delete", {"delete": True})
        self._mark(record, "pending", {"pendingReplacement": True})
        if "removeOld" in record:
            self._olds[record["removeOld"]] = None
        if "removeNew" in record:
            self._news.pop(record["removeNew"], None)

    def _mark(self, record: Record, what: str, marks: Stored) -> None:
        """Sets marks on copies, since a stored form may be shared with the base."""
        if f"{what}Old" in record:
            self._olds[record[f"{what}Old"]] = {**self._old(record[f"{what}Old"]), **marks}
        if f"{what}New" in record:
            self._news[record[f"{what}New"]] = {**self._news[record[f"{what}New"]], **marks}

    def _old(self, index: int) -> Stored:
        stored = self._olds[index]
        if stored is None:
            raise ValueError(f"record refers to resource {index} of the base, which is gone")
        return stored

    def _replace(self, record: Record) -> None:
        self._pending.pop(record["op"], None)
        self._refreshed |= record["kind"] == "refreshed"
        if "removeOld" in record:
            self._olds[record["removeOld"]] = record.get("state")
        elif record.get("state"):
            self._news[record["removeNew"]] = record["state"]
        else:
            self._news.pop(record["removeNew"], None)

    def deployment(self) -> Record:
        """Returns the checkpoint's ``latest`` after the records so far, without its manifest."""
        resources = [*self._news.values(), *(stored for stored in self._olds if stored is not None)]
        waiting = [*self._pending.values()]
        waiting += [o for o in self._base.get("pending_operations") or [] if o["type"] == "creating"]
        if self._refreshed:
            resources = _drop_dangling(resources)
        return {
            **{k: v for k, v in self._base.items() if k not in ("resources", "pending_operations")},
            "resources": _normalise(resources),
            "pending_operations": waiting,
        }


def features(deployment: Record) -> list[str]:
    """Returns the names under which a reader must know what this deployment uses."""
    used = {name for r in deployment.get("resources") or [] for key, name in _FEATURES.items() if r.get(key)}
    return sorted(used)


def _normalise(resources: list[Stored]) -> list[Stored]:
    """Rewrites references to former URNs and forgets the aliases, which have done their work."""
    renamed = {alias: r["urn"] for r in resources for alias in r.get("aliases") or ()}
    if not renamed:
        return resources
    return [_renamed({k: v for k, v in r.items() if k != "aliases"}, renamed) for r in resources]


def _renamed(resource: Stored, renamed: dict[str, str]) -> Stored:
    result = dict(resource)
    for key in _REFERENCES:
        if key in result:
            result[key] = renamed.get(result[key], result[key])
    for key in _REFERENCE_LISTS:
        if key in result:
            result[key] = [renamed.get(urn, urn) for urn in result[key]]
    if "propertyDependencies" in result:
        result["propertyDependencies"] = {
            key: [renamed.get(urn, urn) for urn in urns or ()] for key, urns in result["propertyDependencies"].items()
        }
    if "provider" in result:
        urn, _, id_ = result["provider"].rpartition("::")
        result["provider"] = f"{renamed.get(urn, urn)}::{id_}"
    return result


def _drop_dangling(resources: list[Stored]) -> list[Stored]:
    """Removes references to what a refresh found gone; orphans go to their grandparent."""
    seen: set[str] = set()
    parents: dict[str, str] = {}
    result = []
    for resource in resources:
        kept = dict(resource)
        for key in _REFERENCE_LISTS:
            if key in kept:
                kept[key] = [urn for urn in kept[key] if urn in seen]
        if kept.get("propertyDependencies"):
            kept["propertyDependencies"] = {
                key: found
                for key, urns in kept["propertyDependencies"].items()
                if (found := [urn for urn in urns or () if urn in seen])
            }
        if kept.get("deletedWith") not in seen:
            kept.pop("deletedWith", None)
        if kept.get("parent") and kept["parent"] not in seen:
            kept["parent"] = parents.get(kept["parent"], "")
        parents[kept["urn"]] = kept.get("parent", "")
        seen.add(kept["urn"])
        result.append({k: v for k, v in kept.items() if v or k == "custom"})
    return result
