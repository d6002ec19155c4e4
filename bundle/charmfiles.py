"""A charm's own files to facts: metadata, config and actions, or a single charmcraft.yaml; from a folder or a packed charm."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from . import catalogue

Yaml = Mapping[str, Any]
Read = Callable[[str], Yaml]
"""Gives the content of one of the charm's YAML files by name; empty when there is none."""

_KINDS = ("metadata", "config", "actions")


def entry(metadata: Yaml, config: Yaml, actions: Yaml, source: catalogue.Source, track: str) -> catalogue.Charm:
    """Returns the facts that a charm's three files state.

    Raises:
        ValueError: when the files are not those of a charm.
    """
    if not metadata.get("name"):
        raise ValueError("the charm's metadata has no name")
    return catalogue.Charm.model_validate(
        {
            "name": metadata["name"],
            "source": source,
            "tracks": (track,) if track else (),
            "subordinate": bool(metadata.get("subordinate", False)),
            **{role: _endpoints(metadata.get(role)) for role in ("provides", "requires", "peers")},
            "extra-bindings": tuple(metadata.get("extra-bindings") or ()),
            "options": {name: _option(body or {}) for name, body in (config.get("options") or {}).items()},
            "actions": {name: _action(body or {}) for name, body in actions.items() if isinstance(body, dict | None)},
            "storage": {name: _storage(body) for name, body in (metadata.get("storage") or {}).items()},
            "resources": {name: body.get("type", "file") for name, body in (metadata.get("resources") or {}).items()},
        }
    )


def _endpoints(bodies: Yaml | None) -> dict[str, Any]:
    found = {}
    for name, body in (bodies or {}).items():
        facts = {"interface": body} if isinstance(body, str) else body
        found[name] = {key: facts[key] for key in ("interface", "scope") if key in facts}
    return found


def _option(body: Yaml) -> dict[str, Any]:
    return {key: body[key] for key in ("type", "default") if body.get(key) is not None}


def _action(body: Yaml) -> dict[str, Any]:
    return {"params": sorted(body.get("params") or ()), "required": tuple(body.get("required") or ())}


def _storage(body: Yaml) -> dict[str, Any]:
    found = {key: body[key] for key in ("type", "minimum-size") if key in body}
    multiple = (body.get("multiple") or {}).get("range")
    return found | ({"multiple": str(multiple)} if multiple is not None else {})


def merged(parts: Sequence[Read]) -> dict[str, dict[str, Any]]:
    """Returns metadata, config and actions of parts laid over one another, the lowest first.

    What the topmost part's layer.yaml deletes is taken away, as `charm build` does.
    """
    found: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS}
    for read in parts:
        craft = read("charmcraft.yaml")
        for kind, base in (("metadata", craft), ("config", craft.get("config")), ("actions", craft.get("actions"))):
            found[kind] = _over(found[kind], {**(base or {}), **read(f"{kind}.yaml")})
    layer = parts[-1]("layer.yaml")
    for kind, values in found.items():
        for name in (layer.get(kind) or {}).get("deletes") or ():
            (values.get("options", {}) if kind == "config" else values).pop(name, None)
    return found


def _over(lower: Yaml, upper: Yaml) -> dict[str, Any]:
    joined = dict(lower)
    for key, value in upper.items():
        below = joined.get(key)
        joined[key] = {**below, **value} if isinstance(below, dict) and isinstance(value, dict) else value
    return joined


def local(path: Path) -> catalogue.Charm | None:
    """Returns the facts of a local charm; None when its files do not tell, as in a source with layers.

    Args:
        path: folder of a charm, or a packed `.charm`.
    """
    try:
        files = merged([folder(path) if path.is_dir() else _packed(path)])
        if (path / "layer.yaml").exists() or (path / "src" / "layer.yaml").exists():
            return None
        return entry(files["metadata"], files["config"], files["actions"], catalogue.Source(repository=str(path)), "")
    except (OSError, ValueError, AttributeError, TypeError, yaml.YAMLError, zipfile.BadZipFile):
        return None


def folder(path: Path) -> Read:
    """Reads the YAML files of a folder."""

    def read(name: str) -> Yaml:
        file = path / name
        return (yaml.safe_load(file.read_text(encoding="utf-8")) or {}) if file.exists() else {}

    return read


def _packed(path: Path) -> Read:
    def read(name: str) -> Yaml:
        with zipfile.ZipFile(path) as archive:
            return (yaml.safe_load(archive.read(name)) or {}) if name in archive.namelist() else {}

    return read
