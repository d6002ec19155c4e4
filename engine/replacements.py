"""Replacing a resource: in which order, and whom else it takes along."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable

from engine import comparison, diff, values
from engine import urn as urns
from engine.context import Context
from engine.errors import BailError
from engine.provider.interface import Provider
from engine.state import Resource
from engine.steps import Goal, Op, Registration, Step

Check = Callable[[Resource, values.PropertyMap, values.PropertyMap, Provider], Awaitable[None]]


@dataclasses.dataclass(frozen=True, slots=True)
class Pending:
    """A registration on its way to steps."""

    goal: Goal
    old: Resource | None
    new: Resource
    registration: Registration
    provider: Provider | None


@dataclasses.dataclass(frozen=True, slots=True)
class _Dependent:
    resource: Resource
    keys: list[str]


class Replacements:
    """Makes the steps of a replacement."""

    def __init__(self, context: Context, check: Check):
        self._context = context
        self._decided = context.decided
        self._check = check

    def recreate(self, registration: Registration, old: Resource, new: Resource) -> list[Step]:
        """Returns the steps for a resource that has been deleted ahead of this registration."""
        self._decided.deletes.discard(new.urn)
        self._decided.replaces.add(new.urn)
        keys = self._decided.replace_keys.get(new.urn, [])
        return [
            Step(op=Op.REPLACE, old=old, new=new),
            Step(op=Op.CREATE_REPLACEMENT, old=old, new=new, registration=registration, keys=keys),
        ]

    async def steps(self, pending: Pending, found: diff.Diff, *, check: bool) -> list[Step]:
        """Returns the steps that replace one resource, its dependents' deletions included."""
        old, new = pending.old, pending.new
        if old is None:
            raise ValueError("nothing to replace")
        self._refuse_protected(old, new)
        self._refuse_imported(pending, found, old)
        self._decided.replaces.add(new.urn)
        if pending.provider is not None and check:
            await self._check(new, {}, pending.goal.properties, pending.provider)
        first = pending.goal.delete_before_replace
        if not (found.delete_before_replace if first is None else first):
            return create_first(pending, found)
        return await self._delete_first(pending, found, old)

    def _refuse_protected(self, old: Resource, new: Resource) -> None:
        if not (new.protect and old.protect):
            return
        message = (
            f'unable to replace resource "{new.urn}"\nas it is currently marked for protection. To unprotect the'
            " resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`"
        )
        self._context.error(message, new.urn)
        if not self._context.options.dry_run:
            raise BailError(message)

    def _refuse_imported(self, pending: Pending, found: diff.Diff, old: Resource) -> None:
        if not pending.goal.import_id:
            return
        changes = "\n".join(
            f"{k}: {values.mask(old.inputs.get(k))} => {values.mask(pending.new.inputs.get(k))}" for k in found.replace_keys
        )
        message = (
            "previously-imported resources that still specify an ID may not be replaced; please remove the"
            f" `import` declaration from your program;\n{changes}"
        )
        if not self._context.options.dry_run:
            raise self._context.bail(message, pending.new.urn)
        self._context.reporter.diagnostic("warning", message, pending.new.urn)

    async def _delete_first(self, pending: Pending, found: diff.Diff, old: Resource) -> list[Step]:
        new, decided = pending.new, self._decided
        dependents = await self._dependents(old) if old in self._context.previous.graph else []
        dependents += self.bound_to(new.urn)
        steps = [self._condemn(d, new.urn) for d in reversed(dependents) if not self._settled(d.resource)]
        self._context.ensure_provider(old.provider)
        if not old.pending_replacement:
            decided.deletes.add(old.urn)
            steps.append(Step(op=Op.DELETE_REPLACED, old=old, pending_replacement=True))
        return [*steps, _half(Op.REPLACE, pending, found), _half(Op.CREATE_REPLACEMENT, pending, found)]

    def _settled(self, resource: Resource) -> bool:
        """Whether a step was made for it while its provider was asked, or it is condemned already."""
        decided = self._decided
        done = decided.creates | decided.sames | decided.updates | decided.reads
        return id(resource) in decided.condemned or resource.urn in done

    def _condemn(self, dependent: _Dependent, because: str) -> Step:
        resource, decided = dependent.resource, self._decided
        decided.replace_keys[resource.urn] = dependent.keys
        if resource.protect and not resource.delete:
            message = (
                f'unable to replace resource "{resource.urn}" as part of replacing "{because}" as it is currently'
                " marked for protection. To unprotect the resource, remove the `protect` flag from the resource"
                " in your Pulumi program and run `pulumi up`, or use the command:\n"
                f"`pulumi state unprotect '{resource.urn}'`"
            )
            self._context.error(message, because)
            raise BailError(message)
        decided.deletes.add(resource.urn)
        decided.condemned.add(id(resource))
        if resource.delete:
            return Step(op=Op.DELETE, old=resource)
        return Step(op=Op.DELETE_REPLACED, old=resource, pending_replacement=True)

    async def dependents(self, root: Resource) -> list[Resource]:
        """Returns whom a deletion of ``root`` forces to be made anew."""
        return [d.resource for d in await self._dependents(root)]

    async def _dependents(self, root: Resource) -> list[_Dependent]:
        decided = self._decided
        done = decided.reads | decided.creates | decided.sames | decided.updates | decided.deletes | decided.replaces
        replaced = {root.urn}
        found = []
        for candidate in self._context.previous.graph.depending_on(root, done, children=False):
            keys = await self._needs_replacement(candidate, replaced)
            if keys is not None:
                found.append(_Dependent(candidate, keys))
                replaced.add(candidate.urn)
        return found

    async def _needs_replacement(self, candidate: Resource, replaced: set[str]) -> list[str] | None:
        """Returns the keys for which ``candidate`` must be replaced, None if it need not be."""
        if not candidate.custom or candidate.external:
            return None
        if candidate.provider and urns.ProviderRef.parse(candidate.provider).urn in replaced:
            self._context.ensure_provider(candidate.provider)
            return []
        if candidate.deleted_with in replaced:
            return []
        inputs = {
            key: values.UNKNOWN if replaced.intersection(candidate.property_dependencies.get(key) or ()) else value
            for key, value in candidate.inputs.items()
        }
        if all(value is not values.UNKNOWN for value in inputs.values()):
            return None
        self._context.ensure_provider(candidate.provider)
        provider = self._context.registry.require(candidate)
        found = await comparison.compare(provider, candidate, candidate.urn, inputs, candidate.ignore_changes)
        found = diff.apply_replace_on_changes(found, candidate.replace_on_changes)
        return found.replace_keys if found.replace else None

    def bound_to(self, urn: str) -> list[_Dependent]:
        """Returns the resources that are declared to go or to be replaced with ``urn``."""
        known = {**self._context.previous.current, **self._context.news}
        return [_Dependent(r, []) for r in known.values() if urn in r.replace_with or r.deleted_with == urn]


def create_first(pending: Pending, found: diff.Diff) -> list[Step]:
    """Returns the steps that make the new object and leave the old one to be deleted at the end."""
    steps = [_half(Op.CREATE_REPLACEMENT, pending, found), _half(Op.REPLACE, pending, found)]
    for step in steps:
        step.pending_delete = True
    return steps


def _half(op: Op, pending: Pending, found: diff.Diff) -> Step:
    """Returns one of the two steps of a replacement; the one that creates answers the program."""
    return Step(
        op=op,
        old=pending.old,
        new=pending.new,
        registration=pending.registration if op is Op.CREATE_REPLACEMENT else None,
        keys=found.replace_keys,
        diffs=found.changed_keys,
        detailed_diff=found.detailed,
    )
