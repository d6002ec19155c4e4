"""What is left to delete once the program has said what it wants."""

from __future__ import annotations

from engine import targeting
from engine.context import Context
from engine.errors import BailError
from engine.options import Targets
from engine.replacements import Replacements
from engine.state import Resource
from engine.steps import Op, Step


class Deletions:
    """Makes the steps for resources that no registration has claimed."""

    def __init__(self, context: Context, replacements: Replacements):
        self._context = context
        self._decided = context.decided
        self._replacements = replacements

    async def steps(self) -> tuple[list[Step], list[Step]]:
        """Returns the steps that keep what is outside the targets, and those that delete."""
        allowed, forbidden = await self._limits()
        sames, deletes = [], []
        for resource in self._context.previous.resources:
            if (allowed is not None and resource.urn not in allowed) or resource.urn in forbidden:
                if not self._decided.operated(resource.urn):
                    sames.append(targeting.untargeted_same(resource))
                continue
            step = self._step(resource)
            if step is not None:
                deletes.append(step)
                self._context.ensure_provider(resource.provider)
        self._refuse_unnamed(deletes)
        return sames, deletes

    def _step(self, resource: Resource) -> Step | None:
        decided = self._decided
        if resource.delete:
            if id(resource) in decided.condemned:
                return None
            decided.deletes.add(resource.urn)
            return Step(op=_delete_op(resource, replaced=True), old=resource)
        if decided.operated(resource.urn):
            return None
        decided.deletes.add(resource.urn)
        if resource.pending_replacement:
            return Step(op=Op.REMOVE_PENDING_REPLACE, old=resource)
        return Step(op=_delete_op(resource, replaced=False), old=resource)

    async def _limits(self) -> tuple[set[str] | None, set[str]]:
        options = self._context.options
        if options.targets:
            return await self._allowed(options.targets), set()
        if options.excludes:
            return None, self._kept(options.excludes)
        return None, set()

    async def _allowed(self, targets: Targets) -> set[str]:
        """Returns the targets with all that depends on them."""
        allowed: set[str] = set()
        graph = self._context.previous.graph
        frontier = [r for r in self._context.previous.resources if r.urn in targets]
        while frontier:
            resource = frontier.pop(0)
            if resource.urn not in allowed:
                allowed.add(resource.urn)
                frontier += graph.depending_on(resource, allowed, children=True)
        for urn in list(allowed):
            for resource in self._context.previous.all.get(urn, ()):
                allowed.update(r.urn for r in await self._replacements.dependents(resource))
            allowed.update(d.resource.urn for d in self._replacements.bound_to(urn))
        return allowed

    def _kept(self, excludes: Targets) -> set[str]:
        """Returns the excluded resources with all that they need."""
        kept: set[str] = set()
        graph = self._context.previous.graph
        frontier = [r for r in self._context.previous.resources if r.urn in excludes]
        while frontier:
            resource = frontier.pop(0)
            if resource.urn in kept:
                continue
            kept.add(resource.urn)
            frontier += graph.dependencies_of(resource)
            if self._context.options.exclude_dependents:
                frontier += graph.depending_on(resource, kept, children=True)
        return kept

    def _refuse_unnamed(self, deletes: list[Step]) -> None:
        options = self._context.options
        unnamed = [s for s in deletes if s.urn not in options.targets and not options.target_dependents]
        for step in unnamed:
            self._context.error(
                f"Resource '{step.urn}' will be destroyed but was not specified in --target list.\n"
                "Either include resource in --target list or pass --target-dependents to proceed.",
                step.urn,
            )
        if unnamed and not options.dry_run:
            raise BailError("delete untargeted resource")


def _delete_op(resource: Resource, *, replaced: bool) -> Op:
    if resource.external:
        return Op.DISCARD_REPLACED if replaced else Op.DISCARD
    return Op.DELETE_REPLACED if replaced else Op.DELETE
