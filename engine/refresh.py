"""Which resources a refresh asks their providers about."""

from __future__ import annotations

from engine.context import Context
from engine.steps import Op, Step


def refresh_steps(context: Context) -> list[Step]:
    """Returns a step for each resource that the targets leave in."""
    options = context.options
    targets, excludes = options.targets.copy(), options.excludes.copy()
    steps = []
    for resource in context.previous.resources:
        needed = (resource.parent, *resource.references())
        if options.excludes:
            if resource.urn in excludes:
                continue
            if options.exclude_dependents and any(urn in excludes for urn in needed if urn):
                excludes.add(resource.urn)
                continue
        elif resource.urn not in targets:
            if not (options.target_dependents and any(urn in targets for urn in needed if urn)):
                continue
            targets.add(resource.urn)
        context.ensure_provider(resource.provider)
        steps.append(Step(op=Op.REFRESH, old=resource, new=resource))
    return steps
