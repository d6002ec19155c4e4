"""Catalogue entries from a charm's own files: what Charmhub publishes of a revision, or a checkout of its source."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import yaml

from . import catalogue, charmfiles

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
        return charmfiles.entry({"name": name, **metadata}, config, actions, source, release["channel"].get("track") or "latest")
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
    files = charmfiles.merged([charmfiles.folder(part) for part in (*layers, root)])
    return charmfiles.entry(files["metadata"], files["config"], files["actions"], _origin(folder), track)


def _origin(folder: Path) -> catalogue.Source:
    return catalogue.Source(
        repository=_git(folder, "remote", "get-url", "origin"),
        branch=_git(folder, "branch", "--show-current"),
        commit=_git(folder, "rev-parse", "--short=12", "HEAD"),
    )


def _git(folder: Path, *command: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *command], capture_output=True, text=True, check=False)  # noqa: S607 (git of PATH)
    return done.stdout.strip()
