"""Which keys a bundle document may have, and of what shape each value is.

Juju decodes bundles leniently: a misspelt key is ignored and the cloud comes up without it. Here it is an error that
names the near miss. What has the wrong shape is reported and dropped, so that the rest can still be checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from . import problems, tree

Shape = Literal["value", "list", "mapping"]

TOP: Mapping[str, Shape] = {
    "bundle": "value",
    "applications": "mapping",
    "machines": "mapping",
    "saas": "mapping",
    "series": "value",
    "default-base": "value",
    "relations": "list",
    "tags": "list",
    "description": "value",
}
APPLICATION: Mapping[str, Shape] = {
    "charm": "value",
    "channel": "value",
    "revision": "value",
    "series": "value",
    "base": "value",
    "resources": "mapping",
    "num_units": "value",
    "scale": "value",
    "to": "list",
    "placement": "value",
    "expose": "value",
    "exposed-endpoints": "mapping",
    "options": "mapping",
    "annotations": "mapping",
    "constraints": "value",
    "storage": "mapping",
    "devices": "mapping",
    "bindings": "mapping",
    "offers": "mapping",
    "plan": "value",
    "trust": "value",
}
MACHINE: Mapping[str, Shape] = {
    "constraints": "value",
    "annotations": "mapping",
    "series": "value",
    "base": "value",
}
SAAS: Mapping[str, Shape] = {"url": "value"}
OFFER: Mapping[str, Shape] = {"endpoints": "list", "acl": "mapping"}
EXPOSED: Mapping[str, Shape] = {"expose-to-spaces": "list", "expose-to-cidrs": "list"}

COMMENT = "comment"
"""Upstream's bundles hold remarks to their readers under this key, at the top and in applications and machines."""

IGNORED_TOP = frozenset({"name", "docs", "issues", "source", "website", "variables", "type", "local_overlay_enabled", COMMENT})
"""Keys for Charmhub, for people or for the charms' test runner; neither Juju nor we act on them."""

OVERLAY_ONLY = ("offers", "exposed-endpoints")

_EXTRA_HINTS = {
    "base": '; "base" is no top-level key: did you mean "default-base"?',
}
_SCALAR_HINTS = {
    "constraints": ' such as "cores=4 mem=8G"',
    "charm": ' such as "keystone"',
}


def check(document: tree.Map, *, overlay: bool, report: problems.Report) -> tree.Map:
    """Returns the document with only what is known and well shaped.

    Args:
        document: one YAML document.
        overlay: whether it is applied on top of another one.
        report: takes the errors.
    """
    document = _listed_machines(_services(_one(document, report), report), report)
    holders = {key for key in document.anchored if key not in TOP and not problems.did_you_mean(key, TOP)}
    ignored = {key for key, _ in document if key in IGNORED_TOP or key.startswith("x-")} | holders
    checked = _fields(document.drop(*(ignored - {"x-pools"})), {**TOP, "x-pools": "mapping"}, "the bundle", report)
    applications = _bodies(checked, "applications", APPLICATION, "application", report)
    for name, body in applications:
        if isinstance(body, tree.Map):
            applications = applications.put(name, _application(name, body, overlay, report), applications.where(name))
    checked = _replace(checked, "applications", applications)
    checked = _replace(checked, "machines", _bodies(checked, "machines", MACHINE, "machine", report))
    return _replace(checked, "saas", _bodies(checked, "saas", SAAS, "saas", report))


def _replace(document: tree.Map, key: str, value: tree.Map) -> tree.Map:
    # an explicit null or absent section stays what it is: merging tells the two apart
    return document.put(key, value, document.where(key)) if isinstance(document.get(key), tree.Map) else document


def _application(name: str, body: tree.Map, overlay: bool, report: problems.Report) -> tree.Map:
    if not overlay:
        for key in OVERLAY_ONLY:
            if key in body:
                report.error(
                    body.where(key),
                    f"applications.{name}.{key} can only appear in an overlay section; move it below a '---' or into "
                    "an overlay file",
                )
    body = _replace(body, "offers", _bodies(body, "offers", OFFER, f'application "{name}", offer', report))
    exposed = _bodies(body, "exposed-endpoints", EXPOSED, f'application "{name}", exposed endpoint', report)
    return _replace(body, "exposed-endpoints", exposed)


def _bodies(parent: tree.Map, section: str, allowed: Mapping[str, Shape], what: str, report: problems.Report) -> tree.Map:
    """Checks each entry of a section whose entries are mappings (or null)."""
    entries = parent.map(section)
    for name, body in entries:
        if isinstance(body, tree.Map):
            entries = entries.put(name, _fields(body, allowed, f'{what} "{name}"', report), entries.where(name))
        elif not tree.is_null(body):
            report.error(entries.where(name), f'{what} "{name}" is {tree.kind(body)}; it must be a mapping')
            entries = entries.put(name, tree.empty(body.place), entries.where(name))
    return entries


def _fields(body: tree.Map, allowed: Mapping[str, Shape], what: str, report: problems.Report) -> tree.Map:
    for key, node in body.drop(COMMENT):
        if key not in allowed:
            hint = _EXTRA_HINTS.get(key, "") if allowed.get("applications") else ""
            hint = hint or problems.did_you_mean(key, allowed) or f"; known are {', '.join(sorted(set(allowed)))}"
            report.error(body.where(key), f'unknown key "{key}" in {what}{hint}')
            body = body.drop(key)
            continue
        fitted = _fit(key, node, allowed[key], body.where(key), report)
        body = body.drop(key) if fitted is None else body.put(key, fitted, body.where(key))
    return body


def _fit(key: str, node: tree.Node, shape: Shape, place: problems.Place, report: problems.Report) -> tree.Node | None:
    fits = {"value": tree.Scalar, "list": tree.Seq, "mapping": tree.Map}[shape]
    if isinstance(node, fits) or tree.is_null(node):
        return node
    if key == "to" and isinstance(node, tree.Scalar):
        report.warn(place, f'"to: {node.text}" is read as a list of one; write "to: [{node.text}]"')
        return tree.Seq(items=(node,), place=node.place)
    wanted = {"value": "a single value", "list": "a list", "mapping": "a mapping"}[shape]
    report.error(place, f'"{key}" is {tree.kind(node)}; it must be {wanted}{_SCALAR_HINTS.get(key, "")}')
    return None


def _one(document: tree.Map, report: problems.Report) -> tree.Map:
    """Refuses a file of juju-deployer, with bundles under names of their own, in one line."""
    parts = {"services", "applications", "inherits"}
    named = [key for key, node in document if isinstance(node, tree.Map) and parts & set(node.entries)]
    if not named or parts & set(document.entries):
        return document
    shown = ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
    report.error(
        document.where(named[0]),
        f"this is a file of juju-deployer, with the bundles {shown}; Juju takes one bundle a file: write one of them at the top, "
        "with what it inherits and the charms of Charmhub",
    )
    return document.drop(*named)


def _services(document: tree.Map, report: problems.Report) -> tree.Map:
    """Refuses Juju 1's `services:`, and reads it as applications so that the rest is still checked."""
    if "services" not in document or "applications" in document:
        return document
    place = document.where("services")
    report.error(place, '"services" was the name before Juju 2; rename it to "applications"')
    return document.put("applications", document.entries["services"], place).drop("services")


def _listed_machines(document: tree.Map, report: problems.Report) -> tree.Map:
    """Reads `machines: ['0', '1']`, found in old bundles, as machines without a body."""
    machines = document.get("machines")
    if not isinstance(machines, tree.Seq):
        return document
    place = document.where("machines")
    report.warn(place, "machines is a list; it is read as machines without constraints: write \"machines: {'0': }\"")
    ids = {item.text: item.place for item in machines.items if isinstance(item, tree.Scalar)}
    entries: dict[str, tree.Node] = {key: tree.scalar(None, where) for key, where in ids.items()}
    return document.put("machines", tree.Map(entries=entries, places=ids, place=machines.place), place)
