"""From files to a `Bundle`: read, check shapes, resolve includes, merge, size, fill, type, verify."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import (
    adjusting,
    applications,
    bases,
    channels,
    includes,
    merging,
    model,
    placeholders,
    pools,
    problems,
    shape,
    tree,
    values,
    verifying,
)

Overrides = Mapping[str, Mapping[str, tree.Value]]
"""Options by application that the site sets over the bundle's; None goes back to the charm's default."""

_OVERRIDES = problems.Place(file="option overrides of the site")


def load(
    path: str | Path,
    overlays: Sequence[str | Path] = (),
    *,
    overrides: Overrides | None = None,
    substitutions: Mapping[str, str] | None = None,
    sizes: Mapping[str, pools.Size] | None = None,
    adjustments: adjusting.Adjustments | None = None,
) -> model.Bundle:
    """Reads a bundle with its overlays.

    Args:
        path: the bundle file; further documents in it are overlays of the first.
        overlays: overlay files, applied in this order.
        overrides: options that the site sets last.
        substitutions: values for `${name}` placeholders.
        sizes: number of machines, or their names, by machine pool (see `pools`).
        adjustments: what else the site sets over the bundle's applications.

    Returns:
        The merged, verified bundle; not yet checked against the charms.

    Raises:
        BundleErrors: with everything that is wrong.
    """
    report = problems.Report()
    documents = _documents(Path(path), overlays, report)
    if not documents and not report.problems:
        report.error(problems.Place(file=str(path)), "no bundle in this file; it needs at least applications:")
    if not documents:
        report.raise_errors()
    merged = merging.merge(documents, report)
    merged = adjusting.apply(merged, adjustments, report) if adjustments else merged
    merged = _override(merged, overrides or {}, report)
    sized = pools.apply(merged, sizes or {}, report)
    filled = placeholders.fill(sized.bundle, {k: str(v) for k, v in (substitutions or {}).items()}, report)
    bundle = _bundle(str(path), dataclasses.replace(sized, bundle=filled), report)
    verifying.verify(bundle, report)
    report.raise_errors()
    return dataclasses.replace(bundle, warnings=report.warnings)


def _documents(path: Path, overlays: Sequence[str | Path], report: problems.Report) -> list[tree.Map]:
    found = []
    for index, file in enumerate((path, *map(Path, overlays))):
        for number, document in enumerate(tree.read(file, report)):
            checked = shape.check(document, overlay=index + number > 0, report=report)
            found.append(includes.resolve(checked, file.parent, report))
        if not found:
            break
    return found


def _override(merged: tree.Map, overrides: Overrides, report: problems.Report) -> tree.Map:
    bodies = merged.map("applications")
    for name, options in overrides.items():
        body = bodies.get(name)
        if not isinstance(body, tree.Map):
            near = problems.did_you_mean(name, bodies.entries) or "; remove the override or add its overlay"
            report.error(_OVERRIDES, f'options for application "{name}", which the bundle does not define{near}')
            continue
        given = body.map("options")
        for option, value in options.items():
            given = given.drop(option) if value is None else given.put(option, tree.scalar(value, _OVERRIDES))
        bodies = bodies.put(name, body.put("options", given, body.where("options")), bodies.where(name))
    return merged.put("applications", bodies, merged.where("applications"))


def _bundle(file: str, sized: pools.Sized, report: problems.Report) -> model.Bundle:
    root = sized.bundle
    _kind(root, report)
    default_base = bases.read(root, "default-base", "bundle", report)
    return model.Bundle(
        file=file,
        description=values.text(root, "description") or "",
        default_base=default_base,
        applications=_applications(root, default_base, report),
        machines=_machines(sized, default_base, report),
        relations=_relations(root, report),
        saas=_saas(root, report),
        pools=sized.pools,
    )


def _kind(root: tree.Map, report: problems.Report) -> None:
    kind = values.text(root, "bundle") or ""
    if kind == "kubernetes":
        report.error(root.where("bundle"), "a Kubernetes bundle has no machines to deploy to; use a machine bundle")
    elif kind:
        report.error(root.where("bundle"), f'bundle has an invalid type "{kind}"; remove the key')
    if not root.map("applications").entries:
        report.error(root.where("applications"), "at least one application must be specified under applications:")


def _applications(root: tree.Map, default_base: str | None, report: problems.Report) -> dict[str, model.Application]:
    reader, bodies = applications.Reader(default_base, report), root.map("applications")
    read = (reader.read(name, body, bodies.where(name)) for name, body in bodies if isinstance(body, tree.Map))
    return channels.choose({application.name: application for application in read if application}, report)


def _machines(sized: pools.Sized, default_base: str | None, report: problems.Report) -> dict[str, model.Machine]:
    found, bodies = {}, sized.bundle.map("machines")
    for id_, node in bodies:
        place, what = bodies.where(id_), f'machine "{id_}"'
        body = node if isinstance(node, tree.Map) else tree.empty(place)
        member = sized.members.get(id_)
        found[id_] = model.Machine(
            id=id_,
            base=bases.read(body, "base", what, report) or default_base,
            constraints=applications.read_constraints(body, what, report),
            annotations=applications.read_annotations(body, what, report),
            pool=member.pool if member else None,
            member=member.name if member else None,
            source=body,
            place=place,
        )
    return found


def _relations(root: tree.Map, report: problems.Report) -> tuple[model.Relation, ...]:
    node, found = root.get("relations"), []
    for item in node.items if isinstance(node, tree.Seq) else ():
        if not isinstance(item, tree.Seq) or not all(isinstance(end, tree.Scalar) for end in item.items):
            report.error(item.place, 'a relation is a pair of endpoints: write "[a:x, b:y]", one pair an entry')
            continue
        ends = [_end(end.text, item.place, report) for end in item.items if isinstance(end, tree.Scalar)]
        if len(ends) != 2:
            text = ", ".join(str(end) for end in ends)
            report.error(item.place, f"relation [{text}] has {len(ends)} endpoint(s), not 2; write one pair an entry")
            continue
        found.append(model.Relation(ends=(ends[0], ends[1]), place=item.place))
    return tuple(found)


def _end(text: str, place: problems.Place, report: problems.Report) -> model.End:
    application, separator, endpoint = text.partition(":")
    if not application or (separator and not endpoint) or ":" in endpoint:
        report.error(place, f'invalid relation syntax "{text}"; write "application:endpoint" or "application"')
    return model.End(application=application, endpoint=endpoint or None)


def _saas(root: tree.Map, report: problems.Report) -> dict[str, model.Saas]:
    found, bodies = {}, root.map("saas")
    for name, node in bodies:
        body = node if isinstance(node, tree.Map) else tree.empty(bodies.where(name))
        found[name] = model.Saas(name=name, url=values.text(body, "url") or "", source=body, place=bodies.where(name))
    return found
