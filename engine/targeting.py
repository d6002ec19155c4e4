"""Which resources ``--target`` and ``--exclude`` leave in the operation."""

from __future__ import annotations

from engine import urn as urns
from engine.context import Context
from engine.options import Targets
from engine.state import Resource
from engine.steps import Op, Step


def included(resource: Resource, context: Context) -> bool:
    """Tells whether the operation may change ``resource``."""
    if context.options.targets:
        return targeted(resource, context)
    if context.options.excludes:
        return not excluded(resource, context)
    return True


def targeted(resource: Resource, context: Context) -> bool:
    """Tells whether ``--target`` names the resource, or something that it needs."""
    if context.options.targets and resource.urn in context.options.targets:
        return True
    return context.options.target_dependents and _touches(resource, context.targets)


def excluded(resource: Resource, context: Context) -> bool:
    """Tells whether ``--exclude`` names the resource, or something that it needs."""
    if resource.urn in context.options.excludes:
        return True
    return context.options.exclude_dependents and _touches(resource, context.excludes)


def _touches(resource: Resource, chosen: Targets) -> bool:
    return any(urn in chosen for urn in resource.all_references())


def implicitly_targeted(urn: str) -> bool:
    """Tells whether a resource is part of every operation: providers and the stack itself."""
    return urns.is_provider_type(urns.type_of(urn)) or urns.qualified_type(urn) == urns.ROOT_STACK_TYPE


def unknown(targets: Targets, context: Context) -> bool:
    """Reports targets that neither the state nor the program has; tells whether there are any."""
    missing = [urn for urn in targets.literals if urn not in context.previous.all and urn not in context.decided.seen]
    for urn in missing:
        hint = "" if "$" in urn else " Did you forget to escape $ in your shell?"
        context.error(f"Target '{urn}' could not be found in the stack.{hint}")
    return bool(missing)


def untargeted_same(old: Resource) -> Step:
    """Returns the step that keeps a resource which is not part of the operation."""
    new = old.copy()
    return Step(op=Op.SAME, old=old, new=new, untargeted=True)


def sames_of_dependencies(old: Resource, context: Context) -> list[Step]:
    """Returns steps that keep what ``old`` needs and what no step has been made for yet."""
    steps: list[Step] = []
    decided = context.decided
    for urn in old.all_references():
        needed = context.previous.current.get(urn)
        if needed is None:
            if urn not in decided.seen:
                raise context.bail(f"dependency {urn} of untargeted resource {old.urn} has no old state", old.urn)
            continue
        if decided.generated(urn) or decided.operated(urn):
            continue
        decided.seen.add(urn)
        decided.sames.add(urn)
        steps += sames_of_dependencies(needed, context)
        steps.append(untargeted_same(needed))
    return steps


def check_skipped_dependencies(step: Step, context: Context) -> None:
    """Refuses a step that needs a resource whose creation was left out."""
    if step.new is None or step.skipped_create:
        return
    for urn in step.new.all_references():
        if urn in context.decided.skipped_creates:
            message = f"Resource '{step.urn}' depends on '{urn}' which was was not specified in --target list."
            context.error(message, step.urn)
            if not context.options.dry_run:
                raise context.silent_bail(message)
            context.decided.skipped_creates.discard(urn)
