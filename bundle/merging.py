"""Overlays: the base document, its further documents, then each overlay file, merged as Juju merges them.

Fields of an application that an overlay names replace those of the base (values and lists) or merge by key (mappings); an
empty mapping clears; an application without a body is removed together with its relations; relations are appended;
`machines` replaces all machines. Two things are done more safely than in Juju. An option set to null goes back to the
charm's default. A relation that an overlay repeats is kept once.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import problems, tree

_MAPPINGS = frozenset({"resources", "exposed-endpoints", "options", "annotations", "storage", "devices", "bindings", "offers"})
_LATEST = ("bundle", "description", "tags", "x-pools")


def merge(documents: Sequence[tree.Map], report: problems.Report) -> tree.Map:
    """Merges well-shaped documents, the base first.

    Args:
        documents: at least one document.
        report: takes the errors and warnings.

    Returns:
        One document; where a value came from stays with it.
    """
    base = documents[0]
    for name, body in base.map("applications"):
        if tree.is_null(body):
            report.error(base.map("applications").where(name), f'base application "{name}" has no body; give it at least a charm')
    merged = _without_null_applications(base)
    for overlay in documents[1:]:
        merged = _apply(merged, overlay, report)
    return merged


def _without_null_applications(base: tree.Map) -> tree.Map:
    applications = base.map("applications")
    empty = [name for name, body in applications if tree.is_null(body)]
    return base.put("applications", applications.drop(*empty), base.where("applications"))


def _apply(merged: tree.Map, overlay: tree.Map, report: problems.Report) -> tree.Map:
    merged = _section(merged, overlay, "applications", report)
    merged = _section(merged, overlay, "saas", report)
    merged = _base(merged, overlay)
    merged = _machines(merged, overlay, report)
    for key in _LATEST:
        node = overlay.get(key)
        if node is not None:
            merged = merged.put(key, node, overlay.where(key))
    return _relations(merged, overlay, report)


def _section(merged: tree.Map, overlay: tree.Map, section: str, report: problems.Report) -> tree.Map:
    bodies = merged.map(section)
    for name, body in overlay.map(section):
        place = overlay.map(section).where(name)
        if tree.is_null(body):
            merged, bodies = _remove(merged, section, name, place, report)
        elif isinstance(body, tree.Map):
            old = bodies.get(name)
            joined = _fields(old if isinstance(old, tree.Map) else tree.empty(place), body)
            bodies = bodies.put(name, joined, bodies.places.get(name, place) if old is not None else place)
        merged = merged.put(section, bodies, merged.where(section))
    return merged


def _remove(
    merged: tree.Map, section: str, name: str, place: problems.Place, report: problems.Report
) -> tuple[tree.Map, tree.Map]:
    bodies = merged.map(section)
    if name not in bodies:
        near = problems.did_you_mean(name, [key for key, _ in bodies])
        report.warn(place, f'the overlay removes "{name}" from {section}, where there is none{near}')
    return _drop_relations(merged, name), bodies.drop(name)


def _drop_relations(merged: tree.Map, name: str) -> tree.Map:
    relations = merged.get("relations")
    if not isinstance(relations, tree.Seq):
        return merged
    kept = tuple(item for item in relations.items if name not in _applications_of(item))
    return merged.put("relations", tree.Seq(items=kept, place=relations.place), merged.where("relations"))


def _applications_of(relation: tree.Node) -> set[str]:
    ends = relation.items if isinstance(relation, tree.Seq) else ()
    return {end.text.partition(":")[0] for end in ends if isinstance(end, tree.Scalar)}


def _fields(old: tree.Map, new: tree.Map) -> tree.Map:
    for key, node in new:
        if key in _MAPPINGS:
            old = old.put(key, _mapping(old.map(key), node), new.where(key))
        else:
            old = old.put(key, node, new.where(key))
    return old


def _mapping(old: tree.Map, new: tree.Node) -> tree.Map:
    if not isinstance(new, tree.Map) or not new.entries:
        return tree.empty(new.place)
    for key, node in new:
        old = old.drop(key) if tree.is_null(node) else old.put(key, node, new.where(key))
    return old


def _base(merged: tree.Map, overlay: tree.Map) -> tree.Map:
    """Lets the overlay's series or default base win over either of the base document's."""
    given = [key for key in ("series", "default-base") if not tree.is_null(overlay.get(key))]
    if given:
        merged = merged.drop("series", "default-base")
    for key in given:
        merged = merged.put(key, overlay.entries[key], overlay.where(key))
    return merged


def _machines(merged: tree.Map, overlay: tree.Map, report: problems.Report) -> tree.Map:
    new = overlay.get("machines")
    if not isinstance(new, tree.Map):
        return merged
    lost = [key for key, _ in merged.map("machines") if key not in new]
    if lost:
        report.warn(
            overlay.where("machines"),
            f"machines of an overlay replace all machines of the base: {', '.join(lost)} are gone; repeat every machine",
        )
    return merged.put("machines", new, overlay.where("machines"))


def _relations(merged: tree.Map, overlay: tree.Map, report: problems.Report) -> tree.Map:
    new, old = overlay.get("relations"), merged.get("relations")
    if not isinstance(new, tree.Seq):
        return merged
    there = old.items if isinstance(old, tree.Seq) else ()
    known = {ends for item in there if (ends := _ends(item))}
    added = []
    for item in new.items:
        ends = _ends(item)
        if ends in known:
            report.warn(item.place, f"the overlay repeats the relation {' '.join(sorted(ends))}; it is kept once")
        else:
            added.append(item)
    return merged.put("relations", tree.Seq(items=(*there, *added), place=new.place), overlay.where("relations"))


def _ends(relation: tree.Node) -> frozenset[str]:
    ends = relation.items if isinstance(relation, tree.Seq) else ()
    return frozenset(end.text for end in ends if isinstance(end, tree.Scalar))
