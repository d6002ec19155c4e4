"""Catalogue entries from a charm's own files: what Charmhub publishes of a revision, or a checkout of its source."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from . import catalogue

CHARMHUB = "https://api.charmhub.io"
"""Juju's own default for `charmhub-url`."""

_FIELDS = ",".join(
    f"default-release.{field}"
    for field in (
        "channel",
        "revision.revision",
        "revision.metadata-yaml",
        "revision.config-yaml",
        "revision.actions-yaml",
    )
)
_TIMEOUT_SECONDS = 30

Yaml = Mapping[str, Any]


def entry(metadata: Yaml, config: Yaml, actions: Yaml, source: catalogue.Source, track: str) -> catalogue.Charm:
    """Returns the facts that a charm's three files state."""
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


def from_charmhub(name: str, channel: str | None = None, store: str = CHARMHUB) -> catalogue.Charm:
    """Asks the store for a charm.

    Args:
        name: on Charmhub.
        channel: such as `2024.1/stable`; None takes the charm's default.
        store: base URL of the store's API.

    Raises:
        OSError: when the store cannot be reached or does not know the charm.
        ValueError: when its answer is not understood.
    """
    query = {"fields": _FIELDS} | ({"channel": channel} if channel else {})
    url = f"{store.rstrip('/')}/v2/charms/info/{urllib.parse.quote(name)}?{urllib.parse.urlencode(query)}"
    if not url.startswith(("https://", "http://")):
        raise ValueError(f'the store "{store}" is no http or https URL')
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 (checked above)
            release = json.load(answer)["default-release"]
        texts = [release["revision"].get(f"{part}-yaml") or "{}" for part in ("metadata", "config", "actions")]
        metadata, config, actions = (yaml.safe_load(text) or {} for text in texts)
        source = catalogue.Source(repository=store, revision=release["revision"]["revision"])
        return entry({"name": name, **metadata}, config, actions, source, release["channel"].get("track") or "latest")
    except urllib.error.HTTPError as error:
        raise OSError(f'the store answers {error.code} for charm "{name}" in channel "{channel or "default"}"') from error
    except urllib.error.URLError as error:
        raise OSError(f"cannot reach the store at {store}: {error.reason}") from error
    except (KeyError, TypeError, AttributeError, ValueError, yaml.YAMLError) as error:
        raise ValueError(f'the answer of the store for charm "{name}" is not understood: {error!r}') from error


def from_source(folder: Path, track: str, layers: Sequence[Path] = ()) -> catalogue.Charm:
    """Reads a checkout of a charm's source, laid over its reactive layers.

    Args:
        folder: the checkout; the charm may stand in its `src`.
        track: the channel's track that the checkout belongs to.
        layers: checkouts of the layers, the lowest first.

    Raises:
        OSError: when there is no charm in the folder.
    """
    root = folder / "src" if (folder / "src" / "metadata.yaml").exists() else folder
    if not any((root / name).exists() for name in ("metadata.yaml", "charmcraft.yaml")):
        raise OSError(f"no charm in {folder}: it has neither metadata.yaml nor charmcraft.yaml")
    merged: dict[str, dict[str, Any]] = {"metadata": {}, "config": {}, "actions": {}}
    for part in (*layers, root):
        craft = _yaml(part / "charmcraft.yaml")
        for kind, base in (("metadata", craft), ("config", craft.get("config")), ("actions", craft.get("actions"))):
            merged[kind] = _overlay(merged[kind], {**(base or {}), **_yaml(part / f"{kind}.yaml")})
    for kind, values in merged.items():
        deleted = (_yaml(root / "layer.yaml").get(kind) or {}).get("deletes") or ()
        options = values.get("options", {}) if kind == "config" else values
        for name in deleted:
            options.pop(name, None)
    return entry(merged["metadata"], merged["config"], merged["actions"], _origin(folder), track)


def _origin(folder: Path) -> catalogue.Source:
    return catalogue.Source(
        repository=_git(folder, "remote", "get-url", "origin"),
        branch=_git(folder, "branch", "--show-current"),
        commit=_git(folder, "rev-parse", "--short=12", "HEAD"),
    )


def _overlay(lower: Yaml, upper: Yaml) -> dict[str, Any]:
    joined = dict(lower)
    for key, value in upper.items():
        below = joined.get(key)
        joined[key] = {**below, **value} if isinstance(below, dict) and isinstance(value, dict) else value
    return joined


def _yaml(path: Path) -> dict[str, Any]:
    return (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}


def _git(folder: Path, *command: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *command], capture_output=True, text=True, check=False)  # noqa: S607
    return done.stdout.strip()
