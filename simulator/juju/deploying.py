"""Deploying: from what a client asks to an application record, with everything checked first."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from . import charmresources, charms, config
from .charms import Charm, Release, charm_of
from .errors import ApiError, not_found
from .fullstatus import charm_url
from .parts import Parts
from .records import Application, Model
from .store import space_named

_NAME = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*$")
_TRUTH = {"true": True, "false": False}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Deployment:
    """What is asked; `reference` is a charm's name or URL, `base` "" or "ubuntu@24.04", `config` raw values."""

    name: str
    reference: str
    channel: str = ""
    base: str = ""
    revision: int | None = None
    config: dict[str, Any] = dataclasses.field(default_factory=dict)
    constraints: dict[str, Any] = dataclasses.field(default_factory=dict)
    units: int = 0
    placements: list[dict[str, str]] = dataclasses.field(default_factory=list)
    bindings: dict[str, str] = dataclasses.field(default_factory=dict)
    storage: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    resources: dict[str, str] = dataclasses.field(default_factory=dict)
    trust: bool = False
    force: bool = False
    dry_run: bool = False


def deploy(parts: Parts, model: Model, asked: Deployment) -> Application:
    """Makes an application with its units.

    Raises:
        ApiError: anything about it is not possible; then nothing was made.
    """
    if model.life != "alive":
        raise ApiError(f'model "{model.name}" is no longer alive', "")
    if not _NAME.match(asked.name):
        raise ApiError(f'deploy: invalid application name "{asked.name}"', "not valid")
    if asked.name in model.applications or asked.name in model.remotes:
        raise ApiError(f'deploy: application "{asked.name}": application already exists', "already exists")
    app = _record(parts, model, asked)
    if asked.dry_run:
        return app
    _check_units(model, app, asked)
    model.applications[app.name] = app
    if app.url not in model.charms:
        model.charms.append(app.url)
    parts.relations.add_peers(model, app.name)
    if asked.units:
        parts.units.add(model, app, asked.units, asked.placements)
    return app


def resolve(model: Model, reference: str, channel: str, base: str, revision: int | None) -> tuple[Charm, Release, str]:
    """The charm, its release, and the base that a reference means.

    Args:
        model: whose default base counts where none is asked.
        reference: a charm's name or URL of the store.
        channel: "" for the charm's own default.
        base: "" for what the model or the charm prefers.
        revision: None for the channel's newest.

    Raises:
        ApiError: the store has no such thing.
    """
    charm = charms.find(charms.parse_name(reference))
    release = charm.release(channel, base or None, revision)
    preferred = str(model.config.get("default-base") or "").split("/")[0]
    found = base or (preferred if preferred in release.bases else release.bases[-1])
    return charm, release, found


def convert_config(charm: Charm, channel: str, values: dict[str, Any]) -> dict[str, Any]:
    """Values as the charm's options have them in a channel; the setting "trust" is left out."""
    lenient = charm.lenient(channel)
    return {option: charm.convert(option, value, lenient=lenient) for option, value in values.items() if option != "trust"}


def truth(value: Any) -> bool:
    """A boolean, or the string of one."""
    if isinstance(value, bool):
        return value
    if str(value).lower() not in _TRUTH:
        raise ApiError(f'expected bool, got string("{value}")', "bad request")
    return _TRUTH[str(value).lower()]


def check_bindings(model: Model, charm: Charm, bindings: dict[str, str], *, lenient: bool = False) -> dict[str, str]:
    """Bindings with space names; ids are accepted too.

    Raises:
        ApiError: an endpoint or a space that isn't there.
    """
    names = {space.id: space.name for space in model.spaces}
    found = {}
    for endpoint, space in bindings.items():
        if endpoint and endpoint not in charm.bindings() and not lenient:
            raise ApiError(f'unknown endpoint "{endpoint}"', "not valid")
        name = names.get(space, space)
        space_named(model, name)
        found[endpoint] = name
    return found


def _record(parts: Parts, model: Model, asked: Deployment) -> Application:
    if asked.reference.startswith("local:"):
        charm, url, base, origin = _local(model, asked)
        channel = ""
    else:
        if asked.revision is not None and not asked.channel:
            raise ApiError("revision requires a channel for future upgrades", "bad request")
        charm, release, base = resolve(model, asked.reference, asked.channel, asked.base, asked.revision)
        charm = charm.at(release.revision)
        url, channel = charm_url(charm.name, release.revision), release.channel
        origin = origin_of(charm, release, base)
    for name in asked.storage:
        if name not in charm.storage and not charm.lenient(channel):
            raise ApiError(f'charm "{charm.name}" has no store called "{name}"', "not valid")
    default = config.effective(parts.store.controller_of(model), model)["default-space"][0]
    bindings = check_bindings(model, charm, asked.bindings, lenient=charm.lenient(channel))
    return Application(
        name=asked.name,
        charm=charm.name,
        url=url,
        origin=origin,
        channel=channel,
        base=base,
        subordinate=charm.subordinate,
        options=convert_config(charm, channel, asked.config),
        trust=asked.trust or truth(asked.config.get("trust", False)),
        constraints={key: value for key, value in asked.constraints.items() if value not in ("", [])},
        bindings=({"": str(default)} if default else {}) | bindings,
        storage=asked.storage,
        resources=charmresources.chosen(model, charm, origin["revision"], asked.resources),
        created=parts.clock.now(),
    )


def origin_of(charm: Charm, release: Release, base: str) -> dict[str, Any]:
    """Where a charm of the store comes from, as a CharmOrigin."""
    name, _, channel = base.partition("@")
    return {
        "source": "charm-hub",
        "type": "charm",
        "id": f"{charm.release('').revision:032x}",
        "hash": f"{release.revision:064x}",
        "revision": release.revision,
        "track": release.track,
        "risk": release.risk,
        "architecture": "amd64",
        "base": {"name": name, "channel": f"{channel}/stable"},
    }


def _local(model: Model, asked: Deployment) -> tuple[Charm, str, str, dict[str, Any]]:
    if asked.reference not in model.local_charms:
        raise not_found("charm", asked.reference)
    facts = model.local_charms[asked.reference]
    charm = charm_of(facts["name"], facts)
    base = asked.base or str(model.config.get("default-base") or "ubuntu@24.04").split("/")[0]
    revision = int(asked.reference.rpartition("-")[2])
    name, _, channel = base.partition("@")
    origin = {
        "source": "local",
        "type": "charm",
        "id": "",
        "revision": revision,
        "architecture": "amd64",
        "base": {"name": name, "channel": f"{channel}/stable"},
    }
    return charm, asked.reference, base, origin


def _check_units(model: Model, app: Application, asked: Deployment) -> None:
    """Refuses units that cannot be, before anything is made."""
    if app.subordinate and asked.units:
        raise ApiError("subordinate application must be deployed without units", "application should not have units")
    if app.subordinate and app.constraints:
        raise ApiError("subordinate applications don't support constraints", "")
    for placement in asked.placements:
        scope, directive = placement.get("scope", ""), placement.get("directive", "")
        if scope == "#" and directive not in model.machines:
            raise ApiError(f'cannot deploy "{app.name}" to machine {directive}: machine {directive} not found', "not found")
        if scope not in ("#", "lxd", model.uuid):
            raise ApiError(f'cannot add a new machine: invalid model id "{scope}"', "")
