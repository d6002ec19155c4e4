"""The plan of a bundle, as the controller works it out for clients that carry it out themselves.

The plan is made against an empty model. It is a list of changes in the order in which they may be made, each with an id
("deploy-1"), a method, what it requires, and arguments that refer to earlier changes by "$ID".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

_PLACE = re.compile(r"^(?:([a-z]+):)?(?:(new)|([a-z][a-z0-9-]*)(?:/(\d+))?|(\d+))$")
Change = dict[str, Any]


def merged(documents: Iterable[Mapping[str, Any] | None]) -> dict[str, Any]:
    """A bundle with its overlays: applications field by field, machines as a whole, relations one after another."""
    found: dict[str, Any] = {}
    for document in documents:
        for key, value in (document or {}).items():
            if key == "applications":
                _merge_applications(found.setdefault(key, {}), value or {})
            elif key == "relations":
                found[key] = [*found.get(key, []), *(value or [])]
            else:
                found[key] = value
    return found


def _merge_applications(there: dict[str, Any], new: Mapping[str, Any]) -> None:
    for name, fields in new.items():
        if fields is None:
            there.pop(name, None)
        elif there.get(name) is None:
            there[name] = dict(fields)
        else:
            for key, value in fields.items():
                maps = isinstance(value, dict) and isinstance(there[name].get(key), dict)
                there[name][key] = there[name][key] | value if maps else value


def errors(bundle: Mapping[str, Any]) -> list[str]:
    """What is wrong with a bundle, in the controller's words."""
    apps = bundle.get("applications") or {}
    found = [] if apps else ["at least one application must be specified"]
    machines = {str(key) for key in bundle.get("machines") or {}}
    for name, app in apps.items():
        if not (app or {}).get("charm"):
            found.append(f'empty charm path for application "{name}"' if app is not None else f'application "{name}" is empty')
            continue
        places = _places(app)
        if len(places) > int(app.get("num_units") or 0):
            found.append(f'too many units specified in unit placement for application "{name}"')
        found += [text for place in places if (text := _wrong_place(name, place, apps, machines))]
    for pair in bundle.get("relations") or []:
        if len(pair) != 2:
            found.append(f"relation {pair!r} has {len(pair)} endpoint(s), not 2")
        found += [
            f'relation {list(pair)!r} refers to application "{end.partition(":")[0]}" not defined in this bundle'
            for end in pair
            if end.partition(":")[0] not in apps and end.partition(":")[0] not in (bundle.get("saas") or {})
        ]
    return found


def _wrong_place(name: str, place: str, apps: Mapping[str, Any], machines: set[str]) -> str | None:
    match = _PLACE.match(place)
    if match is None:
        return f'invalid placement syntax "{place}"'
    if match[5] and match[5] not in machines:
        return f'placement "{place}" refers to a machine not defined in this bundle'
    if match[3] and match[3] not in apps:
        return f'placement "{place}" refers to an application not defined in this bundle'
    return None


class Plan:
    """The changes of one bundle; `changes` is the answer."""

    def __init__(self, bundle: Mapping[str, Any]) -> None:
        self.changes: list[Change] = []
        self._bundle = bundle
        self._apps: Mapping[str, Any] = bundle.get("applications") or {}
        self._charms: dict[tuple[Any, ...], str] = {}
        self._deployed: dict[str, str] = {}
        self._machines: dict[str, str] = {}
        self._units: dict[str, list[str]] = {}
        for name in sorted(self._apps):
            self._application(name, self._apps[name])
        for key in sorted(map(str, bundle.get("machines") or {}), key=int):
            self._machine(key)
        for name, saas in (bundle.get("saas") or {}).items():
            self._add("consumeOffer", {"url": saas["url"], "application-name": name})
        for first, second in bundle.get("relations") or []:
            self._relation(first, second)
        for name in self._order():
            self._add_units(name)

    def _add(self, method: str, args: Mapping[str, Any], requires: Iterable[str] = ()) -> str:
        """A change; what is empty in its arguments is left out."""
        id_ = f"{method}-{len(self.changes)}"
        kept = {key: value for key, value in args.items() if value not in (None, "", {}, [])}
        self.changes.append({"id": id_, "method": method, "args": kept, "requires": list(dict.fromkeys(requires))})
        return id_

    def _application(self, name: str, app: Mapping[str, Any]) -> None:
        charm = self._charm(app)
        args = {
            "charm": f"${charm}",
            "series": self._series(app),
            "application": name,
            "options": app.get("options"),
            "constraints": app.get("constraints"),
            "storage": app.get("storage"),
            "devices": app.get("devices"),
            "endpoint-bindings": app.get("bindings"),
            "resources": {key: value for key, value in (app.get("resources") or {}).items() if isinstance(value, int)},
            "local-resources": {key: value for key, value in (app.get("resources") or {}).items() if isinstance(value, str)},
            "channel": app.get("channel"),
        }
        self._deployed[name] = deployed = self._add("deploy", args, [charm])
        if app.get("expose") or app.get("exposed-endpoints"):
            self._add("expose", {"application": f"${deployed}", "exposed-endpoints": app.get("exposed-endpoints")}, [deployed])
        self._annotate(deployed, "application", app)
        for offer, facts in (app.get("offers") or {}).items():
            args = {"application": f"${deployed}", "endpoints": facts["endpoints"], "offer-name": offer}
            self._add("createOffer", args, [deployed])

    def _charm(self, app: Mapping[str, Any]) -> str:
        key = (app["charm"], app.get("channel"), app.get("revision"), self._series(app))
        if key not in self._charms:
            args = {
                "charm": app["charm"],
                "series": self._series(app),
                "channel": app.get("channel"),
                "revision": app.get("revision"),
                "architecture": "amd64",
            }
            self._charms[key] = self._add("addCharm", args)
        return self._charms[key]

    def _machine(self, key: str) -> None:
        facts = self._bundle["machines"][key if key in self._bundle["machines"] else int(key)] or {}
        args = {"series": self._series(facts), "constraints": facts.get("constraints")}
        self._machines[key] = made = self._add("addMachines", args, list(self._machines.values())[-1:])
        self._annotate(made, "machine", facts)

    def _annotate(self, id_: str, kind: str, facts: Mapping[str, Any]) -> None:
        if facts.get("annotations"):
            self._add("setAnnotations", {"id": f"${id_}", "entity-type": kind, "annotations": facts["annotations"]}, [id_])

    def _relation(self, first: str, second: str) -> None:
        names = [end.partition(":") for end in (first, second)]
        placed = {name: f"${self._deployed[name]}" for name, _, _ in names if name in self._deployed}
        ends = [placed.get(name, name) + colon + end for name, colon, end in names]
        requires = [self._deployed[name] for name, _, _ in names if name in self._deployed]
        self._add("addRelation", {"endpoint1": ends[0], "endpoint2": ends[1]}, requires)

    def _order(self) -> list[str]:
        """Applications, each after those that its units are placed with."""
        done: list[str] = []

        def visit(name: str, above: tuple[str, ...]) -> None:
            for place in _places(self._apps[name]):
                other = (_PLACE.match(place) or [None] * 4)[3]
                if other and other not in above:
                    visit(other, (*above, other))
            if name not in done:
                done.append(name)

        for name in sorted(self._apps):
            visit(name, (name,))
        return done

    def _add_units(self, name: str) -> None:
        app = self._apps[name]
        places = _places(app)
        for index in range(int(app.get("num_units") or 0)):
            repeats = places and (places[-1].endswith("new") or not any(c.isdigit() for c in places[-1]))
            place = places[index] if index < len(places) else places[-1] if repeats else "new"
            to = self._place(app, place, index)
            requires = [self._deployed[name], *([to] if to else []), *self._units.get(name, [])[-1:]]
            unit = self._add("addUnit", {"application": f"${self._deployed[name]}", "to": f"${to}" if to else ""}, requires)
            self._units.setdefault(name, []).append(unit)

    def _place(self, app: Mapping[str, Any], place: str, index: int) -> str:
        """The change that a unit goes to: a machine, a container made for it, another unit; "" for a machine that Juju takes."""
        match = _PLACE.match(place)
        if match is None:
            return ""
        container, _, other, number, machine = match.groups()
        parent = self._machines.get(machine or "", "")
        if other:
            units = self._units[other]
            parent = units[int(number)] if number else units[min(index, len(units) - 1)]
        if not container:
            return parent
        args = {"container-type": container, "series": self._series(app), "parent-id": f"${parent}" if parent else ""}
        return self._add("addMachines", args, [parent] if parent else [])

    def _series(self, facts: Mapping[str, Any]) -> str:
        base = facts.get("base") or facts.get("series") or self._bundle.get("default-base") or self._bundle.get("series") or ""
        version = str(base).partition("@")[2].partition("/")[0]
        return SERIES.get(version, str(base))


def _places(app: Mapping[str, Any]) -> list[str]:
    to = app.get("to") or []
    return [str(place) for place in (to if isinstance(to, list) else [to])]


SERIES = {"18.04": "bionic", "20.04": "focal", "22.04": "jammy", "24.04": "noble"}


def changes(text: str) -> dict[str, Any]:
    """The answer of GetChangesMapArgs to a bundle and its overlays, as one YAML stream."""
    try:
        bundle = merged(yaml.safe_load_all(text))
    except yaml.YAMLError as exc:
        return {"changes": [], "errors": [f"cannot unmarshal bundle contents: {exc}"]}
    wrong = errors(bundle)
    return {"changes": [], "errors": wrong} if wrong else {"changes": Plan(bundle).changes, "errors": []}
