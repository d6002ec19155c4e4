"""Carrying out one step: the provider's call and what it makes of the resource's state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from engine import comparison, hooks, state, values
from engine import urn as urns
from engine.context import Context
from engine.diff import Changes
from engine.errors import ProviderError
from engine.hooks import Hooks
from engine.state import Resource
from engine.steps import Op, Registered, Step

_T = TypeVar("_T")
_MOST_RETRIES = 100


class Applier:
    """Carries out steps. Raises ``ProviderError`` for a step that failed."""

    def __init__(self, context: Context, hooks_: Hooks, post_error: Callable[[str, str], None]):
        self._context = context
        self._hooks = hooks_
        self._post_error = post_error
        self._preview = context.options.dry_run
        self._handlers: dict[Op, Callable[[Step], Awaitable[None]]] = {
            Op.SAME: self._same,
            Op.CREATE: self._create,
            Op.CREATE_REPLACEMENT: self._create,
            Op.UPDATE: self._update,
            Op.DELETE: self._delete,
            Op.DELETE_REPLACED: self._delete,
            Op.DISCARD: self._delete,
            Op.DISCARD_REPLACED: self._delete,
            Op.READ: self._read,
            Op.READ_REPLACEMENT: self._read,
            Op.REFRESH: self._refresh,
            Op.IMPORT: self._import,
            Op.IMPORT_REPLACEMENT: self._import,
            Op.REPLACE: self._nothing,
            Op.REMOVE_PENDING_REPLACE: self._nothing,
        }

    async def apply(self, step: Step) -> None:
        """Carries out ``step`` and completes its states; the program is answered by ``answer``."""
        await self._handlers[step.op](step)

    def answer(self, step: Step) -> None:
        """Answers the registration that the step was made for."""
        if step.registration is not None and step.new is not None:
            step.registration.done(Registered(step.new, unknown=step.skipped_create))

    async def _nothing(self, step: Step) -> None:
        """Marks only: other steps of the same chain do the work."""

    async def _same(self, step: Step) -> None:
        old, new = _both(step)
        new.id, new.outputs = old.id, old.outputs
        if urns.is_provider_type(new.type) and not step.skipped_create and not step.untargeted:
            kept = new.copy()
            kept.inputs = old.inputs
            self._context.registry.same(kept)

    async def _create(self, step: Step) -> None:
        new = step.resource
        await self._hooks.run(hooks.BEFORE_CREATE, None, new)
        if new.custom:
            provider = self._context.registry.require(new)
            created = await self._retried("create", step, lambda: provider.create(new, preview=self._preview))
            new.id, new.outputs = created.id, created.outputs
        new.created = new.modified = state.timestamp()
        if step.pending_delete and step.old is not None:
            step.old.delete = True
        if new.custom:
            await self._after(hooks.AFTER_CREATE, None, new)

    async def _update(self, step: Step) -> None:
        old, new = _both(step)
        new.id, new.created, new.modified = old.id, old.created, old.modified
        await self._hooks.run(hooks.BEFORE_UPDATE, old, new)
        if not new.custom:
            return
        provider = self._context.registry.require(new)
        ignore = step.ignore_changes
        new.outputs = await self._retried("update", step, lambda: provider.update(old, new, ignore, preview=self._preview))
        new.modified = state.timestamp()
        await self._after(hooks.AFTER_UPDATE, old, new)

    async def _delete(self, step: Step) -> None:
        old = step.resource
        await self._hooks.run(hooks.BEFORE_DELETE, old, None)
        if old.protect and step.op in (Op.DELETE, Op.DISCARD):
            raise ProtectedError(old.urn)
        gone_with = bool(old.deleted_with) and old.deleted_with in self._context.decided.deletes
        if old.custom and not (self._preview or old.external or old.retain_on_delete or gone_with):
            provider = self._context.registry.require(old)
            await self._retried("delete", step, lambda: provider.delete(old))
        if step.pending_replacement:
            old.pending_replacement = True
        await self._after(hooks.AFTER_DELETE, old, None)

    async def _read(self, step: Step) -> None:
        new = step.resource
        if new.id == values.UNKNOWN_TEXT:
            new.outputs = {}
        else:
            found = await self._context.registry.require(new).read(new, new.id, new.inputs)
            new.outputs = found.outputs
            new.id = found.id or new.id
        old = step.old
        if old is None:
            return
        if step.op is Op.READ_REPLACEMENT:
            old.delete = True
        new.created, new.modified = old.created, old.modified
        if not (values.equal(old.inputs, new.inputs) and values.equal(old.outputs or {}, new.outputs or {})):
            new.modified = state.timestamp()

    async def _refresh(self, step: Step) -> None:
        old = step.resource
        step.result_op = Op.SAME
        step.new = old
        if not old.custom or urns.is_provider_type(old.type) or old.pending_replacement:
            return
        provider = self._context.registry.require(old)
        found = await provider.read(old, old.id, old.outputs)
        if not found.id:
            step.new, step.result_op = None, Op.DELETE
            return
        new = old.copy()
        new.id, new.outputs, new.init_errors = found.id, found.outputs, []
        new.inputs = old.inputs if found.inputs is None else found.inputs
        if not (values.equal(old.inputs, new.inputs) and values.equal(old.outputs or {}, new.outputs)):
            new.modified = state.timestamp()
        step.new = new
        if old.external:
            changed = bool(values.changed_keys(old.outputs or {}, new.outputs))
        else:
            diff = await comparison.compare(provider, new, new.urn, old.inputs, old.ignore_changes)
            inverted = diff.inverted()
            step.diffs, step.detailed_diff = inverted.changed_keys, inverted.detailed
            changed = diff.changes is not Changes.NONE
        if changed:
            step.result_op = Op.UPDATE

    async def _import(self, step: Step) -> None:
        """Reads an object by its id alone, which the dynamic provider host cannot do: it fails there."""
        new = step.resource
        provider = self._context.registry.require(new)
        found = await provider.read(new, new.import_id, None)
        if not found.id:
            raise ProviderError(f"resource '{new.import_id}' does not exist")
        raise ProviderError(
            f"provider does not support importing resources; '{new.import_id}' was found but cannot be taken over"
        )

    async def _after(self, kind: str, old: Resource | None, new: Resource | None) -> None:
        """Runs hooks whose failure ends the operation, although the step stands."""
        resource = new or old
        try:
            await self._hooks.run(kind, old, new)
        except ProviderError as error:
            self._post_error(str(error), resource.urn if resource else "")

    async def _retried(self, operation: str, step: Step, call: Callable[[], Awaitable[_T]]) -> _T:
        errors: list[str] = []
        while True:
            try:
                return await call()
            except ProviderError as error:
                errors.insert(0, str(error))
                old = step.old if operation != "create" else None
                if len(errors) > _MOST_RETRIES:
                    message = f"maximum number of error hook retries ({_MOST_RETRIES}) reached"
                    self._context.reporter.diagnostic("warning", message, step.urn)
                    raise
                if not await self._hooks.wants_retry(operation, old, step.new, errors):
                    raise
                message = f"retrying {operation} due to on-error hook request ({len(errors)}/{_MOST_RETRIES})"
                self._context.reporter.diagnostic("warning", message, step.urn)


class ProtectedError(ProviderError):
    """A protected resource was to be deleted; other deletions go on."""

    def __init__(self, urn: str):
        super().__init__(
            f'resource "{urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove'
            " the `protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the command:\n"
            f"`pulumi state unprotect '{urn}'`"
        )


def _both(step: Step) -> tuple[Resource, Resource]:
    if step.old is None or step.new is None:
        raise ValueError(f"a {step.op} step needs both states")
    return step.old, step.new
