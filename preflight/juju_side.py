"""What the `juju` command, its client store and the controller say."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from collections.abc import Mapping
from typing import Any, Final

import config
from clients import juju
from clients.errors import ClientError

from . import settings
from .checks import SourceError

_SECONDS: Final = 30


@dataclasses.dataclass(frozen=True, kw_only=True)
class JujuClient:
    """The command that bootstraps; `bootstrapping` is the process of an earlier run's bootstrap that goes on."""

    binary: str
    version: str
    bootstrapping: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class JujuController:
    """The controller of the site's name, as far as this machine knows it.

    Attributes:
        known: whether the client store, or the stack, says where it is.
        cloud: the cloud that it was made on; empty when nobody noted that.
        endpoint: of the site's cloud in the client store; empty when the store has no such cloud.
        unreachable: why it doesn't answer; empty when it does.
        version: its agent's.
        models: those on it.
        deployed: the channel of every application in the site's model, by name.
    """

    known: bool
    cloud: str = ""
    endpoint: str = ""
    unreachable: str = ""
    version: str = ""
    models: tuple[juju.ModelSummary, ...] = ()
    deployed: Mapping[str, str] = dataclasses.field(default_factory=dict)


def client(found: Mapping[str, Any], site: config.SiteSpec) -> JujuClient:
    """Asks the command for its version; `found` are the stack's settings for Juju.

    Raises:
        SourceError: when it isn't there or doesn't run.
    """
    folder = settings.juju_folder(found)
    binary = str(found.get("binary") or "juju")
    install = "install Juju 3.6 (`sudo snap install juju --channel 3.6/stable`), or set juju:binary"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")}
    try:
        done = subprocess.run(
            [binary, "version"],
            env={**kept, "JUJU_DATA": str(folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceError(f"the command {binary!r} can't be run ({getattr(error, 'strerror', None) or error})", install) from None
    if done.returncode != 0:
        raise SourceError(f"`{binary} version` failed: {(done.stderr.strip() or 'no reason given').splitlines()[0]}", install)
    running = juju.Juju(binary, folder).running(site.juju.controller)
    return JujuClient(binary=binary, version=done.stdout.strip(), bootstrapping=running)


def controller(found: Mapping[str, Any], site: config.SiteSpec) -> JujuController:
    """Looks the site's controller up and asks it for its models; one that doesn't answer is told of, not an error.

    `found` are the stack's settings for Juju.

    Raises:
        StoreError: when the client store can't be read.
    """
    access = settings.juju_access(found, site.juju.controller)
    store = juju.ClientStore(access.folder)
    entry = store.controller(site.juju.controller)
    cloud: Mapping[str, Any] = store.cloud(site.juju.cloud) or {}
    facts: dict[str, Any] = {
        "known": bool(access.addresses) or bool(entry and entry.addresses),
        "cloud": entry.cloud if entry else "",
        "endpoint": str(cloud.get("endpoint") or ""),
    }
    if not facts["known"]:
        return JujuController(**facts)
    server = juju.connect(access)
    try:
        models = tuple(server.models())
        facts |= {"models": models, "version": server.version(), "deployed": _deployed(server, models, site.juju.model)}
    except ClientError as error:
        facts["unreachable"] = str(error).partition("\n")[0]
    return JujuController(**facts)


def _deployed(server: juju.Controller, models: tuple[juju.ModelSummary, ...], name: str) -> Mapping[str, str]:
    found = next((model for model in models if model.name == name and not model.life), None)
    if found is None:
        return {}
    return {app.name: app.channel for app in server.model(found.uuid).status().applications.values()}
