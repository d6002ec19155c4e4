"""The step generator: turns what the program asks for into steps, by Pulumi's rules.

It asks providers to check and compare, and changes nothing itself. Registrations are decided
concurrently; since a resource waits in the program for what it needs, decisions that depend on one
another come one after the other by themselves.
"""

from __future__ import annotations

from engine import aliases, comparison, diff, property_path, targeting, values
from engine import urn as urns
from engine.context import Context
from engine.errors import BailError
from engine.provider.interface import CheckFailure, Provider
from engine.replacements import Pending, Replacements, create_first
from engine.state import Resource
from engine.steps import Goal, Op, ReadGoal, Registration, Step


class StepGenerator:
    """Decides what is to be done for each registration."""

    def __init__(self, context: Context):
        self._context = context
        self._decided = context.decided
        self.replacements = Replacements(context, self._check)

    async def steps_for(self, goal: Goal, registration: Registration) -> list[Step]:
        """Returns the steps that bring one resource to ``goal``, to be done in this order."""
        context = self._context
        urn = self._claim(goal.parent, goal.type, goal.name)
        old = self._find_old(urn, goal)
        context.goals[urn] = goal
        new = _new_state(urn, goal, old)
        if old is not None and old.urn != urn:
            new.aliases = [old.urn]
        if urns.is_provider_type(goal.type):
            context.providers[urn] = new
        provider = self._provider_of(new)
        recreating = urn in self._decided.deletes
        if _is_import(goal, old):
            return self._import_steps(goal, old, new, recreating=recreating, registration=registration)
        pending = Pending(goal, old, new, registration, provider)
        return self._checked(await self._decide(pending, recreating=recreating))

    async def read_steps(self, goal: ReadGoal, registration: Registration) -> list[Step]:
        """Returns the steps that read one resource without managing it."""
        urn = self._claim(goal.parent, goal.type, goal.name)
        old = self._context.previous.current.get(urn)
        new = Resource(
            urn=urn,
            type=goal.type,
            custom=True,
            id=goal.id,
            inputs=goal.properties,
            parent=goal.parent,
            external=True,
            dependencies=goal.dependencies,
            provider=goal.provider,
            additional_secret_outputs=goal.additional_secret_outputs,
            source_position=goal.source_position,
        )
        if old is not None and not old.external and old.id != goal.id:
            self._decided.replaces.add(urn)
            return [
                Step(op=Op.READ_REPLACEMENT, old=old, new=new, registration=registration),
                Step(op=Op.REPLACE, old=old, new=new, pending_delete=True),
            ]
        self._decided.reads.add(urn)
        return [Step(op=Op.READ, old=old, new=new, registration=registration)]

    def _claim(self, parent: str, type_: str, name: str) -> str:
        if parent and parent not in self._decided.seen:
            raise self._context.bail(f"could not find parent resource {parent}")
        urn = self._context.urn_of(parent, type_, name)
        if urn in self._decided.seen:
            raise self._context.bail(f"Duplicate resource URN '{urn}'; try giving it a unique name", urn)
        self._decided.seen.add(urn)
        return urn

    def _find_old(self, urn: str, goal: Goal) -> Resource | None:
        current, decided = self._context.previous.current, self._decided
        if urn in decided.renamed:
            self._context.error(
                f"Duplicate resource URN '{urn}' conflicting with alias on resource with URN '{decided.renamed[urn]}'",
                urn,
            )
            raise BailError("duplicate alias")
        for name in [urn, *aliases.candidates(goal, self._context)]:
            if name not in current:
                continue
            if name != urn:
                self._take_alias(urn, name)
            return current[name]
        return None

    def _take_alias(self, urn: str, former: str) -> None:
        decided = self._decided
        taken = former if former in decided.seen else decided.renamed.get(former)
        if taken:
            other = urn if former in decided.seen else taken
            self._context.error(
                f"Duplicate resource alias '{former}' applied to resource with URN '{urn}'"
                f" conflicting with resource with URN '{other}'",
                urn,
            )
            raise BailError("duplicate alias")
        decided.renamed[former] = urn
        decided.former[urn] = former
        self._context.registry.alias(urn, former)

    def _provider_of(self, new: Resource) -> Provider | None:
        if not new.custom:
            return None
        if not urns.is_provider_type(new.type) and self._context.registry.get(new.provider) is None:
            self._context.ensure_provider(new.provider)
        return self._context.registry.require(new)

    def _import_steps(
        self, goal: Goal, old: Resource | None, new: Resource, *, recreating: bool, registration: Registration
    ) -> list[Step]:
        new.import_id = goal.import_id
        if old is None or recreating:
            return [Step(op=Op.IMPORT, new=new, registration=registration, ignore_changes=goal.ignore_changes)]
        first = Step(op=Op.IMPORT_REPLACEMENT, new=new, registration=registration, original=old)
        first.ignore_changes = goal.ignore_changes
        return [first, Step(op=Op.REPLACE, old=old, new=new, pending_delete=True)]

    async def _decide(self, pending: Pending, *, recreating: bool) -> list[Step]:
        goal, old, new = pending.goal, pending.old, pending.new
        context, decided = self._context, self._decided
        targeted = targeting.implicitly_targeted(new.urn) or targeting.included(new, context)
        fresh = recreating or old is None or old.external or self._replace_asked(new.urn, old)
        if pending.provider is not None:
            if not targeted:
                new.inputs = old.inputs if old is not None else {}
            elif fresh or old is None:
                await self._check(new, {}, goal.properties, pending.provider)
            else:
                inputs = self._unignored(new, old, goal)
                await self._check(new, old.inputs, inputs, pending.provider)
        elif old is not None:
            new.inputs = self._unignored(new, old, goal)
        if old is not None and (recreating or new.urn in decided.deletes):
            return self.replacements.recreate(pending.registration, old, new)
        if old is not None and old.external:
            decided.creates.add(new.urn)
            return create_first(pending, diff.SOME_CHANGE)
        self._note_target(new, targeted=targeted)
        if old is None:
            return [self._create(new, pending.registration, targeted=targeted)]
        if not targeted:
            return self._keep(old, new, pending.registration)
        return await self._decide_by_diff(pending, old)

    def _unignored(self, new: Resource, old: Resource, goal: Goal) -> values.PropertyMap:
        if not goal.ignore_changes:
            return goal.properties
        inputs, failed = property_path.reset_ignored(goal.properties, old.inputs, goal.ignore_changes)
        if failed:
            listed = ", ".join(failed)
            message = f'cannot ignore changes in added or removed elements of the path: "{listed}"'
            self._context.reporter.diagnostic("info", message, new.urn)
        return inputs

    async def _check(self, new: Resource, olds: values.PropertyMap, news: values.PropertyMap, provider: Provider) -> None:
        """Sets the checked inputs; reports each property that the provider refuses and bails out."""
        checked = await provider.check(new.urn, olds, news)
        new.inputs = checked.inputs
        for failure in checked.failures:
            self._context.error(_failure_text(new, failure), new.urn)
        if checked.failures:
            raise BailError(f"resource {new.urn} is invalid")

    def _replace_asked(self, urn: str, old: Resource | None) -> bool:
        asked = bool(self._context.options.replaces) and urn in self._context.options.replaces
        return asked or (old is not None and old.taint)

    def _note_target(self, new: Resource, *, targeted: bool) -> None:
        context = self._context
        if context.options.excludes and not targeted and targeting.excluded(new, context):
            context.excludes.add(new.urn)
        elif targeted and targeting.targeted(new, context):
            context.targets.add(new.urn)

    def _create(self, new: Resource, registration: Registration, *, targeted: bool) -> Step:
        if targeted:
            self._decided.creates.add(new.urn)
            return Step(op=Op.CREATE, new=new, registration=registration)
        self._decided.sames.add(new.urn)
        self._decided.skipped_creates.add(new.urn)
        return Step(op=Op.SAME, old=new.copy(), new=new, registration=registration, skipped_create=True)

    def _keep(self, old: Resource, new: Resource, registration: Registration) -> list[Step]:
        """Leaves a resource outside the targets as it is, and what it needs."""
        self._decided.sames.update((new.urn, old.urn))
        steps = targeting.sames_of_dependencies(old, self._context)
        last = targeting.untargeted_same(old)
        last.registration = registration
        return [*steps, last]

    async def _decide_by_diff(self, pending: Pending, old: Resource) -> list[Step]:
        new, goal, decided = pending.new, pending.goal, self._decided
        triggered = _triggers_replacement(new, old)
        found = diff.SOME_CHANGE if triggered else await self._diff(pending, old)
        if new.urn in decided.deletes:
            return self.replacements.recreate(pending.registration, old, new)
        found = diff.apply_replace_on_changes(found, goal.replace_on_changes)
        changed = found.changes is diff.Changes.SOME
        if (changed and (found.replace or triggered)) or old.pending_replacement:
            asked = self._replace_asked(new.urn, old)
            return await self.replacements.steps(pending, found, check=not asked)
        if changed or old.init_errors:
            decided.updates.add(new.urn)
            return [self._update(pending, old, found)]
        return self._same(pending, old)

    def _update(self, pending: Pending, old: Resource, found: diff.Diff) -> Step:
        return Step(
            op=Op.UPDATE,
            old=old,
            new=pending.new,
            registration=pending.registration,
            diffs=found.changed_keys,
            detailed_diff=found.detailed,
            ignore_changes=pending.goal.ignore_changes,
        )

    def _same(self, pending: Pending, old: Resource) -> list[Step]:
        self._decided.sames.add(pending.new.urn)
        return [Step(op=Op.SAME, old=old, new=pending.new, registration=pending.registration)]

    async def _diff(self, pending: Pending, old: Resource) -> diff.Diff:
        new = pending.new
        if self._replace_asked(new.urn, old):
            return diff.replacement("id")
        if any(urn in self._decided.replaces for urn in new.replace_with):
            return diff.replacement("replaceWith")
        if new.deleted_with and new.deleted_with in self._decided.replaces:
            return diff.replacement("deletedWith")
        if self._provider_changed(new, old):
            return diff.replacement("provider")
        if pending.provider is None:
            return diff.NO_CHANGE if values.equal(old.inputs, new.inputs) else diff.SOME_CHANGE
        return await comparison.compare(pending.provider, old, new.urn, new.inputs, pending.goal.ignore_changes)

    def _provider_changed(self, new: Resource, old: Resource) -> bool:
        if old.provider == new.provider:
            return False
        if not old.provider or not new.provider:
            return True
        before, now = urns.ProviderRef.parse(old.provider).urn, urns.ProviderRef.parse(new.provider).urn
        if before == now or self._decided.renamed.get(before) == now:
            return False
        olds, news = self._context.previous.current.get(before), self._context.providers.get(now)
        return olds is None or news is None or not values.equal(olds.inputs, news.inputs)

    def _checked(self, steps: list[Step]) -> list[Step]:
        options = self._context.options
        if options.targets or options.replaces:
            for step in steps:
                targeting.check_skipped_dependencies(step, self._context)
        return steps


def _is_import(goal: Goal, old: Resource | None) -> bool:
    if not goal.custom or not goal.import_id:
        return False
    return old is None or old.external or (old.import_id or old.id) != goal.import_id


def _triggers_replacement(new: Resource, old: Resource) -> bool:
    before, now = values.reveal(old.replacement_trigger), values.reveal(new.replacement_trigger)
    if values.has_unknowns(before) or values.has_unknowns(now):
        return True
    return before is not None and now is not None and not values.equal(before, now)


def _failure_text(new: Resource, failure: CheckFailure) -> str:
    name = urns.name_of(new.urn)
    if not failure.property:
        return f"{new.type} resource '{name}' has a problem: {failure.reason}"
    value = values.mask(new.inputs.get(failure.property))
    return f"{new.type} resource '{name}': property {failure.property} value {{{value}}} has a problem: {failure.reason}"


def _new_state(urn: str, goal: Goal, old: Resource | None) -> Resource:
    return Resource(
        urn=urn,
        type=goal.type,
        custom=goal.custom,
        inputs=goal.properties,
        parent=goal.parent,
        protect=bool(goal.protect),
        dependencies=goal.dependencies,
        provider=goal.provider,
        property_dependencies=goal.property_dependencies,
        additional_secret_outputs=goal.additional_secret_outputs,
        custom_timeouts=goal.custom_timeouts,
        import_id=goal.import_id,
        retain_on_delete=bool(goal.retain_on_delete),
        deleted_with=goal.deleted_with,
        replace_with=goal.replace_with,
        created=old.created if old else "",
        modified=old.modified if old else "",
        source_position=goal.source_position,
        ignore_changes=goal.ignore_changes,
        hide_diff=goal.hide_diff,
        replace_on_changes=goal.replace_on_changes,
        replacement_trigger=goal.replacement_trigger,
        resource_hooks=goal.hooks,
    )
