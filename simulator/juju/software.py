"""What a charm's unit has installed: the OpenStack release that its option names, the version that it shows, upgrades.

A unit installs what `openstack-origin` (or `source`) names when it comes up. When the option then names a later release, the unit
upgrades in its next config-changed hook; with the option `action-managed-upgrade` it leaves that to the action openstack-upgrade.
Nothing goes back to an earlier release.
"""

from __future__ import annotations

import functools
import json
import pathlib
import re

from pydantic import BaseModel, ConfigDict

from .records import Application, Model, Unit
from .store import charm_for, option

FILE = pathlib.Path(__file__).parent / "releases.json"
OPTIONS = ("openstack-origin", "source")
MANAGED = "action-managed-upgrade"
_POCKET = re.compile(r"^cloud:\w+-(?:(?:updates|proposed)/)?(\w+)(?:/proposed)?$")


class Releases(BaseModel):
    """releases.json: the releases in order, which each Ubuntu brings and which its cloud archive has, versions by charm."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order: tuple[str, ...]
    ubuntu: dict[str, tuple[str, str]]
    major: dict[str, int]
    same: dict[str, str]
    listed: dict[str, dict[str, str]]

    def version(self, charm: str, release: str) -> str:
        """The version of a charm's workload in a release, "" for charms that say none."""
        if charm in self.major:
            return f"{self.major[charm] + self.order.index(release)}.0.0"
        return self.listed.get(self.same.get(charm, charm), {}).get(release, "")


@functools.cache
def releases() -> Releases:
    """The table of releases."""
    return Releases.model_validate(json.loads(FILE.read_text()))


def follows(charm: str) -> bool:
    """Whether a charm's workload follows the OpenStack releases."""
    known = releases()
    return charm in known.major or known.same.get(charm, charm) in known.listed


def wanted(model: Model, app: Application) -> str | None:
    """The release that an application's option names for its base; None where it names none that exists there."""
    known = releases()
    if not follows(app.charm) or app.base not in known.ubuntu:
        return None
    first, last = (known.order.index(name) for name in known.ubuntu[app.base])
    named = named_release(_origin(model, app))
    if not named:
        return known.order[first]
    return named if named in known.order and first <= known.order.index(named) <= last else None


def named_release(value: str) -> str:
    """The release in "caracal", "cloud:jammy-caracal" or "cloud:jammy-updates/caracal"; "" for what the base brings."""
    pocket = _POCKET.match(value)
    return pocket[1] if pocket else "" if value in ("", "distro", "None") else value


def impossible(model: Model, unit: Unit) -> bool:
    """Whether the operator asks for a release that the unit's base has not: the charm's hooks fail then."""
    app = model.applications[unit.application]
    named = named_release(_origin(model, app))
    explicit = any(name in app.options for name in OPTIONS)
    return explicit and follows(app.charm) and named in releases().order and wanted(model, app) is None


def install(model: Model, unit: Unit) -> None:
    """Notes what a unit has installed."""
    app = model.applications[unit.application]
    release = wanted(model, app) or _distro(app)
    if follows(app.charm) and release:
        unit.state["release"] = release
        unit.version = releases().version(app.charm, release)


def due(model: Model, unit: Unit) -> bool:
    """Whether the option names a later release than a unit has."""
    release, there = wanted(model, model.applications[unit.application]), unit.state.get("release")
    order = releases().order
    return bool(release and there) and order.index(str(release)) > order.index(str(there))


def managed(model: Model, app: Application) -> bool:
    """Whether upgrades wait for their action."""
    return MANAGED in charm_for(model, app).options and bool(option(model, app, MANAGED))


def due_by_itself(model: Model, unit: Unit) -> bool:
    """Whether a unit's next config-changed upgrades it."""
    return due(model, unit) and not managed(model, model.applications[unit.application])


def upgrade_action(model: Model, unit: Unit) -> dict[str, str]:
    """The action openstack-upgrade."""
    if not due(model, unit):
        return {"outcome": "no upgrade available"}
    if not managed(model, model.applications[unit.application]):
        return {"outcome": "action-managed-upgrade config is False, skipped upgrade"}
    install(model, unit)
    return {"outcome": "success, upgrade completed"}


def _origin(model: Model, app: Application) -> str:
    known = charm_for(model, app).options
    name = next((name for name in OPTIONS if name in known or name in app.options), None)
    return str(option(model, app, name) or "") if name else ""


def _distro(app: Application) -> str:
    return releases().ubuntu.get(app.base, ("", ""))[0]
