"""Pulumi's checkpoint file: reading, checking and writing its text; no file is touched here."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable
from typing import Any

from engine.errors import EngineError
from engine.store import replay

VERSION = "v3.260.0"
_PLAIN, _WITH_FEATURES = 3, 4
_KNOWN_FEATURES = {"refreshBeforeUpdate", "hooks", "taint", "replaceWith"}

Deployment = dict[str, Any]


def empty(secrets: dict[str, Any] | None) -> Deployment:
    """Returns the deployment of a new stack."""
    return {"secrets_providers": secrets, "resources": [], "pending_operations": [], "metadata": {}}


def read(text: str, where: str) -> Deployment | None:
    """Returns a checkpoint's ``latest``, None for a stack that never held anything.

    Raises:
        EngineError: the text is no checkpoint; names ``where`` it is and that it was left alone.
    """
    try:
        document = json.loads(text)
        version = document["version"]
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(
            f"failed to load checkpoint: {where} is not a checkpoint ({error}); it was left as it is."
            f" The one before it is {where}.bak, older ones are under .pulumi/backups"
        ) from error
    if version not in (_PLAIN, _WITH_FEATURES):
        raise EngineError(f"failed to load checkpoint: unsupported checkpoint version {version} in {where}")
    unknown = sorted(set(document.get("features") or []) - _KNOWN_FEATURES)
    if unknown:
        raise EngineError(
            f"failed to load checkpoint: {where} uses features that this engine does not know:"
            f" {', '.join(unknown)}; use the Pulumi CLI for this stack"
        )
    latest = (document.get("checkpoint") or {}).get("latest")
    return latest if isinstance(latest, dict) else None


def write(stack: str, deployment: Deployment, text_of: Callable[[replay.Stored], str] = replay.text_of) -> str:
    """Returns the checkpoint's text, one resource a line; ``stack`` is the fully qualified name."""
    head = version_of(deployment)
    rest = {k: v for k, v in deployment.items() if k not in ("manifest", "resources") and v}
    latest = json.dumps({"manifest": manifest(), **rest, "metadata": deployment.get("metadata") or {}})
    resources = ",\n".join(map(text_of, deployment.get("resources") or []))
    listed = f', "resources": [\n{resources}\n]' if resources else ""
    return f'{json.dumps(head)[:-1]}, "checkpoint": {{"stack": {json.dumps(stack)}, "latest": {latest[:-1]}{listed}}}}}}}'


def version_of(deployment: Deployment) -> dict[str, Any]:
    """Returns the schema's version and, where that takes more than the plain one, the features."""
    used = replay.features(deployment)
    return {"version": _WITH_FEATURES, "features": used} if used else {"version": _PLAIN}


def manifest() -> dict[str, Any]:
    """Returns a manifest for a deployment that is written now."""
    now = datetime.datetime.now(datetime.UTC).isoformat().replace("+00:00", "Z")
    return {"time": now, "magic": _magic(VERSION), "version": VERSION}


def _magic(version: str) -> str:
    return hashlib.sha256(version.encode()).hexdigest()


def verify(deployment: Deployment) -> None:
    """Refuses a deployment that contradicts itself, as Pulumi does when it loads one."""
    found = deployment.get("manifest") or {}
    version, cookie = found.get("version", ""), found.get("magic", "")
    if (version or cookie) and cookie != _magic(version):
        raise _integrity("magic cookie mismatch; possible tampering/corruption detected")
    later = {r.get("urn") for r in deployment.get("resources") or []}
    seen: set[str] = set()
    providers: set[str] = set()
    for number, resource in enumerate(deployment.get("resources") or []):
        _verify_one(number, resource, (seen, later, providers))
        seen.add(resource["urn"])
        if resource["type"].startswith("pulumi:providers:"):
            providers.add(f"{resource['urn']}::{resource.get('id', '')}")


def _verify_one(number: int, resource: dict[str, Any], known: tuple[set[str], set[Any], set[str]]) -> None:
    seen, later, providers = known
    urn = resource.get("urn")
    if not urn:
        raise _integrity(f"resource at index {number} missing required 'urn' field")
    if not resource.get("type"):
        raise _integrity(f"resource '{urn}' missing required 'type' field")
    if not resource.get("custom") and resource.get("id"):
        raise _integrity(f"resource '{urn}' has 'custom' false but non-empty ID")
    provider = resource.get("provider")
    if provider and provider not in providers and not resource.get("pendingReplacement"):
        raise _integrity(f"resource {urn} refers to unknown provider {provider}")
    for what, needed in _needs(resource):
        if needed not in seen:
            state = "comes after it" if needed in later else "is missing"
            raise _integrity(f"resource {urn}'s {what} {needed} {state}")


def _needs(resource: dict[str, Any]) -> list[tuple[str, str]]:
    needs = [("dependency", urn) for urn in resource.get("dependencies") or ()]
    for key, urns in (resource.get("propertyDependencies") or {}).items():
        needs += [(f"property dependency (from property {key})", urn) for urn in urns or ()]
    for what, key in (("parent", "parent"), ("deletedWith", "deletedWith")):
        if resource.get(key):
            needs.append((what, resource[key]))
    return needs + [("replaceWith", urn) for urn in resource.get("replaceWith") or ()]


def _integrity(problem: str) -> EngineError:
    return EngineError(
        f"snapshot integrity error: {problem}; the state was not used. Restore an earlier one from"
        " .pulumi/backups with `stack import`, or go on with --disable-integrity-checking"
    )
