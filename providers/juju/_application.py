"""An application as Juju has it, in the words of the program: what a refresh compares, and what a destroy puts back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from clients import juju
from clients.juju import naming

from .._base import Props
from . import _charms, _values

ALPHA: Final = "alpha"
"""The space of whatever is in no other."""


def same_option(old: Any, new: Any) -> bool:
    """Whether two values of an option mean the same; a charm's number may be the program's text."""
    if isinstance(old, (int, float)) and isinstance(new, (int, float)) and isinstance(old, bool) == isinstance(new, bool):
        return old == new
    return naming_text(old) == naming_text(new)


def same_options(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two sets of options mean the same."""
    return old.keys() == new.keys() and all(same_option(old[k], new[k]) for k in old)


def naming_text(value: Any) -> str:
    """A value as Juju takes it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def seen(model: juju.Model, status: juju.Status, old: Props) -> dict[str, Any]:
    """The application as the program would have written it."""
    name = old["name"]
    there, settings = status.applications[name], model.applications.get(name)
    tag = f"application-{name}"
    notes = model.annotations(tag).get(tag, {}) if old.get("annotations") else {}
    asked = old.get("resources") or {}
    resources = model.resources.of(name) if asked else {}
    return {
        "name": name,
        "charm": _charms.seen(there, old),
        "channel": naming.channel(settings.channel) if settings.channel else None,
        "revision": there.revision,
        "base": there.base or settings.base,
        "options": _options(settings, old.get("options") or {}),
        "constraints": _constraints(settings, old.get("constraints") or {}),
        "bindings": _bindings(settings, old.get("bindings") or {}),
        "expose": _expose(there),
        "trust": settings.trust,
        "annotations": {k: v for k, v in notes.items() if k in (old.get("annotations") or {})},
        "resources": {k: _resource(resources.get(k), v) for k, v in asked.items()},
    }


def as_found(model: juju.Model, name: str, noted: Mapping[str, str]) -> dict[str, Any]:
    """What a destroy puts back of an application that was there before us."""
    status, settings = model.status(), model.applications.get(name)
    there = seen(model, status, {"name": name, "bindings": settings.bindings, "annotations": dict(noted)})
    kept = ("channel", "revision", "constraints", "bindings", "expose", "trust", "annotations")
    return {**{field: there[field] for field in kept}, "options": _options(settings, {})}


def digests(model: juju.Model, name: str, asked: Mapping[str, Any]) -> dict[str, str]:
    """The content of those resources that are files of the program's machine."""
    files = [key for key, value in asked.items() if isinstance(_values.revision(value), str)]
    there = model.resources.of(name) if files else {}
    return {key: there[key].digest if key in there and there[key].uploaded else "" for key in files}


def _resource(there: juju.Resource | None, asked: Any) -> Any:
    """A resource as the program would have written it; whether a file is the same, its digest says."""
    if there is None or isinstance(_values.revision(asked), str):
        return asked
    return there.revision


def still_set(settings: juju.Settings, before: Mapping[str, Any]) -> dict[str, Any]:
    """Which of the options of before are set still: another charm may not know one, or know it as something else."""
    there = {name: settings.options[name] for name in before if name in settings.options}
    return {name: option.value for name, option in there.items() if option.set_by_user and option.value is not None}


def storage(model: juju.Model, name: str) -> dict[str, Any]:
    """The storage that an application's units have, by Juju's id."""
    return {s.id: {"unit": s.unit, "pool": s.pool, "size": s.size} for s in model.storage.of(name)}


def _options(settings: juju.Settings, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is set, by us or by somebody else; a value that means the same is shown as the program writes it."""
    found: dict[str, Any] = {}
    for name, option in settings.options.items():
        if option.value is not None and (name in asked or option.set_by_user):
            found[name] = asked[name] if name in asked and same_option(option.value, asked[name]) else option.value
    return found


def _constraints(settings: juju.Settings, asked: Mapping[str, Any]) -> dict[str, Any]:
    there = _values.constraints(settings.constraints)
    return {k: v for k, v in there.items() if k != "arch" or "arch" in asked}


def full_bindings(model: juju.Model, name: str, asked: Mapping[str, str], old: Mapping[str, str]) -> dict[str, str]:
    """Every endpoint with its space: Juju keeps what isn't named, so that dropping one from the program must be said."""
    there = model.applications.get(name).bindings
    default = asked.get("") or there.get("", "")
    if "" in old and "" not in asked:
        default = str((model.config().get("default-space") or {}).get("value") or ALPHA)
    return {end: asked.get(end, default) for end in {*there, *asked}}


def _bindings(settings: juju.Settings, asked: Mapping[str, str]) -> dict[str, str]:
    """Juju names every endpoint; those that follow the default are not worth a word."""
    if not asked:
        return {}
    default = settings.bindings.get("", "")
    return {end: space for end, space in settings.bindings.items() if end in asked or (end and space != default)}


def _expose(there: juju.Application) -> dict[str, Any]:
    if not there.exposed:
        return {}
    ends = there.exposed_endpoints or {"": {}}
    return {
        end: {
            "cidrs": _unless_everybody(to.get("expose-to-cidrs") or []),
            "spaces": sorted(to.get("expose-to-spaces") or []),
        }
        for end, to in ends.items()
    }


def _unless_everybody(cidrs: list[str]) -> list[str]:
    """Juju writes out "everybody" where the program says nothing."""
    return [] if set(cidrs) == {"0.0.0.0/0", "::/0"} else sorted(cidrs)
